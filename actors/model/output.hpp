#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace restante::model {

/// How a subscription stands between its topic and a sink that may be slow (spec E14).
enum class stream_state : std::uint8_t {
  asked,    ///< the topic has not answered yet
  live,     ///< events pass
  lagging,  ///< events were left out; a snapshot must follow
  resyncing ///< the snapshot is on its way
};

/// What a sink was given and has not confirmed yet, in order; bounded by what its owner
/// leaves out, not by dropping what was given.
class unconfirmed {
public:
  struct item {
    std::size_t bytes = 0;
    trace_id trace; ///< of a notification to acknowledge once confirmed; zero: none
  };

  void add(item what) {
    bytes_ += what.bytes;
    items_.push_back(what);
  }

  std::optional<item> confirm() {
    if (items_.empty())
      return std::nullopt;
    const auto first = items_.front();
    items_.erase(items_.begin());
    bytes_ -= first.bytes;
    return first;
  }

  void clear() {
    items_.clear();
    bytes_ = 0;
  }

  std::uint64_t bytes() const { return bytes_; }
  bool empty() const { return items_.empty(); }

private:
  std::vector<item> items_;
  std::uint64_t bytes_ = 0;
};

/// One subscription of a connection.
struct subscription {
  stream_state state = stream_state::asked;
  epoch_number epoch = 0;
  std::uint64_t seq = 0; ///< of the last event or snapshot that was passed on
};

} // namespace restante::model
