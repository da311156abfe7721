#pragma once

#include "restante/messages/instant.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace restante::model {

/// Tells what repeats from what happened once, for a log: something that goes on for hours is told
/// when it begins and then once a period, with how often it was. Safe from any thread.
///
/// Bounded: beyond `keys_max` at once, new ones are not told apart and not told at all.
class repeat_filter {
public:
  static constexpr std::size_t keys_max = 1024;
  static constexpr duration period = std::chrono::seconds{60};

  /// Told when it has happened so often, each time within a period of the one before.
  explicit repeat_filter(std::uint64_t first_told = 1) : first_told_{first_told} {}

  /// Counts one. How often it was since it was last told, when it is time to tell; else 0.
  std::uint64_t count(const std::string& key, instant now);

private:
  struct seen {
    instant last;
    instant told;
    std::uint64_t untold = 0;
    bool is_told = false;
  };

  const std::uint64_t first_told_;
  std::mutex mutex_;
  std::map<std::string, seen, std::less<>> seen_;
};

} // namespace restante::model
