#include "restante/actors/model/repeat_filter.hpp"

#include <utility>

namespace restante::model {

std::uint64_t repeat_filter::count(const std::string& key, instant now) {
  const std::lock_guard lock{mutex_};
  auto found = seen_.find(key);
  if (found == seen_.end()) {
    if (seen_.size() >= keys_max)
      std::erase_if(seen_, [now](const auto& one) { return now - one.second.last >= period; });
    if (seen_.size() >= keys_max)
      return 0;
    found = seen_.emplace(key, seen{}).first;
  }
  auto& one = found->second;
  if (one.untold + (one.is_told ? 1 : 0) > 0 && now - one.last >= period)
    one = {}; // the event had ended, and begins again
  one.last = now;
  ++one.untold;
  const bool is_time = one.is_told ? now - one.told >= period : one.untold >= first_told_;
  if (!is_time)
    return 0;
  one.is_told = true;
  one.told = now;
  return std::exchange(one.untold, 0);
}

} // namespace restante::model
