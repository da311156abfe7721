#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/actors/protocol/refused_acks.hpp"
#include "restante/broker/api/broker.hpp"
#include "restante/broker/node/peer_box.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <vector>

namespace restante::nodes {

/// What the entry and its porters share.
struct hall {
  explicit hall(broker& at) : office{at} {}

  broker& office;
  std::atomic<bool> is_closing{false}; ///< newcomers are refused
  std::atomic<std::size_t> porters{0};
};

/// Stands between a peer and its connection, as a session does between a socket and its: what
/// the peer says becomes operations at a door, what the connection puts out goes to the peer
/// in batches, as far as that keeps up.
///
/// Bounds: what a door lets wait; `node_window_bytes` sent and not done with, beyond which
/// the rest waits here, where it counts as the connection's output.
class porter final : public porter_actor::base {
public:
  porter(caf::actor_config& config, std::shared_ptr<hall> in, caf::strong_actor_ptr peer,
         attach_peer as);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// The peer is gone: killed, cut off, or silent for too long.
  void peer_down(const caf::actor_addr& who);

private:
  struct sent_word {
    std::size_t bytes = 0;
    bool is_confirmed_later = false;
  };

  void begin();
  void on(peer_says& m);
  void on(const node_knock&);
  void on(const stop_shard&);
  void acknowledge(std::vector<trace_id> traces);
  void acknowledge_again(const std::vector<trace_id>& refused);
  void settle(std::uint64_t words);
  void pump();
  void send(std::vector<peer_word> words);

  std::shared_ptr<hall> hall_;
  caf::strong_actor_ptr peer_;
  dialect::monitor_handle monitor_;
  attach_peer as_;
  std::shared_ptr<peer_box> box_;
  std::shared_ptr<entrance> at_;
  std::deque<peer_box::item> waiting_;
  std::deque<sent_word> sent_;
  std::size_t sent_bytes_ = 0;
  refused_acks refused_;
  instant knocks_at_ = instant::never(); ///< for the next round of `refused_`
  bool is_over_ = false;                 ///< the connection has said its last
};

} // namespace restante::nodes
