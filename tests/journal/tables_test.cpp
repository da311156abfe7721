// The lists of columns: what is derived from them, and how a column that is added later behaves.

#include "restante/broker/journal/sqlite.hpp"
#include "restante/broker/journal/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace restante::journal::testing {
namespace {

kept_notification full_notification() {
  kept_notification kept;
  kept.to = {"shop", "bob"};
  kept.trace = {1, 2};
  kept.from = "ann";
  kept.by = identity::server;
  kept.pack = body::json("[1]");
  kept.kind = notification_kind::suit;
  kept.want = receipts::wanted;
  kept.message_id = "m";
  kept.collapse_key = "c";
  kept.created_at = {3};
  kept.due_at = {4};
  kept.expires_at = {5};
  kept.delivered_at = {6};
  kept.replied_at = {7};
  kept.reply = body::bytes(std::string_view{"yes"});
  kept.attempts = 8;
  return kept;
}

/// Returns a different value of the given type.
cell other_than(const cell& one) {
  static const std::string bytes(16, 'z');
  switch (one.what()) {
  case cell::kind::text:
    return cell::text("z");
  case cell::kind::blob:
    return cell::blob(bytes);
  default:
    return cell::integer(one.number() + 1);
  }
}

/// Every written value is read back, and every altered value is noticed by the checksum.
template <class Row>
void expect_whole(const table<Row>& in, const Row& row, Row& into) {
  row_checksum hash;
  std::vector<cell> cells;
  in.show(hash, 9, row, cells);
  ASSERT_EQ(cells.size(), in.columns().size());
  EXPECT_TRUE(in.is_sound(hash, 9, cells));
  for (std::size_t n = 0; n < cells.size(); ++n) {
    const auto& column = in.columns()[n];
    EXPECT_TRUE(fits(column.type, cells[n])) << column.name;
    EXPECT_FALSE(is_default(column.type, cells[n])) << column.name << ": the test fills it";
    auto altered = cells;
    altered[n] = other_than(cells[n]);
    EXPECT_FALSE(in.is_sound(hash, 9, altered)) << column.name;
  }
  in.read(cells, into);
}

TEST(Tables, D3_every_column_comes_back_and_is_in_the_checksum) {
  const auto kept = full_notification();
  kept_notification found;
  expect_whole(tables::puts, kept, found);
  for (const auto& part : tables::parts)
    expect_whole(part.in, kept, found);
  EXPECT_EQ(found, kept);

  const layout::slot_state slot{1, 2, 3, 4, 5, 6};
  layout::slot_state slot_found;
  expect_whole(tables::slots, slot, slot_found);
  EXPECT_EQ(slot_found, slot);

  layout::journal_state state{{7, {1, 2, 3}}, 8, 9, 10};
  layout::journal_state state_found;
  expect_whole(tables::journal, state, state_found);
  EXPECT_EQ(state_found.identity.slots, 7U);
  EXPECT_EQ(state_found.identity.key, state.identity.key);
  EXPECT_EQ(state_found.epochs_end, 8U);
  EXPECT_EQ(state_found.changed_by, 9U);
  EXPECT_EQ(state_found.version, 10U);

  const clock_note note{instant{1}, instant{2}, {"boot", std::chrono::seconds{3}}};
  clock_note note_found;
  expect_whole(tables::clocks, note, note_found);
  EXPECT_EQ(note_found, note);
}

TEST(Tables, D3_a_row_of_one_table_is_none_of_another) {
  row_checksum hash;
  std::vector<cell> cells;
  tables::parts[0].in.show(hash, 9, full_notification(), cells);
  EXPECT_FALSE(tables::parts[0].in.is_sound(hash, 10, cells)) << "another key";
  std::set<std::int64_t> checksums;
  const std::vector<cell> empty(20);
  checksums.insert(tables::puts.checksum(hash, 9, empty));
  checksums.insert(tables::parts[0].in.checksum(hash, 9, empty));
  checksums.insert(tables::parts[1].in.checksum(hash, 9, empty));
  checksums.insert(tables::slots.checksum(hash, 9, empty));
  checksums.insert(tables::journal.checksum(hash, 9, empty));
  checksums.insert(tables::clocks.checksum(hash, 9, empty));
  EXPECT_EQ(checksums.size(), 6U);
}

TEST(Tables, D4_the_version_is_that_of_the_newest_column) {
  auto newest = std::max({tables::puts.newest(), tables::slots.newest(), tables::journal.newest(),
                          tables::clocks.newest()});
  for (const auto& part : tables::parts)
    newest = std::max(newest, part.in.newest());
  EXPECT_EQ(newest, tables::version);
}

// A table before and after it has grown.
struct pet {
  std::string name;
  std::int64_t legs = 0;
  std::string colour; // since version 2
  trace_id mother;    // since version 2
  body photo;         // since version 2
  bool operator==(const pet&) const = default;
};

constexpr column<pet> pet_columns[] = {
    column_of<pet>(
        "name", column_type::text, 2, [](auto& it) -> auto& { return it.name; }),
    checksum_column<pet>(),
    column_of<pet>(
        "legs", column_type::integer, 1, [](auto& it) -> auto& { return it.legs; }),
    column_of<pet>(
        "colour", column_type::text, by_name, [](auto& it) -> auto& { return it.colour; }, 2),
    column_of<pet>(
        "mother", column_type::trace, by_name, [](auto& it) -> auto& { return it.mother; }, 2),
    column_of<pet>(
        "photo", column_type::body, by_name, [](auto& it) -> auto& { return it.photo; }, 2),
};
constexpr table<pet> old_pets{"pets", "id", 'x', std::span{pet_columns}.first(3)};
constexpr table<pet> pets{"pets", "id", 'x', pet_columns};

// A table that is added in version 2.
constexpr column<pet> later_columns[] = {
    column_of<pet>(
        "name", column_type::text, 1, [](auto& it) -> auto& { return it.name; }, 2),
    checksum_column<pet>(2),
};
constexpr table<pet> later_pets{"later_pets", "id", 'y', later_columns};

TEST(Tables, D4_an_older_version_lacks_a_table_that_was_added_later) {
  EXPECT_EQ(later_pets.columns_in(1), 0U);
  EXPECT_EQ(later_pets.columns_in(2), 2U);
  EXPECT_EQ(later_pets.sql_to_upgrade(1), later_pets.sql_to_create());
  EXPECT_EQ(later_pets.sql_to_upgrade(2), "");
}

TEST(Tables, D4_a_checksum_is_as_old_as_its_table) {
  const column<pet> columns[] = {checksum_column<pet>(), later_columns[0]};
  EXPECT_THROW((table<pet>{"later_pets", "id", 'y', columns}), std::logic_error);
  const std::span without{later_columns, 1};
  EXPECT_THROW((table<pet>{"later_pets", "id", 'y', without}), std::logic_error);
}

class GrownTable : public ::testing::Test {
protected:
  void insert(const table<pet>& in, std::int64_t id, const pet& one) {
    sqlite::statement row{db_, in.sql_to_insert()};
    in.show(hash_, id, one, cells_);
    row.bind(1, id);
    row.bind_row(2, cells_);
    row.run();
  }

