// The rights in a client's token: the whole broker in virtual time (spec W7).

#include "restante/tests/support/rights.hpp"
#include "restante/tests/support/slow_sink.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

connect_options with(const granted& words, duration window = 0s) {
  connect_options who{.client = "alice", .resume_window = window};
  who.rights = rights_of(words);
  return who;
}

body of_size(std::size_t bytes) {
  return body::bytes(std::string(bytes, 'x'));
}

TEST(RightsAtWork, W7_without_rights_a_client_may_do_everything) {
  world w;
  auto alice = w.connect("alice");
  EXPECT_TRUE(w.outcome_of(alice->put({.to = "bob"})));
  EXPECT_TRUE(w.outcome_of(alice->watch("bob")));
  EXPECT_TRUE(w.outcome_of(alice->list("room")));
  EXPECT_TRUE(w.outcome_of(alice->subscribe("room")));
  EXPECT_TRUE(w.outcome_of(alice->set("room", "k")));
  EXPECT_TRUE(w.outcome_of(alice->clear("room", "k")));
  EXPECT_TRUE(w.outcome_of(alice->publish("room", body::bytes("x"))));
}

TEST(RightsAtWork, W7_with_empty_rights_what_others_would_notice_is_forbidden) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  auto alice = w.connect(with({}));
  EXPECT_EQ(w.outcome_of(alice->put({.to = "bob"})).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "alice"})).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->watch("bob")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->list("room")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->subscribe("room")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->set("room", "k")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->clear("room", "k")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->publish("room", body::bytes("x"))).code(), errc::forbidden);
  EXPECT_THAT(bob.seen().pushes, IsEmpty());
  EXPECT_EQ(w.broker().stats().clients, 2u); // the broker asked no other actor
}

TEST(RightsAtWork, W7_its_own_business_needs_no_right) {
  world w;
  auto alice = w.connect(with({}));
  const auto suit =
      w.outcome_of(w.server().put({.to = "alice", .kind = notification_kind::suit}))->trace;
  EXPECT_THAT(alice.seen().deliveries(), SizeIs(1));
  EXPECT_TRUE(w.outcome_of(alice->status(suit)));
  EXPECT_TRUE(w.outcome_of(alice->reply(suit, body::bytes("yes"))));
  EXPECT_TRUE(w.outcome_of(alice->ack(suit)));
  EXPECT_TRUE(w.outcome_of(alice->pending()));
  EXPECT_TRUE(w.outcome_of(alice->unsubscribe("room")));
  EXPECT_TRUE(w.outcome_of(alice->unwatch("bob")));
}

TEST(RightsAtWork, W7_patterns_say_who_and_where) {
  world w;
  auto alice = w.connect(with({.put = {"team.*"},
                               .watch = {"team.*"},
                               .read = {"room.*"},
                               .write = {{"room.*", "{client}.*"}},
                               .publish = {"room.*"}}));
  EXPECT_TRUE(w.outcome_of(alice->put({.to = "team.bob"})));
  EXPECT_EQ(w.outcome_of(alice->put({.to = "carol"})).code(), errc::forbidden);
  EXPECT_TRUE(w.outcome_of(alice->watch("team.bob")));
  EXPECT_EQ(w.outcome_of(alice->watch("carol")).code(), errc::forbidden);
  EXPECT_TRUE(w.outcome_of(alice->subscribe("room.1")));
  EXPECT_EQ(w.outcome_of(alice->subscribe("hall")).code(), errc::forbidden);
  EXPECT_TRUE(w.outcome_of(alice->set("room.1", "alice.cursor")));
  EXPECT_EQ(w.outcome_of(alice->set("room.1", "bob.cursor")).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->clear("room.1", "bob.cursor")).code(), errc::forbidden);
  EXPECT_TRUE(w.outcome_of(alice->publish("room.1", body::bytes("x"))));
  EXPECT_EQ(w.outcome_of(alice->publish("hall", body::bytes("x"))).code(), errc::forbidden);
  EXPECT_THAT(words_of(alice.seen().events()),
              ElementsAre("set alice.cursor alice ", "message alice x"));
}

