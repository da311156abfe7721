// A record is made from a put or from a row of the journal; views and offers are made from a
// record. Members are copied by name, so each of these tests visits all members that a struct
// really has.

#include "restante/actors/model/record.hpp"

#include <boost/pfr/core.hpp>
#include <gtest/gtest.h>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

/// Fails for each member that has the value of an empty struct.
template <class T>
void expect_all_set(const T& x) {
  const T empty{};
  boost::pfr::for_each_field(x, [&empty](const auto& member, auto index) {
    const bool is_set = !(member == boost::pfr::get<decltype(index)::value>(empty));
    EXPECT_TRUE(is_set) << "member " << index << " of " << typeid(T).name();
  });
}

kept_notification full_row() {
  kept_notification kept;
  kept.row = 1;
  kept.to = {"ns", "bob"};
  kept.trace = {2, 3};
  kept.from = "alice";
  kept.by = identity::server;
  kept.pack = body::json("4");
  kept.kind = notification_kind::suit;
  kept.want = receipts::wanted;
  kept.message_id = "five";
  kept.collapse_key = "six";
  kept.created_at = {7};
  kept.due_at = {8};
  kept.expires_at = {9};
  kept.delivered_at = {10};
  kept.replied_at = {11};
  kept.reply = body::json("12");
  kept.attempts = 13;
  return kept;
}

TEST(Record, D2_a_record_keeps_all_that_the_journal_has) {
  const auto kept = full_row();
  expect_all_set(kept);
  EXPECT_TRUE(kept_of(record_of(kept), kept.to) == kept);
}

TEST(Record, D2_a_row_without_extras_stays_one) {
  auto kept = full_row();
  kept.message_id.clear();
  kept.collapse_key.clear();
  kept.due_at = {};
  kept.replied_at = {};
  kept.reply = {};
  const auto made = record_of(kept);
  EXPECT_EQ(made.extras, nullptr);
  EXPECT_TRUE(kept_of(made, kept.to) == kept);
}

TEST(Record, N6_a_view_shows_all_that_is_known) {
  const auto kept = full_row();
  const auto view = view_of(record_of(kept), kept.to);
  expect_all_set(view);
  EXPECT_EQ(view.state, notification_state::replied);
  EXPECT_EQ(view.reply, kept.reply);
  EXPECT_EQ(view.due_at, kept.due_at);
}

TEST(Record, N10_an_offer_has_all_that_is_delivered) {
  const auto kept = full_row();
  const auto offer = offer_of(record_of(kept));
  expect_all_set(offer);
  EXPECT_EQ(offer.trace, kept.trace);
  EXPECT_EQ(offer.from, kept.from);
  EXPECT_EQ(offer.pack, kept.pack);
  EXPECT_EQ(offer.expires_at, kept.expires_at);
  EXPECT_EQ(offer.attempts, kept.attempts);
}

TEST(Record, N1_what_a_put_says_is_in_the_row) {
  put_notification put;
  put.from = "alice";
  put.by = identity::server;
  put.pack = body::json("1");
  put.kind = notification_kind::suit;
  put.want = receipts::wanted;
  put.message_id = "two";
  put.collapse_key = "three";
  put.ttl = 9ns;
  put.delay = 4ns;
  const auto row = kept_of(record_of(put, {5, 6}, {100}, {}), {"ns", "bob"});
  EXPECT_EQ(row.to, (client_address{"ns", "bob"}));
  EXPECT_EQ(row.trace, (trace_id{5, 6}));
  EXPECT_EQ(row.from, put.from);
  EXPECT_EQ(row.by, put.by);
  EXPECT_EQ(row.pack, put.pack);
  EXPECT_EQ(row.kind, put.kind);
  EXPECT_EQ(row.want, put.want);
  EXPECT_EQ(row.message_id, put.message_id);
  EXPECT_EQ(row.collapse_key, put.collapse_key);
  EXPECT_EQ(row.created_at, instant{100});
  EXPECT_EQ(row.expires_at, instant{109});
  EXPECT_EQ(row.due_at, instant{104});
}

} // namespace
} // namespace restante::model
