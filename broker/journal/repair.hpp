#pragma once

#include "restante/broker/journal/operators.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace restante::journal {

/// A notification that cannot be recovered, as far as it is known.
struct lost_notification {
  slot_number slot = 0;
  row_number row = 0;
  std::optional<trace_id> trace; ///< nothing: the part with the trace is lost
  client_address to;             ///< as read from the file, possibly damaged
};

struct repaired_slot {
  slot_number slot = 0;
  std::optional<std::uint64_t> expected; ///< notifications; nothing: not known any more
  std::uint64_t found = 0;
  bool is_complete = false; ///< everything is there, and nothing besides it
};

struct repair_report {
  std::vector<repaired_slot> slots;
  std::vector<lost_notification> lost; ///< the lost notifications of which something is known
  std::vector<std::string> notes;      ///< about the whole, a line each, for people
  std::uint64_t found = 0;             ///< notifications that are in the new directory
  std::uint64_t missing = 0;           ///< notifications that should be there and are not
  bool is_missing_known = true;        ///< false: `missing` is the least that is lost
  bool is_complete = true;             ///< nothing is lost
};

/// Makes a data directory from the readable content of a damaged data directory or a damaged
/// backup, `from`, which is only read. A notification is taken when its checksum is right, however
/// little of the rest can be read: header, schema, inner pages and log may be gone. `to` must be
/// new or empty.
///
/// Throws storage_error: corrupt when there is neither a notification nor a row that says how many
/// there should be; unknown_version as for opening it; locked, full, unusable. `to` is not made
/// then.
repair_report repair(const std::filesystem::path& from, const std::filesystem::path& to,
                     const slot_function& slot_of);

} // namespace restante::journal
