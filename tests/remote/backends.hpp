#pragma once

#include "restante/clients/cpp/remote.hpp"
#include "restante/tests/network/gateway_fixture.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace restante::testing {

/// The callbacks that a connection's handlers received, readable from the test's thread.
class recorder {
public:
  /// The handlers that fill this recorder. They may outlive the test.
  handlers all();

  std::vector<offered_notification> notes() const { return copy(&kept::notes); }
  std::vector<topic_event> events() const { return copy(&kept::events); }
  std::vector<topic_address> places() const { return copy(&kept::places); }
  std::vector<entries_view> snapshots() const { return copy(&kept::snapshots); }
  std::vector<entry_ended> lost() const { return copy(&kept::lost); }
  std::vector<client_presence> presences() const { return copy(&kept::presences); }
  std::vector<notification_step> steps() const { return copy(&kept::steps); }
  std::vector<connect_receipt> connects() const { return copy(&kept::connects); }
  std::vector<goodbye> interruptions() const { return copy(&kept::interruptions); }
  std::vector<goodbye> ends() const { return copy(&kept::ends); }

private:
  struct kept {
    std::mutex mutex;
    std::vector<offered_notification> notes;
    std::vector<topic_event> events;
    std::vector<topic_address> places;
    std::vector<entries_view> snapshots;
    std::vector<entry_ended> lost;
    std::vector<client_presence> presences;
    std::vector<notification_step> steps;
    std::vector<connect_receipt> connects;
    std::vector<goodbye> interruptions;
    std::vector<goodbye> ends;
  };

  template <class T>
  std::vector<T> copy(std::vector<T> kept::*what) const {
    const std::lock_guard lock{kept_->mutex};
    return (*kept_).*what;
  }

  std::shared_ptr<kept> kept_ = std::make_shared<kept>();
};

/// One of the ways to reach a broker. All of them have one API.
class backend {
public:
  virtual ~backend() = default;
  virtual connection connect(connect_options who, handlers what = {}) = 0;
  virtual server_identity open_server() = 0;
  virtual visitor open_visitor(client_address who) = 0;

  /// Whether the broker is in another process, or treated as if it were.
  virtual bool is_remote() const = 0;

  connection enter(const std::string& client, handlers what = {}) {
    return connect(connect_options{.client = client}, std::move(what));
  }
};

/// `embedded`, `websocket`, `node`.
std::vector<std::string> backend_names();

/// A broker with these options, and one way to reach it.
std::unique_ptr<backend> make_backend(const std::string& name, options how = {});

/// Returns the connection after its connect was confirmed.
connection connected(connection made);

} // namespace restante::testing
