// The promises of every store, tested with each store.

#include "restante/tests/journal/simulated_disk.hpp"
#include "restante/tests/journal/testbeds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace restante::journal::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

template <class Testbed>
class Store : public ::testing::Test {
protected:
  void SetUp() override { store_ = testbed_.open(); }

  void crash() {
    testbed_.crash(std::move(store_));
    store_ = testbed_.open();
  }
  void reopen() {
    store_.reset();
    store_ = testbed_.open();
  }

  Testbed testbed_;
  std::unique_ptr<store> store_;
};

using testbeds = ::testing::Types<sqlite_testbed, memory_testbed, simulated_testbed>;
TYPED_TEST_SUITE(Store, testbeds);

kept_notification with_everything() {
  auto kept = notification(7, std::string_view{"b\0b\xff", 4});
  kept.to.ns = std::string("\xc3\x28\0x", 4);
  kept.from = std::string("\0", 1);
  kept.by = identity::server;
  kept.pack = body::bytes(std::string_view{"\0\x80\xfe\0", 4});
  kept.kind = notification_kind::suit;
  kept.want = receipts::wanted;
  kept.message_id = "m'\";--";
  kept.collapse_key = std::string(256, '\x01');
  kept.created_at = {-5};
  kept.due_at = {std::numeric_limits<std::int64_t>::max() - 1};
  kept.expires_at = instant::never();
  kept.delivered_at = {17};
  kept.replied_at = {18};
  kept.reply = body::json("null");
  kept.attempts = std::numeric_limits<std::uint32_t>::max();
  return kept;
}

TYPED_TEST(Store, D1_what_was_committed_is_there_after_a_crash) {
  const auto kept = commit(*this->store_, puts(1, {notification(1), notification(2)}));
  this->crash();
  EXPECT_EQ(restored(*this->store_, 1), kept);
  EXPECT_THAT(restored(*this->store_, 0), IsEmpty());
}

TYPED_TEST(Store, D1_everything_comes_out_as_it_went_in) {
  const auto kept = commit(*this->store_, puts(3, {with_everything()}));
  ASSERT_EQ(kept[0].row, 1U);
  this->crash();
  EXPECT_EQ(restored(*this->store_, 3), kept);
}

TYPED_TEST(Store, D1_the_empty_pack_keeps_its_kind) {
  auto bytes = notification(1);
  bytes.pack = body::bytes(std::string_view{});
  auto json = notification(2);
  json.pack = body::json(R"("")");
  const auto kept = commit(*this->store_, puts(0, {bytes, json}));
  this->crash();
  EXPECT_EQ(restored(*this->store_, 0), kept);
}

TYPED_TEST(Store, D1_what_became_of_a_notification_is_kept) {
  auto kept = commit(*this->store_, puts(2, {notification(1), notification(2), notification(3)}));
  journal_changes changes;
  changes.slot = 2;
  changes.offered = {{kept[0].row, 3}, {kept[1].row, 1}};
  changes.delivered = {kept[1].row};
  changes.delivered_at = {50};
  changes.replies = {{kept[1].row, body::json("[1]"), {51}}};
  changes.gone = {kept[2].row};
  commit(*this->store_, changes);
  kept.pop_back();
  kept[0].attempts = 3;
  kept[1].attempts = 1;
  kept[1].delivered_at = {50};
  kept[1].reply = body::json("[1]");
  kept[1].replied_at = {51};
  EXPECT_EQ(restored(*this->store_, 2), kept);
  this->crash();
  EXPECT_EQ(restored(*this->store_, 2), kept);
}

TYPED_TEST(Store, D1_a_later_reply_replaces_an_earlier_one) {
  auto kept = commit(*this->store_, puts(2, {notification(1)}));
  for (const auto& text : {std::string(70'000, 'x'), std::string{"y"}, std::string(5'000, 'z')}) {
    journal_changes changes;
    changes.slot = 2;
    changes.replies = {{kept[0].row, body::bytes(text), {60}}};
    commit(*this->store_, changes);
    kept[0].reply = body::bytes(text);
    kept[0].replied_at = {60};
    EXPECT_EQ(restored(*this->store_, 2), kept);
  }
  journal_changes gone;
  gone.slot = 2;
  gone.gone = {kept[0].row};
  commit(*this->store_, gone);
  EXPECT_THAT(restored(*this->store_, 2), IsEmpty());
}

