#pragma once

#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/sqlite.hpp"

#include <cstdint>
#include <vector>

namespace restante::journal {

/// Walks over all rows, a piece at a time, and finds expired rows. After a complete pass, the next
/// one begins only when something may have expired, and not within a minute.
class sweeper {
public:
  explicit sweeper(const sqlite::connection& db);

  /// Whether there is anything to look at.
  bool is_due(instant now) const {
    return is_passing_ || (now >= not_before_ && now > next_expiry_);
  }

  /// The ids of some notifications that have expired by `now`, higher than the ids of earlier calls
  /// in this pass.
  std::vector<std::int64_t> find(instant now);

  /// Notes that the found rows were removed. Without this call `find` returns them again.
  void found_are_gone(instant now);

  /// A notification was accepted: it may be the next to expire.
  void expect(instant expiry);

private:
  sqlite::statement select_;
  bool is_passing_ = false;
  bool is_at_end_ = false;
  std::int64_t position_ = -1;          ///< everything up to this row was looked at in this pass
  std::int64_t reached_ = -1;           ///< the value of `position_` once the found rows are gone
  instant earliest_ = instant::never(); ///< earliest expiry of the rows that this pass leaves
  instant next_expiry_{0};              ///< no notification expires before this time
  instant not_before_{0};
};

/// Gives unused pages of the database back to the file system, some at a time; some pages are left
/// for later changes. Returns whether there is more to give.
bool give_back_pages(database& db);

} // namespace restante::journal
