#pragma once

#include "restante/messages/assert.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {

/// The state of a subscription whose sink may be slow (spec E14).
enum class stream_state : std::uint8_t {
  asked,    ///< the topic has not answered yet
  live,     ///< events pass
  lagging,  ///< events were left out; a snapshot must follow
  resyncing ///< the snapshot is on its way
};

/// The pushes that a sink was given and has not confirmed yet, in order. The owner bounds it by
/// leaving pushes out; nothing is dropped here.
class unconfirmed {
public:
  struct item {
    std::size_t bytes = 0;
    trace_id trace; ///< the notification to acknowledge when it is confirmed; zero: none
  };

  void add(item what) {
    bytes_ += what.bytes;
    items_.push_back(what);
  }

  /// Removes the oldest push.
  std::optional<item> confirm() {
    if (empty())
      return std::nullopt;
    const auto first = items_[confirmed_++];
    RESTANTE_ASSERT(bytes_ >= first.bytes);
    bytes_ -= first.bytes;
    if (empty()) {
      RESTANTE_ASSERT(bytes_ == 0);
      items_.clear();
      confirmed_ = 0;
    } else if (confirmed_ > items_.size() / 2) { // fewer items are moved than were taken off
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(confirmed_));
      confirmed_ = 0;
    }
    return first;
  }

  void clear() {
    items_.clear();
    confirmed_ = 0;
    bytes_ = 0;
  }

  std::uint64_t bytes() const { return bytes_; }
  bool empty() const { return confirmed_ == items_.size(); }

private:
  std::vector<item> items_;
  std::size_t confirmed_ = 0; ///< how many of `items_`, from the front
  std::uint64_t bytes_ = 0;
};

/// Keys that were lost to other clients while the sink had no room: the latest loss of each key,
/// until it can be sent (spec E4, E14).
class missed_losses {
public:
  explicit missed_losses(std::size_t most) : most_{most} {}

  /// At the bound the first loss, by topic and key, is dropped. An owner reaches the bound only by
  /// holding keys beyond its share.
  void add(entry_ended what) {
    RESTANTE_ASSERT(most_ > 0); // an owner that may own no key loses none
    const key_of_topic which{what.at, what.key};
    if (kept_.size() >= most_ && !kept_.contains(which))
      forget(kept_.begin()->first);
    forget(which);
    bytes_ += bytes_of(what);
    kept_.emplace(which, std::move(what));
    RESTANTE_ASSERT(kept_.size() <= most_);
  }

  /// The key is owned again, so its loss need not be sent.
  void regained(const topic_address& at, const std::string& key) { forget({at, key}); }

  std::vector<entry_ended> take() {
    std::vector<entry_ended> all;
    for (auto& [which, what] : kept_)
      all.push_back(std::move(what));
    kept_.clear();
    bytes_ = 0;
    return all;
  }

  std::size_t size() const { return kept_.size(); }
  std::uint64_t bytes() const { return bytes_; }

  /// How many losses there are, without the loss of this key.
  std::size_t size_without(const topic_address& at, const std::string& key) const {
    return kept_.size() - kept_.count({at, key});
  }

private:
  using key_of_topic = std::pair<topic_address, std::string>;

  /// About the bytes of an entry beside its texts.
  static constexpr std::uint64_t word_bytes = 160;

  static std::uint64_t bytes_of(const entry_ended& what) {
    return word_bytes + 2 * (what.at.topic.size() + what.key.size()) + what.new_client.size();
  }

  void forget(const key_of_topic& which) {
    const auto found = kept_.find(which);
    if (found == kept_.end())
      return;
    bytes_ -= bytes_of(found->second);
    kept_.erase(found);
    RESTANTE_ASSERT(bytes_ >= kept_.size() * word_bytes);
  }

  std::size_t most_;
  std::uint64_t bytes_ = 0;
  std::map<key_of_topic, entry_ended> kept_;
};

/// One subscription of a connection.
struct subscription {
  stream_state state = stream_state::asked;
  epoch_number epoch = 0;
  std::uint64_t seq = 0; ///< of the last event or snapshot that was passed on
};

} // namespace restante::model
