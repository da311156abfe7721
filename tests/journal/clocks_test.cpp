// The clocks that a store records: they survive the store, and a missing record makes no journal
// unusable (T1).

#include "restante/broker/journal/noted_clocks.hpp"
#include "restante/broker/journal/operators.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace restante::journal::testing {
namespace {

const clock_note noon{instant{1'700'000'000'000'000'000},
                      instant{1'700'000'003'000'000'000},
                      {"a boot", std::chrono::seconds{17}}};

class NotedClocks : public ::testing::Test {
protected:
  std::filesystem::path directory() const { return root_.path() / "data"; }

  std::unique_ptr<sqlite_store> open() {
    std::filesystem::create_directory(directory());
    store_options options;
    options.identity = identity_for_tests;
    return std::make_unique<sqlite_store>(directory(), options);
  }

  void run_sql(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open((directory() / "journal.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }

  temporary_directory root_;
};

TEST_F(NotedClocks, T1_D1_they_are_there_for_the_next_store) {
  EXPECT_EQ(open()->last_clocks(), std::nullopt);
  auto store = open();
  store->note_clocks({});
  store->note_clocks(noon);
  EXPECT_EQ(store->last_clocks(), noon);
  store.reset();
  EXPECT_EQ(open()->last_clocks(), noon);
  EXPECT_EQ(noted_clocks(directory()), noon);
  EXPECT_EQ(noted_clocks(root_.path() / "nowhere"), std::nullopt);
}

TEST_F(NotedClocks, T1_D4_a_journal_without_them_and_one_with_damaged_ones_open) {
  open()->note_clocks(noon);
  run_sql("UPDATE clocks SET time = 1");
  EXPECT_EQ(open()->last_clocks(), std::nullopt);
  run_sql("DROP TABLE clocks"); // as in a journal from before this table existed
  auto store = open();
  EXPECT_EQ(store->last_clocks(), std::nullopt);
  store->note_clocks(noon);
  store.reset();
  EXPECT_EQ(open()->last_clocks(), noon);
}

TEST_F(NotedClocks, T1_D2_they_move_with_the_journal) {
  open()->note_clocks(noon);
  move_to(directory(), root_.path() / "moved", 3,
          [](const auto&, std::uint32_t, const auto&) { return slot_number{0}; });
  EXPECT_EQ(noted_clocks(root_.path() / "moved"), noon);
}

} // namespace
} // namespace restante::journal::testing
