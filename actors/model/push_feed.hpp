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

/// The decision about a push.
enum class verdict : std::uint8_t {
  drop,     ///< the connection does not follow its topic or client
  hand_out, ///< the sink gets it
  keep,     ///< left out now; its replacement follows when the sink has confirmed enough
  postpone, ///< left out now; the sink has nothing to confirm, so a timer must retry
};

/// Whether left-out changes can follow now.
enum class resync : std::uint8_t {
  idle,  ///< nothing was left out, or the sink has too much unconfirmed
  now,   ///< there is room
  later, ///< the connections together have used up their room
};

/// Whether a connection has a sink at present.
enum class sink_state : std::uint8_t { absent, present };

/// Left-out changes that can follow now.
struct left_out {
  std::vector<std::string> topics;  ///< each to be asked for a snapshot
  std::vector<std::string> clients; ///< each to be asked for its presence
  std::vector<entry_ended> losses;  ///< each to be sent, even without room
};

/// The pushes that a connection sends to its owner without a request: events of topics, presence of
/// clients, keys lost to others. A slow sink costs bounded memory: pushes that find no room are
/// left out, and the present state follows when there is room (spec E14).
class push_feed {
public:
  /// The pause before another resync. A resync is postponed because a namespace is full or a topic
  /// failed, which takes longer than milliseconds. A sink should not miss events for longer than
  /// necessary.
  static constexpr duration pause = std::chrono::seconds{1};

  push_feed(output_budget& budget, const limits& bounds)
      : window_{budget, bounds.output_bytes}, losses_{bounds.keys_per_client} {}

  subscriptions& topics() { return topics_; }
  watches& clients() { return clients_; }
  send_window& window() { return window_; }

  // One function for each kind of push. `bytes` is the size of the push.
  verdict tell_events(const event_batch& batch, std::uint64_t bytes);
  verdict tell_presence(const std::string& client, std::uint64_t bytes);
  verdict tell_loss(const entry_ended& what, sink_state sink, std::uint64_t bytes);

  /// The snapshot that follows on events that were left out.
  verdict tell_snapshot(const entries_view& view, std::uint64_t bytes);

  /// A topic failed and its stream is cut. False: this connection does not follow the topic.
  bool topic_failed(const std::string& topic);

  /// The owner has the key again, so its loss need not be sent any more.
  void regained(const topic_address& at, const std::string& key) { losses_.regained(at, key); }

  /// How many keys the owner has lost without being told of it yet. These count against its limit
  /// of keys. The loss of `key` is not counted.
  std::size_t untold_losses(const topic_address& at, const std::string& key) const {
    return losses_.size() == 0 ? 0 : losses_.size_without(at, key);
  }
  std::uint64_t loss_bytes() const { return losses_.bytes(); }

  /// Whether left-out changes can follow now. Call it when the sink has confirmed something, and
  /// when `resync_at` has come. While the connections together have used up their room, only a
  /// connection with nothing unconfirmed goes on: its topics may be small.
  resync next() const;

  /// Takes the left-out changes. The caller sends the losses and asks for the other changes now.
  left_out take_left_out();

  /// Postpones the resync by a pause, to `resync_at`.
  void postpone(instant now);

  /// Whether the pause is over. Answers true once.
  bool is_over(instant now);
  instant resync_at() const { return resync_at_; }

  /// The sink is gone, with all pushes that it had not confirmed. Losses are kept for the next
  /// sink.
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
