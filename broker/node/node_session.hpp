#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/actors/protocol/refused_acks.hpp"
#include "restante/broker/api/broker.hpp"
#include "restante/broker/node/peer_outbox.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

namespace restante::nodes {

/// The state that the node listener and its sessions share.
struct shared_state {
  explicit shared_state(restante::broker& at) : broker{at} {}

  restante::broker& broker;
  std::atomic<bool> is_closing{false}; ///< new peers are refused
  std::atomic<std::size_t> sessions{0};
};

/// Connects a peer with its connection, as a WebSocket session connects a socket with its
/// connection. The peer's requests become operations in an inbox. The connection's output goes to
/// the peer in batches, at the speed of the peer.
///
/// Bounds: those of the inbox, and `node_window_bytes` of output that was sent and not processed
/// yet. Output beyond that waits here and counts as the connection's output.
class node_session final : public node_session_actor::base {
public:
  node_session(caf::actor_config& config, std::shared_ptr<shared_state> in,
               caf::strong_actor_ptr peer, attach_peer as);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// The peer was killed, was cut off, or was silent for too long.
  void peer_down(const caf::actor_addr& who);

private:
  struct sent_update {
    std::size_t bytes = 0;
    bool is_confirmed_later = false;
  };

  void begin();
  void on(peer_requests& m);
  void on(const output_ready&);
  void on(const stop_shard&);
  void acknowledge(std::vector<trace_id> traces);
  void acknowledge_again(const std::vector<trace_id>& refused);
  void settle(std::uint64_t updates);
  void pump();
  void send(std::vector<peer_update> updates);

  std::shared_ptr<shared_state> shared_;
  caf::strong_actor_ptr peer_;
  attach_peer as_;
  std::shared_ptr<peer_outbox> outbox_;
  std::shared_ptr<connection_endpoint> at_;
  std::deque<peer_outbox::item> waiting_;
  std::deque<sent_update> sent_;
  std::size_t sent_bytes_ = 0;
  refused_acks refused_;
  instant acks_due_at_ = instant::never(); ///< time of the next round of `refused_`
  bool is_over_ = false;                   ///< the connection has ended
};

} // namespace restante::nodes
