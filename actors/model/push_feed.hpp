#pragma once

#include "restante/actors/model/output.hpp"
#include "restante/actors/model/send_window.hpp"
#include "restante/actors/model/subscriptions.hpp"
#include "restante/actors/model/watches.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace restante::model {

/// What becomes of a push.
enum class verdict : std::uint8_t {
  drop,     ///< nobody wants it
  hand_out, ///< the sink is given it
  keep,     ///< left out now; what replaces it follows when the sink has confirmed enough
  postpone, ///< as `keep`, but the sink has nothing to confirm: time must bring it here again
};

/// Whether what was left out can follow now.
enum class resync : std::uint8_t {
  idle,  ///< nothing was left out, or the sink has too much unconfirmed
  now,   ///< there is room
  later, ///< other connections wait for the room
};

/// Whether a connection has a sink at present.
enum class sink_state : std::uint8_t { absent, present };

/// What was left out, to be asked for or told now.
struct left_out {
  std::vector<std::string> topics;  ///< each to be asked for a snapshot
  std::vector<std::string> clients; ///< each to be asked how it stands
  std::vector<entry_ended> losses;  ///< each to be told, whatever the room
};

/// What a connection tells its owner unasked: the events of topics, who comes and goes, keys that
/// were lost to others. A slow sink costs bounded memory: what finds no room is left out, and the
/// present state follows when there is room (spec E14).
class push_feed {
public:
  /// What refuses a resync, a full namespace or a topic that failed, does not pass within
  /// milliseconds, and nobody should miss events for longer than necessary.
  static constexpr duration pause = std::chrono::seconds{1};

  push_feed(output_budget& budget, const limits& bounds)
      : window_{budget, bounds.output_bytes}, losses_{bounds.keys_per_client} {}

  subscriptions& topics() { return topics_; }
  watches& clients() { return clients_; }
  send_window& window() { return window_; }

  // What is to be told. `bytes` is the size of the push.
  verdict tell_events(const event_batch& batch, std::uint64_t bytes);
  verdict tell_presence(const std::string& client, std::uint64_t bytes);
  verdict tell_loss(const entry_ended& what, sink_state sink, std::uint64_t bytes);

  /// The snapshot that follows on events that were left out.
  verdict tell_snapshot(const entries_view& view, std::uint64_t bytes);

  /// A topic failed, its stream is cut. False: nobody hears of it here.
  bool topic_failed(const std::string& topic);

  /// The owner has the key again: that it was lost is no news any more.
  void regained(const topic_address& at, const std::string& key) { losses_.regained(at, key); }

  /// Losses that have not been told take places of the owner's keys; all but that of `key` count.
  std::size_t untold_losses(const topic_address& at, const std::string& key) const {
    return losses_.size() == 0 ? 0 : losses_.size_without(at, key);
  }
  std::uint64_t loss_bytes() const { return losses_.bytes(); }

  /// To be asked when the sink has confirmed something, and when `resync_at` has come. While
  /// other connections wait for room, only a connection with nothing unconfirmed goes on: its
  /// topics may be small.
  resync next() const;

  /// What was left out; the caller asks for it and tells it now.
  left_out take_left_out();

  /// Asks again after a pause, at `resync_at`.
  void postpone(instant now);

  /// Whether that pause is over. True once.
  bool is_over(instant now);
  instant resync_at() const { return resync_at_; }

  /// The sink is gone, and with it what it had not confirmed. Losses are kept for the next one.
  void lose_sink();

private:
  bool has_left_out() const {
    return topics_.lagging() > 0 || clients_.missed() > 0 || losses_.size() > 0;
  }

  send_window window_;
  subscriptions topics_{subscriptions_max};
  watches clients_{watches_max};
  missed_losses losses_;
  instant resync_at_ = instant::never();
};

} // namespace restante::model