TEST(RightsAtWork, W7_who_may_write_a_key_may_not_publish_for_that) {
  world w;
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  auto alice = w.connect(with({.write = {{"*", "*"}}}));
  EXPECT_TRUE(w.outcome_of(alice->set("room", "k")));
  EXPECT_EQ(w.outcome_of(alice->publish("room", body::bytes("x"))).code(), errc::forbidden);
  alice->change_rights(rights_of({.publish = {"room"}}));
  EXPECT_TRUE(w.outcome_of(alice->publish("room", body::bytes("y"))));
  EXPECT_EQ(w.outcome_of(alice->set("room", "k")).code(), errc::forbidden);
  EXPECT_THAT(words_of(bob.seen().events()), ElementsAre("set k alice ", "message alice y"));
}

TEST(RightsAtWork, W7_each_target_of_a_put_many_is_asked_for_by_itself) {
  world w;
  auto alice = w.connect(with({.put = {"team.*"}}));
  const auto many = w.outcome_of(alice->put_many({"team.a", "carol", "", "team.b"}, {.to = {}}));
  ASSERT_TRUE(many);
  std::vector<errc> codes;
  for (const auto& one : many->outcomes)
    codes.push_back(one.code);
  EXPECT_THAT(codes, ElementsAre(errc::none, errc::forbidden, errc::invalid_argument, errc::none));
  EXPECT_EQ(w.broker().stats().puts, 2u);
}

TEST(RightsAtWork, W7_E1_rights_come_behind_ids_and_before_sizes_and_caps) {
  options how;
  how.limits.keys_per_client = 1;
  world w{how};
  auto alice = w.connect(with({.put = {"bob"},
                               .watch = {"bob"},
                               .read = {"room"},
                               .write = {{"room", "k"}},
                               .publish = {"room"}}));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
  const auto large = of_size(20'000);
  EXPECT_EQ(w.outcome_of(alice->set("room", "", large)).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->set("room", "other", large)).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->set("room", "k", large)).code(), errc::payload_too_large);
  EXPECT_EQ(w.outcome_of(alice->clear("", "other")).code(), errc::invalid_argument);
  const auto huge = of_size(70'000);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "", .pack = huge})).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "carol", .pack = huge})).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->put({.to = "bob", .pack = huge})).code(), errc::payload_too_large);
  EXPECT_EQ(w.outcome_of(alice->publish("", huge)).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->publish("hall", huge)).code(), errc::forbidden);
  EXPECT_EQ(w.outcome_of(alice->publish("room", huge)).code(), errc::payload_too_large);
  EXPECT_EQ(w.outcome_of(alice->watch("")).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->list(std::string(300, 'x'))).code(), errc::invalid_argument);
  EXPECT_THAT(w.outcome_of(alice->list(""))->entries, IsEmpty());
  alice->disconnect();
  w.settle();
  EXPECT_EQ(w.outcome_of(alice->set("", "other", large)).code(), errc::stale_connection);
}

TEST(RightsAtWork, W7_the_server_identity_has_every_right) {
  world w;
  EXPECT_TRUE(w.outcome_of(w.server().put({.to = "bob"})));
  EXPECT_TRUE(w.outcome_of(w.server().list("room")));
  EXPECT_TRUE(w.outcome_of(w.server().drain("bob")));
}

TEST(RightsAtWork, W7_changed_rights_count_for_what_is_asked_for_behind_them) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    world w{{}, seed};
    auto alice = w.connect("alice");
    const auto before = alice->put({.to = "bob"});
    w.settle();
    alice->change_rights(rights_of({.put = {"carol"}}));
    const auto narrower = alice->put({.to = "bob"});
    const auto allowed = alice->put({.to = "carol"});
    w.settle();
    alice->change_rights(nullptr);
    const auto wider = alice->put({.to = "bob"});
    EXPECT_TRUE(w.outcome_of(before));
    EXPECT_EQ(w.outcome_of(narrower).code(), errc::forbidden) << seed;
    EXPECT_TRUE(w.outcome_of(allowed));
    EXPECT_TRUE(w.outcome_of(wider));
  }
}

