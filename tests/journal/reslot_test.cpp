// Changes the number of slots of a journal in place: safe against crashes at every step.

#include "restante/broker/journal/reslot.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace restante::journal::testing {
namespace {

using ::testing::ElementsAre;

slot_number slot_by_length(const client_address& client, std::uint32_t slots,
                           const std::array<std::uint8_t, 16>&) {
  return static_cast<slot_number>(client.client.size() % slots);
}

class Reslot : public ::testing::Test {
protected:
  void SetUp() override {
    auto store = testbed_.open();
    for (std::uint64_t n = 0; n < 90; ++n) {
      const std::string client(1 + n % 9, 'c');
      auto kept = notification(n, client);
      kept.attempts = static_cast<std::uint32_t>(n % 3);
      commit(*store, puts(slot_by_length(kept.to, identity_for_tests.slots, {}), {kept}));
    }
    next_epoch_ = store->reserve_epochs(77, 3) + 3;
    store.reset();
    all_ = shown();
  }

  std::filesystem::path directory() const { return testbed_.directory(); }

  /// All kept notifications, by client, without their rows.
  std::map<std::string, std::vector<kept_notification>> shown() const {
    std::map<std::string, std::vector<kept_notification>> found;
    for_each(directory(), {1}, [&](slot_number, kept_notification kept) {
      kept.row = 0;
      found[kept.to.client].push_back(std::move(kept));
    });
    return found;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& one : std::filesystem::directory_iterator{directory()})
      found.push_back(one.path().filename().string());
    std::ranges::sort(found);
    return found;
  }

  sqlite_testbed testbed_;
  std::map<std::string, std::vector<kept_notification>> all_;
  epoch_number next_epoch_ = 0;
};

TEST_F(Reslot, D4_keeps_everything_in_its_order_and_leaves_nothing_behind) {
  for (const std::uint32_t slots : {7U, 1U, 64U}) {
    reslot(directory(), slots, slot_by_length);
    EXPECT_THAT(names(), ElementsAre("journal.db", "journal.lock", "journal.seal"));
    EXPECT_TRUE(check(directory(), slot_by_length).is_sound);
    EXPECT_EQ(shown(), all_);
  }
  auto store = testbed_.open();
  EXPECT_EQ(store->identity().slots, 64U);
  EXPECT_EQ(store->identity().key, identity_for_tests.key);
  EXPECT_GE(store->reserve_epochs(0, 1), next_epoch_);
}

TEST_F(Reslot, D4_what_an_earlier_one_has_left_is_in_nobodys_way) {
  for (const auto* left : {"journal.moved", "journal.moved.part"}) {
    std::filesystem::create_directory(directory() / left);
    std::ofstream{directory() / left / "journal.db"} << "half of it";
  }
  reslot(directory(), 5, slot_by_length);
  EXPECT_EQ(shown(), all_);
  EXPECT_THAT(names(), ElementsAre("journal.db", "journal.lock", "journal.seal"));
}

/// The steps in which the files are exchanged. A crash may happen after each step.
TEST_F(Reslot, D4_a_crash_between_its_steps_leaves_a_whole_journal) {
  const auto other = directory() / "other";
  move_to(directory(), other, 9, slot_by_length);
  std::filesystem::remove(directory() / "journal.seal");
  EXPECT_EQ(shown(), all_); // opening the journal writes its commit mark again
  std::filesystem::remove(directory() / "journal.seal");
  std::filesystem::rename(other / "journal.db", directory() / "journal.db");
  EXPECT_EQ(shown(), all_);
  EXPECT_EQ(testbed_.open()->identity().slots, 9U);
}

TEST_F(Reslot, D3_a_damaged_journal_stays_where_it_is) {
  const std::string pack{all_["cc"][3].pack.view()};
  std::fstream file{directory() / "journal.db", std::ios::in | std::ios::out | std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto at = text.find(pack);
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at + 12)).put('#');
  file.close();
  EXPECT_THROW(reslot(directory(), 5, slot_by_length), storage_error);
  EXPECT_EQ(testbed_.open()->identity().slots, identity_for_tests.slots);
}

TEST_F(Reslot, D4_nothing_is_done_while_a_broker_has_it) {
  const auto has_it = testbed_.open();
  try {
    reslot(directory(), 5, slot_by_length);
    FAIL();
  } catch (const storage_error& why) {
    EXPECT_EQ(why.fault(), storage_fault::locked);
  }
}

} // namespace
} // namespace restante::journal::testing
