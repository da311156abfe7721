#pragma once

#include "restante/actors/protocol/node_interfaces.hpp"
#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/link.hpp"
#include "restante/messages/node.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <string>

namespace restante::remoting {

class node_client;

/// The state that all node clients of one `remote` share.
struct node_shared_state {
  std::shared_ptr<const remote_options> how;
  broker_url to;
  std::atomic<std::size_t> clients{0};
};

/// Carries a link to a CAF node. It belongs to a node client, and its peer is a node session. All
/// requests of one turn go in one message.
class node_transport final : public transport, public std::enable_shared_from_this<node_transport> {
public:
  node_transport(std::shared_ptr<node_shared_state> of, caf::actor_system& system,
                 std::shared_ptr<link> whose);

  /// Spawns its node client, which starts working.
  void begin();

  // transport
  void notify() override;
  steady_time now() const override;
  transport_capacity capacity() const override;
  void open(const attach_options& as) override;
  void send(std::span<const outgoing> what) override;
  void acknowledge(const trace_id& trace) override;
  void done(std::size_t bytes) override;
  void sign_off() override;
  void cut() override;
  void ring_at(steady_time at) override;
  void retire() override;

  // --- for its node client ---

  void started(node_client& in);
  void stopped();
  void on(const attached_as&);
  void on(const peer_updates& m);
  void on(const output_ready&);
  void on(const node_client_due& m);
  void peer_down(const caf::actor_addr& who);

private:
  struct received_update {
    std::size_t bytes = 0;
    bool is_done = false;
  };

  void found(const caf::strong_actor_ptr& what);
  void attach();
  void watch(const caf::strong_actor_ptr& whom);
  void receive(const peer_update& update);
  void settle();
  void say();
  void lose(errc code, std::string how);
  void disconnect(disconnect_reason how);
  void alarm(instant at);
  instant present() const;

  std::shared_ptr<node_shared_state> of_;
  caf::actor_system& system_;
  std::shared_ptr<link> whose_;
  node_client* self_ = nullptr;
  node_client_actor handle_;

  attach_options as_;
  std::uint64_t attempt_ = 0;
  node_listener_actor listener_;
  caf::strong_actor_ptr watched_; ///< the node listener, and then the node session
  caf::strong_actor_ptr session_;
  connection_actor connection_;
  instant deadline_ = instant::never(); ///< for attaching or leaving
  instant rings_at_ = instant::never();
  bool is_begun_ = false;
  bool is_attached_ = false;

  peer_requests gathered_;
  std::deque<received_update> received_; ///< unprocessed updates, and processed ones behind them
  std::size_t done_bytes_ = 0;           ///< bytes of `gathered_.done`
};

} // namespace restante::remoting