TYPED_TEST(Store, D1_parts_of_changes_take_effect_in_their_order) {
  const auto kept = commit(*this->store_, puts(0, {notification(1)}));
  journal_changes changes;
  changes.slot = 0;
  changes.offered = {{kept[0].row, 1}, {kept[0].row, 2}};
  changes.gone = {kept[0].row};
  auto next = changes;
  next.gone.clear(); // finds nothing more
  std::vector<journal_changes> all{changes, next};
  this->store_->commit(all);
  EXPECT_THAT(restored(*this->store_, 0), IsEmpty());
}

TYPED_TEST(Store, D1_rows_that_are_not_there_are_passed_over) {
  const auto kept = commit(*this->store_, puts(1, {notification(1)}));
  journal_changes changes;
  changes.slot = 1;
  const auto never_given = std::numeric_limits<row_number>::max();
  changes.offered = {{2, 1}, {0, 1}, {never_given, 1}};
  changes.delivered = {2, 0, never_given};
  changes.delivered_at = {1};
  changes.replies = {{2, body::json("1"), {1}}, {never_given, body::json("1"), {1}}};
  changes.gone = {2, 0, never_given, row_number{1} << 48 | 1};
  commit(*this->store_, changes);
  EXPECT_EQ(restored(*this->store_, 1), kept);
  EXPECT_EQ(this->store_->stats().undelivered, 1U);
}

TYPED_TEST(Store, D2_order_is_that_of_the_rows_slice_by_slice) {
  std::vector<kept_notification> kept;
  for (std::uint64_t n = 0; n < 20; ++n) {
    std::vector<journal_changes> both{puts(1, {notification(n, "a"), notification(n, "b")}),
                                      puts(2, {notification(n, "c")})};
    this->store_->commit(both);
    kept.insert(kept.end(), both[0].puts.begin(), both[0].puts.end());
  }
  for (std::uint64_t n = 0; n < kept.size(); ++n)
    EXPECT_EQ(kept[n].row, n + 1);
  this->crash();
  for (const std::size_t most : {1U, 7U, 40U, 1000U})
    EXPECT_EQ(restored(*this->store_, 1, {1}, most), kept);
}

TYPED_TEST(Store, D2_a_slot_may_change_while_it_is_restored) {
  std::vector<kept_notification> many;
  for (std::uint64_t n = 0; n < 10; ++n)
    many.push_back(notification(n));
  commit(*this->store_, puts(0, many));
  auto first = this->store_->restore(0, 0, 4, {1});
  journal_changes changes = puts(0, {notification(11)});
  changes.offered = {{1, 1}, {9, 1}};
  changes.gone = {2, 10};
  commit(*this->store_, changes);
  std::vector<row_number> rows;
  for (auto slice = first; !slice.is_last;) {
    slice = this->store_->restore(0, slice.last, 4, {1});
    for (const auto& kept : slice.notifications)
      rows.push_back(kept.row);
  }
  EXPECT_THAT(rows, ElementsAre(5, 6, 7, 8, 9, 11));
}

TYPED_TEST(Store, D2_what_expired_meanwhile_is_gone_and_counted) {
  auto other = notification(2);
  other.to.ns = "club";
  auto late = notification(3);
  late.expires_at = {2000 * second};
  commit(*this->store_, puts(1, {notification(0), other, notification(1), late}));
  this->crash();
  // Exactly at the deadline of notification 1, which has not expired yet.
  const auto slice = this->store_->restore(1, 0, 100, {1000 * second + 1});
  EXPECT_EQ(slice.notifications.size(), 3U);
  EXPECT_THAT(slice.expired, ElementsAre(Pair("shop", 1)));
  const auto later = this->store_->restore(1, 0, 100, {1500 * second});
  EXPECT_THAT(later.expired, ElementsAre(Pair("club", 1), Pair("shop", 2)));
  ASSERT_EQ(later.notifications.size(), 1U);
  EXPECT_EQ(later.notifications[0].row, 4U);
  EXPECT_TRUE(later.is_last);
}

