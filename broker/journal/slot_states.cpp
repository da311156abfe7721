#include "restante/broker/journal/slot_states.hpp"

#include <algorithm>
#include <utility>

namespace restante::journal {

slot_states::slot_states(std::vector<layout::slot_state> on_disk)
    : on_disk_{std::move(on_disk)}, walks_(on_disk_.size()) {
  for (const auto& state : on_disk_)
    given_.push_back(state.last_row);
}

layout::slot_state& slot_states::change(slot_number slot) {
  return changed_.try_emplace(slot, on_disk_.at(slot)).first->second;
}

row_number slot_states::give_row(slot_number slot) {
  return change(slot).last_row = ++given_.at(slot);
}

void slot_states::delivered_changed(slot_number slot, int by) {
  if (by != 0)
    change(slot).delivered += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
}

void slot_states::record_added(std::int64_t id, std::int64_t checksum) {
  auto& state = change(layout::slot_of(id));
  ++state.records;
  state.sum += static_cast<std::uint64_t>(checksum);
  if (walks_[layout::slot_of(id)].is_going)
    walk_changes_.push_back({layout::slot_of(id), layout::row_of(id), std::uint64_t{1},
                             static_cast<std::uint64_t>(checksum)});
}

void slot_states::record_removed(std::int64_t id, std::int64_t checksum) {
  auto& state = change(layout::slot_of(id));
  --state.records;
  state.sum -= static_cast<std::uint64_t>(checksum);
  if (walks_[layout::slot_of(id)].is_going)
    walk_changes_.push_back({layout::slot_of(id), layout::row_of(id),
                             static_cast<std::uint64_t>(-1),
                             -static_cast<std::uint64_t>(checksum)});
}

void slot_states::accept() {
  for (auto& [slot, state] : changed_)
    on_disk_[slot] = state;
  for (const auto& change : walk_changes_) {
    auto& walk = walks_[change.slot];
    if (change.row <= walk.last) {
      walk.seen.records += change.records;
      walk.seen.sum += change.sum;
    }
  }
  discard();
}

void slot_states::discard() {
  changed_.clear();
  walk_changes_.clear();
}

void slot_states::start_walk(slot_number slot) {
  walks_.at(slot) = walk{true, 0, {}};
}

void slot_states::walked(slot_number slot, row_number up_to, const layout::slot_state& seen) {
  auto& walk = walks_.at(slot);
  walk.last = std::max(walk.last, up_to);
  walk.seen.records += seen.records;
  walk.seen.sum += seen.sum;
}

bool slot_states::end_walk(slot_number slot) {
  auto& walk = walks_.at(slot);
  const bool was_going = std::exchange(walk.is_going, false);
  const auto& state = on_disk_[slot];
  return !was_going || (walk.seen.records == state.records && walk.seen.sum == state.sum);
}

} // namespace restante::journal
