// One pack for many targets: N17.

#include "restante/tests/support/notifications.hpp"

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class PutMany : public NotificationWorld {
protected:
  static std::vector<std::string> targets(int n) {
    std::vector<std::string> all;
    for (int i = 0; i < n; ++i)
      all.push_back("client-" + std::to_string(i));
    return all;
  }
};

TEST_F(PutMany, N17_1024_targets_share_one_pack_and_each_has_its_outcome) {
  const auto pack = body::bytes(std::string(1000, 'x'));
  put_request what;
  what.pack = pack;
  auto alice = w().connect("alice");
  const auto many = must(of(alice->put_many(targets(1024), what)));
  ASSERT_EQ(many.outcomes.size(), 1024U);
  for (int n : {0, 1, 511, 1023}) {
    const auto& one = many.outcomes[static_cast<std::size_t>(n)];
    EXPECT_EQ(one.target, "client-" + std::to_string(n));
    EXPECT_EQ(one.code, errc::none);
    const auto seen = status(one.receipt.trace);
    EXPECT_EQ(seen.to.client, one.target);
    EXPECT_EQ(seen.from, "alice");
    EXPECT_TRUE(seen.pack.shares_buffer_with(pack));
  }
  EXPECT_EQ(w().broker().stats().puts, 1024U);
}

TEST_F(PutMany, N17_1025_targets_are_too_many_and_none_is_not_enough) {
  EXPECT_EQ(of(server().put_many(targets(1025), {})).code(), errc::too_many_targets);
  EXPECT_EQ(of(server().put_many({}, {})).code(), errc::invalid_argument);
  EXPECT_EQ(w().broker().stats().puts, 0U);
}

TEST_F(PutMany, N17_a_bad_target_in_the_middle_is_its_own_outcome) {
  auto alice = w().connect("alice");
  const auto many = must(of(alice->put_many({"bob", "", std::string(257, 'x'), "\xff", "carol"},
                                            text_to("ignored", "x"))));
  ASSERT_EQ(many.outcomes.size(), 5U);
  EXPECT_EQ(many.outcomes[0].code, errc::none);
  EXPECT_EQ(many.outcomes[1].code, errc::invalid_argument);
  EXPECT_EQ(many.outcomes[2].code, errc::invalid_argument);
  EXPECT_EQ(many.outcomes[2].target, std::string(257, 'x'));
  EXPECT_EQ(many.outcomes[3].code, errc::invalid_argument);
  EXPECT_FALSE(many.outcomes[3].detail.empty());
  EXPECT_EQ(many.outcomes[4].code, errc::none);
  EXPECT_EQ(pending("bob") + pending("carol"), 2U);
  EXPECT_EQ(pending("ignored"), 0U);
}

TEST_F(PutMany, N17_all_bad_is_an_answer_too) {
  const auto many = must(of(server().put_many({"", ""}, text_to("", "x"))));
  EXPECT_EQ(many.outcomes.at(0).code, errc::invalid_argument);
  EXPECT_EQ(many.outcomes.at(1).code, errc::invalid_argument);
}

TEST_F(PutMany, N17_N4_a_full_target_is_its_own_outcome) {
  how.limits.queue_length = 1;
  auto bob = explicitly("bob");
  put(text_to("bob", "1"));
  const auto many = must(of(server().put_many({"carol", "bob"}, text_to("", "2"))));
  EXPECT_EQ(many.outcomes.at(0).code, errc::none);
  EXPECT_EQ(many.outcomes.at(1).code, errc::target_full);
}

TEST_F(PutMany, N17_the_same_target_twice_is_two_puts_unless_they_have_a_message_id) {
  EXPECT_EQ(must(of(server().put_many({"bob", "bob"}, text_to("", "x")))).outcomes.size(), 2U);
  EXPECT_EQ(pending("bob"), 2U);
  auto same = text_to("", "y");
  same.message_id = "m";
  const auto many = must(of(server().put_many({"bob", "bob"}, same)));
  EXPECT_EQ(many.outcomes.at(1).receipt.result, put_result::duplicate);
  EXPECT_EQ(many.outcomes.at(1).receipt.trace, many.outcomes.at(0).receipt.trace);
  EXPECT_EQ(pending("bob"), 3U);
}

TEST_F(PutMany, N17_what_is_wrong_with_all_is_said_once) {
  auto large = text_to("", std::string(64 * 1024 + 1, 'x'));
  EXPECT_EQ(of(server().put_many({"bob"}, large)).code(), errc::payload_too_large);
  auto alice = w().connect("alice");
  auto forged = text_to("", "x");
  forged.from = "bob";
  EXPECT_EQ(of(alice->put_many({"bob"}, forged)).code(), errc::forbidden);
}

TEST_F(PutMany, N17_keeps_its_place_among_the_puts_around_it) {
  connection alice = w().broker().connect({.client = "alice"});
  for (int n = 0; n < 20; ++n) {
    alice.put(text_to("client-3", std::to_string(n)));
    alice.put_many(targets(100), text_to("", "many-" + std::to_string(n)));
  }
  packs expected;
  for (int n = 0; n < 20; ++n) {
    expected.push_back(std::to_string(n));
    expected.push_back("many-" + std::to_string(n));
  }
  w().settle();
  EXPECT_EQ(drain("client-3"), expected);
}

/// Chooses a schedule in which a connection's alarm is handled before the messages to its shards.
TEST_F(PutMany, N17_S10_those_unanswered_at_the_deadline_end_unknown_outcome) {
  auto alice = w().connect("alice");
  auto& time = *server().time();
  const auto sent = alice->put_many({"", "bob", "carol"}, text_to("", "x"));
  time.step(0); // the connection takes the operation and forwards it
  ASSERT_GT(time.runnable(), 0U);
  ASSERT_FALSE(sent.is_ready());
  while (!sent.is_ready()) {
    // The shards never run: only the actor that an alarm made runnable last runs.
    const auto busy = time.runnable();
    ASSERT_TRUE(w().next_alarm());
    time.ring_next();
    if (time.runnable() > busy)
      time.step(time.runnable() - 1);
  }
  EXPECT_EQ(w().now(), instant{1} + 10s);
  const auto many = must(sent.get());
  EXPECT_EQ(many.outcomes.at(0).code, errc::invalid_argument);
  EXPECT_EQ(many.outcomes.at(1).code, errc::unknown_outcome);
  EXPECT_EQ(many.outcomes.at(1).target, "bob");
  EXPECT_EQ(many.outcomes.at(2).code, errc::unknown_outcome);
  w().settle(); // a late answer finds no operation, and the connection lives
  EXPECT_EQ(pending("bob"), 1U);
  EXPECT_TRUE(of(alice->put(text_to("bob", "y"))).ok());
}

} // namespace
} // namespace restante::testing
