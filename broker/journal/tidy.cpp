#include "restante/broker/journal/tidy.hpp"

#include <algorithm>

namespace restante::journal {
namespace {

// A call takes some milliseconds: looking at a row reads small columns of neighbours; removing a
// row costs a look at three tables and, for a large pack, at each of its pages.
constexpr int rows_looked_at = 4096;
constexpr std::size_t rows_removed = 512;
constexpr duration between_passes = std::chrono::minutes{1};

constexpr std::int64_t pages_given_back = 256;
constexpr std::int64_t free_pages_least = 256; ///< a mebibyte is not worth the trouble
constexpr std::int64_t free_part = 4;          ///< up to this part of all pages may stay free

} // namespace

sweeper::sweeper(const sqlite::connection& db)
    : select_{db, "SELECT id, expires_at FROM puts WHERE id > ? ORDER BY id LIMIT " +
                      std::to_string(rows_looked_at)} {}

std::vector<std::int64_t> sweeper::find(instant now) {
  is_passing_ = true;
  is_at_end_ = false;
  reached_ = position_;
  std::vector<std::int64_t> found;
  const sqlite::reset_guard guard{select_};
  select_.bind(1, position_);
  int looked_at = 0;
  while (found.size() < rows_removed) {
    if (!select_.step()) {
      is_at_end_ = looked_at < rows_looked_at;
      break;
    }
    ++looked_at;
    reached_ = select_.number(0);
    const instant expiry{select_.number(1)};
    if (now > expiry)
      found.push_back(reached_);
    else
      earliest_ = std::min(earliest_, expiry);
  }
  return found;
}

void sweeper::found_are_gone(instant now) {
  position_ = reached_;
  if (!is_at_end_)
    return;
  is_passing_ = false;
  position_ = -1;
  next_expiry_ = std::exchange(earliest_, instant::never());
  not_before_ = now + between_passes;
}

void sweeper::expect(instant expiry) {
  next_expiry_ = std::min(next_expiry_, expiry);
  if (is_passing_)
    earliest_ = std::min(earliest_, expiry);
}

bool give_back_pages(database& db) {
  auto& connection = db.connection();
  const auto surplus = [&] {
    const auto free = connection.number("PRAGMA freelist_count", "tidying the journal");
    const auto all = connection.number("PRAGMA page_count", "tidying the journal");
    return free - std::max(free_pages_least, all / free_part);
  };
  const auto pages = std::min(surplus(), pages_given_back);
  if (pages <= 0)
    return false;
  const auto sql = "PRAGMA incremental_vacuum(" + std::to_string(pages) + ")";
  db.begin();
  try {
    connection.run(sql.c_str(), "giving space back");
    db.commit();
  } catch (...) {
    db.roll_back();
    throw;
  }
  return surplus() > 0;
}

} // namespace restante::journal
