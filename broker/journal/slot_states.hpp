#pragma once

#include "restante/broker/journal/layout.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace restante::journal {

/// The states of all slots: on disk, as the current transaction changes them, and, for a slot that
/// is being restored, as read so far. Plain data, no I/O.
class slot_states {
public:
  explicit slot_states(std::vector<layout::slot_state> on_disk);

  std::uint32_t slots() const { return static_cast<std::uint32_t>(on_disk_.size()); }
  const layout::slot_state& on_disk(slot_number slot) const { return on_disk_.at(slot); }
  const std::vector<layout::slot_state>& all() const { return on_disk_; }

  /// Assigns the next row of a slot. A row is never assigned again, even if the transaction fails.
  row_number give_row(slot_number slot);

  /// Whether a row was ever assigned.
  bool was_given(slot_number slot, row_number row) const {
    return row != 0 && row <= given_.at(slot);
  }

  void notification_added(slot_number slot) { ++change(slot).notifications; }
  void notification_removed(slot_number slot) { --change(slot).notifications; }
  void delivered_changed(slot_number slot, int by);
  void record_added(std::int64_t id, std::int64_t checksum);
  void record_removed(std::int64_t id, std::int64_t checksum);

  /// The states that the transaction has changed, in the order of the slots.
  std::map<slot_number, layout::slot_state>& changed() { return changed_; }

  /// `accept`: the transaction is on disk. `discard`: the transaction has failed.
  void accept();
  void discard();

  // A walk over a slot from its first row to its last. Changes during the walk are accounted for.
  void start_walk(slot_number slot);
  void walked(slot_number slot, row_number up_to, const layout::slot_state& seen);

  /// Ends a walk at the last row, and returns whether it has seen all rows of the slot. True also
  /// if the walk did not start at the first row.
  bool end_walk(slot_number slot);

private:
  struct walk {
    bool is_going = false;
    row_number last = 0;
    layout::slot_state seen;
  };
  struct walk_change {
    slot_number slot = 0;
    row_number row = 0;
    std::uint64_t records = 0;
    std::uint64_t sum = 0;
  };

  layout::slot_state& change(slot_number slot);

  std::vector<layout::slot_state> on_disk_;
  std::vector<row_number> given_;
  std::vector<walk> walks_;
  std::map<slot_number, layout::slot_state> changed_;
  std::vector<walk_change> walk_changes_;
};

} // namespace restante::journal
