#pragma once

#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/link.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace restante {

/// What a `remote` and the connections it handed out share: the links and their
/// transports.
class remote::connector : public std::enable_shared_from_this<remote::connector> {
public:
  explicit connector(std::shared_ptr<const remote_options> how);
  virtual ~connector() = default;

  struct opened {
    std::shared_ptr<remoting::link> at;
    answer<connect_receipt> connected;
  };

  opened open(remoting::attach_options as, ack_mode acks, std::unique_ptr<sink> out);
  const std::shared_ptr<virtual_time>& time() const { return time_; }

  /// Ends all links, cleanly as far as there is time for it. In a callback it does not wait
  /// for that.
  void stop();

protected:
  /// Gives a link its transport and lets it begin. Calls nobody back from here.
  virtual void start_transport(const std::shared_ptr<remoting::link>& what) = 0;

  /// Ends the transports; none of them calls back afterwards.
  virtual void shut_down() = 0;

  /// Those that have not ended.
  std::vector<std::shared_ptr<remoting::link>> living();

  const std::shared_ptr<const remote_options> how_;
  std::shared_ptr<virtual_time> time_; ///< of an actor system that runs in it

private:
  bool take_in(const std::shared_ptr<remoting::link>& fresh);
  void wait_and_shut_down();

  std::mutex mutex_;
  std::vector<std::weak_ptr<remoting::link>> links_;
  std::size_t prune_at_ = 64;
  bool is_stopped_ = false;
};

namespace remoting {

std::shared_ptr<remote::connector> make_ws_connector(std::shared_ptr<const remote_options> how,
                                                     broker_url to);

/// In `theirs`, or in an actor system of its own.
std::shared_ptr<remote::connector> make_node_connector(std::shared_ptr<const remote_options> how,
                                                       broker_url to, caf::actor_system* theirs);

} // namespace remoting

} // namespace restante