TEST(RightsAtWork, W7_narrower_rights_end_subscriptions_and_watches_quietly) {
  world w;
  auto bob = w.connect("bob");
  auto alice = w.connect("alice");
  for (const auto* topic : {"room", "hall"})
    ASSERT_TRUE(w.outcome_of(alice->subscribe(topic)));
  for (const auto* client : {"bob", "carol"})
    ASSERT_TRUE(w.outcome_of(alice->watch(client)));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "held", {}, 5s)));
  alice.seen().clear();
  alice->change_rights(rights_of({.watch = {"carol"}, .read = {"hall"}}));
  w.settle();
  ASSERT_TRUE(w.outcome_of(bob->set("room", "k")));
  ASSERT_TRUE(w.outcome_of(bob->set("hall", "k")));
  bob->disconnect();
  auto carol = w.connect("carol");
  EXPECT_THAT(words_of(alice.seen().events()),
              ElementsAre("set k bob ", "clear k bob disconnect")); // events of the topic "hall"
  ASSERT_THAT(alice.seen().presences(), SizeIs(1));
  EXPECT_EQ(alice.seen().presences()[0].client, "carol");
  EXPECT_EQ(w.broker().stats().clients, 2u); // no client watches bob any more
  EXPECT_FALSE(alice.seen().end);
  EXPECT_EQ(w.outcome_of(alice->set("room", "held", {}, 5s)).code(), errc::forbidden);
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("held alice "));
  w.pass(6s); // the key expired with its lease, and there is no subscriber
  EXPECT_THAT(w.outcome_of(w.server().list("room"))->entries, IsEmpty());
  EXPECT_EQ(w.broker().stats().topics, 1u);
}

TEST(RightsAtWork, W7_C4_a_resume_takes_the_rights_of_the_new_inbox) {
  for (const bool is_cut : {true, false}) {
    world w;
    auto bob = w.connect("bob");
    auto alice = w.connect(with({.watch = {"*"}, .read = {"*"}, .write = {{"*", "*"}}}, 30s));
    for (const auto* topic : {"room", "hall"})
      ASSERT_TRUE(w.outcome_of(alice->subscribe(topic)));
    ASSERT_TRUE(w.outcome_of(alice->watch("bob")));
    ASSERT_TRUE(w.outcome_of(alice->set("room", "held", {}, 20min)));
    if (is_cut)
      alice->cut();
    w.settle();
    auto who = with({.read = {"hall"}}, 30s);
    who.resume = alice->connected().get()->resume;
    auto again = w.connect(who);
    ASSERT_EQ(again->connected().get()->result, attach_result::resumed);
    ASSERT_THAT(again.seen().snapshots(), SizeIs(1));
    EXPECT_EQ(again.seen().snapshots()[0].topic, "hall");
    EXPECT_THAT(again.seen().presences(), IsEmpty());
    EXPECT_EQ(w.outcome_of(again->set("room", "more")).code(), errc::forbidden);
    EXPECT_EQ(w.outcome_of(again->subscribe("room")).code(), errc::forbidden);
    ASSERT_TRUE(w.outcome_of(bob->set("room", "k")));
    ASSERT_TRUE(w.outcome_of(bob->set("hall", "k")));
    bob->disconnect();
    w.settle();
    EXPECT_THAT(words_of(again.seen().events()),
                ElementsAre("set k bob ", "clear k bob disconnect"));
    EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("held alice "));
  }
}

TEST(RightsAtWork, W7_rights_changed_while_nobody_listens_harm_nothing) {
  world w;
  auto early = w.connect_unsettled(connect_options{.client = "early"});
  early->change_rights(rights_of({}, "early"));
  EXPECT_EQ(w.outcome_of(early->put({.to = "bob"})).code(), errc::forbidden);
  auto alice = w.connect(with({.read = {"*"}}, 30s));
  ASSERT_TRUE(w.outcome_of(alice->subscribe("room")));
  alice->cut();
  w.settle();
  alice->change_rights(rights_of({})); // of a closed inbox: no connection owns it any more
  w.settle();
  auto who = with({.read = {"*"}}, 30s);
  who.resume = alice->connected().get()->resume;
  auto again = w.connect(who);
  EXPECT_THAT(again.seen().snapshots(), SizeIs(1));
  again->disconnect();
  w.settle();
  again->change_rights(nullptr);
  w.settle();
}

TEST(RightsAtWork, W7_a_watch_given_up_while_the_sink_is_slow_is_not_taken_up_again) {
  options how;
  how.limits.output_bytes = 100;
  world w{how};
  auto state = slow_sink::make_state(w.system());
  auto alice = w.broker().connect({.client = "alice"}, std::make_unique<slow_sink>(state));
  ASSERT_TRUE(w.outcome_of(alice.watch("bob"))); // its presence event fills the sink
  auto bob = std::make_optional(w.connect("bob"));
  ASSERT_TRUE(w.outcome_of(alice.unwatch("bob")));
  bob.reset();
  w.settle();
  state->confirm_all();
  w.settle();
  EXPECT_EQ(w.broker().stats().clients, 1u); // no client watches bob
}

} // namespace
} // namespace restante::testing