TYPED_TEST(Store, D1_rows_are_never_given_twice) {
  commit(*this->store_, puts(1, {notification(1), notification(2)}));
  journal_changes gone;
  gone.slot = 1;
  gone.gone = {1, 2};
  commit(*this->store_, gone);
  this->crash();
  EXPECT_EQ(commit(*this->store_, puts(1, {notification(3)}))[0].row, 3U);
  EXPECT_EQ(commit(*this->store_, puts(2, {notification(3)}))[0].row, 1U);
}

TYPED_TEST(Store, D2_tidying_removes_what_has_expired_and_nothing_else) {
  auto late = notification(3);
  late.expires_at = {2000 * second};
  commit(*this->store_, puts(0, {notification(1), late}));
  commit(*this->store_, puts(3, {notification(2)}));
  const auto tidied = [&](instant now) {
    int calls = 1;
    while (this->store_->tidy(now))
      ++calls;
    return calls;
  };
  EXPECT_LT(tidied({1000 * second}), 10);
  EXPECT_EQ(this->store_->stats().notifications, 3U);
  EXPECT_LT(tidied({1500 * second}), 10);
  EXPECT_EQ(this->store_->stats().notifications, 1U);
  const auto left = restored(*this->store_, 0);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].expires_at, late.expires_at);
  this->crash();
  EXPECT_EQ(this->store_->stats().notifications, 1U);
}

TYPED_TEST(Store, D2_figures_say_what_is_kept) {
  const auto kept = commit(*this->store_, puts(1, {notification(1), notification(2)}));
  journal_changes changes;
  changes.slot = 1;
  changes.delivered = {kept[0].row};
  changes.delivered_at = {9};
  commit(*this->store_, changes);
  commit(*this->store_, changes); // a second time changes nothing
  EXPECT_EQ(this->store_->stats().notifications, 2U);
  EXPECT_EQ(this->store_->stats().undelivered, 1U);
  this->crash();
  EXPECT_EQ(this->store_->stats().notifications, 2U);
  EXPECT_EQ(this->store_->stats().undelivered, 1U);
}

TYPED_TEST(Store, C1_epochs_grow_across_restarts) {
  EXPECT_EQ(this->store_->reserve_epochs(1000, 10), 1001U);
  EXPECT_EQ(this->store_->reserve_epochs(0, 5), 1011U);
  this->crash();
  EXPECT_EQ(this->store_->reserve_epochs(1000, 10), 1016U);
  this->reopen();
  EXPECT_EQ(this->store_->reserve_epochs(5000, 10), 5001U);
}

TYPED_TEST(Store, D4_a_store_keeps_what_it_was_made_with) {
  this->reopen();
  EXPECT_EQ(this->store_->identity().slots, identity_for_tests.slots);
  EXPECT_EQ(this->store_->identity().key, identity_for_tests.key);
}

TYPED_TEST(Store, D3_a_second_opener_is_refused) {
  try {
    this->testbed_.open();
    FAIL() << "it was opened twice";
  } catch (const storage_error& error) {
    EXPECT_EQ(error.fault(), storage_fault::locked);
  }
  commit(*this->store_, puts(0, {notification(1)}));
  this->reopen();
  EXPECT_EQ(restored(*this->store_, 0).size(), 1U);
}

TYPED_TEST(Store, D1_nothing_is_a_commit_too) {
  this->store_->commit({});
  commit(*this->store_, puts(1, {}));
  EXPECT_THAT(restored(*this->store_, 1), IsEmpty());
}

} // namespace
} // namespace restante::journal::testing
