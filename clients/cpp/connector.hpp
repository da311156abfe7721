#pragma once

#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/link.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace restante {

/// The shared part of a `remote` and the connections that it made: the links and their transports.
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

  /// Ends all links, cleanly if there is time for it. Inside a callback this does not wait for the
  /// end.
  void stop();

protected:
  /// Gives a link its transport and starts it. Calls no callbacks.
  virtual void start_transport(const std::shared_ptr<remoting::link>& what) = 0;

  /// Ends the transports. No callbacks follow.
  virtual void shut_down() = 0;

  /// The links that have not ended.
  std::vector<std::shared_ptr<remoting::link>> living();

  const std::shared_ptr<const remote_options> how_;
  std::shared_ptr<virtual_time> time_; ///< of an actor system in virtual time; otherwise null

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

/// Makes the connector in the actor system `theirs`, or in an actor system of its own if `theirs`
/// is null.
std::shared_ptr<remote::connector> make_node_connector(std::shared_ptr<const remote_options> how,
                                                       broker_url to, caf::actor_system* theirs);

} // namespace remoting

} // namespace restante
