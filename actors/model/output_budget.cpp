#include "restante/actors/model/output_budget.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

namespace {

/// A small broker makes only a few large answers at a time. Each answer costs its value and its
/// text while it is made, which the budget does not know yet.
constexpr std::uint64_t bytes_of_a_start = std::uint64_t{4} << 20;
constexpr std::uint64_t starts_least = 2;
constexpr std::uint64_t starts_most = 16;

} // namespace

output_budget::output_budget(std::uint64_t most)
    : most_{std::max(most, least_bytes)}, starts_max_{static_cast<std::size_t>(
                                              std::clamp(most_ / bytes_of_a_start, starts_least,
                                                         starts_most))} {}

std::uint64_t output_budget::share_of(std::uint64_t memory_bytes) {
  return std::max(memory_bytes / 4, least_bytes);
}

bool output_budget::fits(std::uint64_t bytes) const {
  const auto needed = std::min(bytes, most_ / 2);
  return used_.load() + needed <= most_;
}

bool output_budget::has_room(std::uint64_t bytes) const {
  return !is_contended() && fits(bytes);
}

bool output_budget::try_take(std::uint64_t bytes) {
  if (is_contended())
    return false;
  const auto needed = std::min(bytes, most_ / 2);
  const auto before = used_.fetch_add(bytes);
  if (before + needed <= most_)
    return true;
  give_back(bytes);
  return false;
}

void output_budget::give_back(std::uint64_t bytes) {
  const auto before = used_.fetch_sub(bytes);
  RESTANTE_ASSERT(before >= bytes);
  if (waiting_.load() > 0)
    serve();
}

bool output_budget::can_start(std::uint64_t bytes) const {
  return starts_ < starts_max_ && (bytes == 0 || fits(bytes));
}

output_permit_ptr output_budget::start(std::uint64_t bytes) {
  auto made = std::make_shared<output_permit>(shared_from_this(), bytes);
  ++starts_;
  used_.fetch_add(bytes);
  return made;
}

output_permit_ptr output_budget::begin(std::uint64_t bytes, reader known,
                                       const std::weak_ptr<void>& who, granted later) {
  {
    const std::lock_guard lock{mutex_};
    auto& line = bytes == 0 ? for_turn_ : known == reader::proven ? proven_ : for_room_;
    if (line.empty() && can_start(bytes))
      return start(bytes);
    line.push_back({bytes, who, std::move(later)});
    waiting_.fetch_add(1);
    if (bytes > 0)
      waiting_for_room_.fetch_add(1);
  }
  serve(); // room may have become free between the look and the queue
  return nullptr;
}

void output_budget::ended() {
  {
    const std::lock_guard lock{mutex_};
    RESTANTE_ASSERT(starts_ > 0);
    --starts_;
  }
  if (waiting_.load() > 0)
    serve();
}

/// Runs in one thread at a time. That thread also sees room that other threads or a callback free
/// meanwhile.
void output_budget::serve() {
  if (calls_.fetch_add(1) > 0)
    return;
  std::size_t seen = 0;
  do {
    seen = calls_.load();
    while (serve_one()) {
    }
  } while (calls_.fetch_sub(seen) != seen);
}

bool output_budget::serve_one() {
  // Waiters that are gone may call the budget when they are destroyed, so they outlive the lock.
  std::vector<waiter> gone;
  output_permit_ptr with;
  std::optional<waiter> next;
  {
    const std::lock_guard lock{mutex_};
    next = next_in_line(gone);
    if (next)
      with = start(next->bytes);
  }
  if (!next)
    return false;
  if (const auto alive = next->who.lock())
    next->later(std::move(with));
  return true;
}

/// Waiters for room come first: they have waited for a turn before.
std::optional<output_budget::waiter> output_budget::next_in_line(std::vector<waiter>& gone) {
  for (auto* line : {&proven_, &for_room_, &for_turn_}) {
    while (!line->empty() && line->front().who.expired())
      gone.push_back(take_first(*line));
    if (!line->empty() && can_start(line->front().bytes))
      return take_first(*line);
  }
  return std::nullopt;
}

output_budget::waiter output_budget::take_first(std::deque<waiter>& line) {
  auto first = std::move(line.front());
  line.pop_front();
  waiting_.fetch_sub(1);
  if (first.bytes > 0)
    waiting_for_room_.fetch_sub(1);
  return first;
}

output_permit::~output_permit() {
  if (held_ > 0)
    of_->give_back(held_);
  of_->ended();
}

bool output_permit::take(std::uint64_t bytes) {
  const auto more = bytes - std::min(bytes, held_);
  if (held_ > 0)
    of_->take(more); // the answer has waited for its room and has grown since
  else if (!of_->try_take(more))
    return false;
  held_ -= bytes - more;
  return true;
}

} // namespace restante::model