  pet found(std::int64_t id) {
    sqlite::statement row{db_, "SELECT " + pets.names_in(2) + " FROM pets WHERE id = ?"};
    row.bind(1, id);
    EXPECT_TRUE(row.step());
    row.row(0, pets.columns().size(), pets.columns().size(), cells_);
    EXPECT_TRUE(pets.is_sound(hash_, id, cells_)) << id;
    pet one;
    pets.read(cells_, one);
    return one;
  }

  sqlite::connection db_{":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, ""};
  row_checksum hash_;
  std::vector<cell> cells_;
};

TEST_F(GrownTable, D4_rows_that_are_older_than_a_column_stay_as_they_are) {
  db_.run(old_pets.sql_to_create().c_str(), "");
  insert(old_pets, 1, {"rex", 4, {}, {}, {}});
  db_.run(pets.sql_to_upgrade(1).c_str(), "");
  EXPECT_EQ(found(1), (pet{"rex", 4, {}, {}, {}}));
  const pet tom{"tom", 3, "grey", {5, 6}, body::json("{}")};
  insert(pets, 2, tom);
  insert(pets, 3, {"ann", 2, {}, {}, {}});
  EXPECT_EQ(found(2), tom);
  EXPECT_EQ(found(3), (pet{"ann", 2, {}, {}, {}}));
  EXPECT_EQ(pets.sql_to_upgrade(2), "");
  EXPECT_EQ(pets.sql_to_upgrade(0), pets.sql_to_create());
}

TEST_F(GrownTable, D3_a_later_column_is_in_the_checksum_with_its_name) {
  pet one{"rex", 4, "same", {}, {}};
  pets.show(hash_, 1, one, cells_);
  const auto checksum = cells_[1].number();
  EXPECT_NE(checksum, old_pets.checksum(hash_, 1, cells_));
  std::swap(cells_[3], cells_[5]); // the same bytes in another column
  EXPECT_NE(pets.checksum(hash_, 1, cells_), checksum);
  one.colour.clear();
  pets.show(hash_, 1, one, cells_);
  EXPECT_EQ(cells_[1].number(), old_pets.checksum(hash_, 1, cells_));
}

TEST_F(GrownTable, D3_a_stored_row_may_end_before_a_later_column) {
  std::vector<cell> stored{{}, cell::text("rex"), cell::integer(1), cell::integer(4)};
  EXPECT_TRUE(pets.fits_stored(stored));
  stored.push_back(cell::text("grey"));
  EXPECT_TRUE(pets.fits_stored(stored));
  EXPECT_FALSE(old_pets.fits_stored(stored)) << "a newer version's";
  stored[4] = cell::integer(1);
  EXPECT_FALSE(pets.fits_stored(stored));
  stored.resize(3);
  EXPECT_FALSE(pets.fits_stored(stored));
}

} // namespace
} // namespace restante::journal::testing
