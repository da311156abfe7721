#include "restante/broker/server/event_limiter.hpp"

#include <algorithm>
#include <utility>

namespace restante::serve {

namespace {

constexpr std::size_t reason_bytes_max = 128;

event_limiter::allowance allowance_of(severity how) {
  return how >= severity::warning ? event_limiter::of_warnings : event_limiter::of_others;
}

} // namespace

event_limiter::kind& event_limiter::find(severity how, std::string_view event,
                                         std::string_view reason, time_point now) {
  std::string key{event};
  key.append(1, '\0').append(reason);
  if (const auto known = kinds_.find(key); known != kinds_.end())
    return known->second;
  if (kinds_.size() >= kinds_max) {
    std::erase_if(kinds_, [now](const auto& one) {
      return one.second.left_out.lines == 0 && now - one.second.seen >= period;
    });
  }
  if (kinds_.size() >= kinds_max && !reason.empty())
    return find(how, event, {}, now);
  auto& made = kinds_[key];
  made.left_out = {how, std::string{event}, std::string{reason}, 0};
  made.credit = allowance_of(how).burst;
  made.seen = now;
  return made;
}

event_limiter::verdict event_limiter::judge(severity how, std::string_view event,
                                            std::string_view reason, time_point now) {
  const std::lock_guard lock{mutex_};
  auto& found = find(how, event, reason.substr(0, reason_bytes_max), now);
  const auto allowed = allowance_of(how);
  const std::chrono::duration<double> passed = now - std::exchange(found.seen, now);
  const std::chrono::duration<double> refill = allowed.refill;
  found.credit = std::min(allowed.burst, found.credit + passed / refill);
  if (found.credit >= 1) {
    found.credit -= 1;
    return verdict::write;
  }
  found.left_out.how = std::max(found.left_out.how, how);
  if (found.left_out.lines++ > 0)
    return verdict::leave_out;
  found.began = now;
  return verdict::leave_out_first;
}

std::vector<event_limiter::summary> event_limiter::take_summaries(time_point now) {
  const std::lock_guard lock{mutex_};
  std::vector<summary> due;
  for (auto& [key, one] : kinds_) {
    if (one.left_out.lines == 0 || now - one.began < period)
      continue;
    due.push_back(one.left_out);
    one.left_out.lines = 0;
  }
  return due;
}

std::optional<event_limiter::time_point> event_limiter::next_summary() const {
  const std::lock_guard lock{mutex_};
  std::optional<time_point> first;
  for (const auto& [key, one] : kinds_) {
    if (one.left_out.lines > 0 && (!first || one.began + period < *first))
      first = one.began + period;
  }
  return first;
}

} // namespace restante::serve
