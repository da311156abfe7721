#pragma once

#include "restante/messages/clock_note.hpp"
#include "restante/messages/journal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace restante::journal {

/// Why a store could not do its work (spec D3, D4).
enum class storage_fault : std::uint8_t {
  io,              ///< reading or writing failed; it may work again later
  full,            ///< no space left; may work again later
  read_only,       ///< may not be written; may work again later
  corrupt,         ///< the stored content is not what was written
  unknown_version, ///< written by a newer program
  locked,          ///< another process has the data directory
  unusable,        ///< the directory is not there, may not be entered, is not a directory
};

class storage_error : public std::runtime_error {
public:
  storage_error(storage_fault what, const std::string& text, std::optional<slot_number> where = {})
      : std::runtime_error{text}, what_{what}, where_{where} {}

  storage_fault fault() const { return what_; }

  /// The slot of the fault, if only one slot is known to be concerned.
  std::optional<slot_number> slot() const { return where_; }

private:
  storage_fault what_;
  std::optional<slot_number> where_;
};

/// The fixed parameters of a store: they decide in which slot a client is (spec §1).
struct store_identity {
  std::uint32_t slots = 16;
  std::array<std::uint8_t, 16> key{}; ///< the key of the hash
};

/// Some of the notifications of a slot, in the order of their rows.
struct restored_slice {
  std::vector<kept_notification> notifications;

  /// How many rows were left out because they have expired, by namespace (spec N8).
  std::vector<std::pair<std::string, std::uint64_t>> expired;

  row_number last = 0;  ///< the row behind which to go on
  bool is_last = false; ///< there is no row behind it
};

struct store_stats {
  std::uint64_t notifications = 0;
  std::uint64_t undelivered = 0;
  std::uint64_t bytes = 0;      ///< of all files
  std::uint64_t free_bytes = 0; ///< on their file system, for this process
  std::uint32_t version = 0;
};

/// Stores the notifications of all slots. One thread at a time; every call may block, and may throw
/// storage_error. A call that throws has changed nothing.
class store {
public:
  virtual ~store() = default;

  virtual store_identity identity() const = 0;

  /// Reserves `room` epochs and returns the first: the least number greater than every epoch
  /// reserved so far, and than `at_least` (spec C1).
  virtual epoch_number reserve_epochs(epoch_number at_least, epoch_number room) = 0;

  /// Commits all of these changes or none, in this order. They are on disk when it returns. Sets
  /// the rows of the puts. A change to a row that no longer exists is skipped.
  virtual void commit(std::span<journal_changes> all) = 0;

  /// About `most` notifications of a slot, from the row behind `after`, without notifications that
  /// have expired by `now`.
  virtual restored_slice restore(slot_number slot, row_number after, std::size_t most,
                                 instant now) = 0;

  /// Does a piece of upkeep: removes rows that have expired by `now`, gives space back,
  /// checkpoints. Returns whether there is more to do soon. Called when no change waits, and
  /// repeatedly after an error.
  virtual bool tidy(instant now) = 0;

  virtual store_stats stats() = 0;

  /// The clocks as they were noted last. A store without notes follows the wall clock, so a wall
  /// clock that was set between two starts changes the rest of every lifetime (spec T1).
  virtual std::optional<clock_note> last_clocks() { return std::nullopt; }
  virtual void note_clocks(const clock_note& /*now*/) {}
};

} // namespace restante::journal
