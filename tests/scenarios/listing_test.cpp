// Lists of clients and topics, one page at a time: the whole broker in virtual time.

#include "restante/broker/testing/world.hpp"
#include "restante/tests/support/rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using texts = std::vector<std::string>;

/// `alice connected 0`
texts words_of(const clients_view& view) {
  texts words;
  for (const auto& one : view.clients)
    words.push_back(one.client + (one.state == presence::connected ? " connected " : " absent ") +
                    std::to_string(one.pending));
  return words;
}

/// `room 2 keys, 1 there`
texts words_of(const topics_view& view) {
  texts words;
  for (const auto& one : view.topics)
    words.push_back(one.topic + " " + std::to_string(one.keys) + " keys, " +
                    std::to_string(one.subscribers) + " there");
  return words;
}

texts names_of(const topics_view& view) {
  texts names;
  for (const auto& one : view.topics)
    names.push_back(one.topic);
  return names;
}

std::string numbered(const std::string& name, int n) {
  auto digits = std::to_string(n);
  return name + std::string(4 - digits.size(), '0') + digits;
}

class Listing : public ::testing::Test {
protected:
  world& w() {
    if (!world_)
      world_ = std::make_unique<world>(how);
    return *world_;
  }
  server_identity& server() { return w().server(); }

  clients_view clients(id_range which = {}) {
    return must(w().outcome_of(server().list_clients(std::move(which))));
  }
  topics_view topics(id_range which = {}) {
    return must(w().outcome_of(server().list_topics(std::move(which))));
  }
  errc code_of(id_range which) {
    const auto code = w().outcome_of(server().list_topics(which)).code();
    EXPECT_EQ(w().outcome_of(server().list_clients(std::move(which))).code(), code);
    return code;
  }

  /// One client that subscribes to the given number of topics, at most 1,024.
  client subscriber(const std::string& name, const std::string& topic, int from, int to) {
    auto one = w().connect(name);
    for (int n = from; n < to; ++n)
      one->subscribe(numbered(topic, n));
    w().settle();
    return one;
  }

  template <class View>
  static View must(const outcome<View>& got) {
    EXPECT_TRUE(got) << got.error().text();
    return got ? *got : View{};
  }

  options how;

private:
  std::unique_ptr<world> world_;
};

// --- the clients and topics of a list ------------------------------------------------------------

TEST_F(Listing, N9_C5_clients_are_listed_with_what_waits_and_whether_they_are_there) {
  auto alice = w().connect("alice");
  auto watched = w().connect(connect_options{.client = "dora", .resume_window = 10s});
  ASSERT_TRUE(w().outcome_of(alice->watch("nobody yet")));
  for (int n = 0; n < 3; ++n)
    ASSERT_TRUE(w().outcome_of(alice->put({.to = "bob", .ttl = n == 0 ? 1s : 1h})));
  auto carol = w().connect(connect_options{.client = "carol", .acks = ack_mode::explicit_by_peer});
  ASSERT_TRUE(w().outcome_of(alice->put({.to = "carol"})));
  EXPECT_THAT(words_of(clients()),
              ElementsAre("alice connected 0", "bob absent 3", "carol connected 1",
                          "dora connected 0", "nobody yet absent 0"));
  watched->cut(); // within its resume window it is listed
  w().pass(1s + 1ns);
  const auto later = clients();
  EXPECT_EQ(words_of(later)[1], "bob absent 2"); // expired notifications do not count
  EXPECT_EQ(words_of(later)[3], "dora connected 0");
  EXPECT_EQ(later.total, 5u);
  EXPECT_EQ(later.rest, list_rest::none);
}

TEST_F(Listing, E7_E8_topics_are_listed_with_live_keys_and_subscribers) {
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  ASSERT_TRUE(w().outcome_of(alice->set("room", "a", {}, 1s)));
  ASSERT_TRUE(w().outcome_of(alice->set("room", "b", {}, 2s)));
  ASSERT_TRUE(w().outcome_of(alice->subscribe("room")));
  ASSERT_TRUE(w().outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w().outcome_of(bob->subscribe("hall")));
  EXPECT_THAT(words_of(topics()), ElementsAre("hall 0 keys, 1 there", "room 2 keys, 2 there"));
  w().pass(1s); // hidden from here on, and cleared at the next tick
  EXPECT_THAT(words_of(topics()), ElementsAre("hall 0 keys, 1 there", "room 1 keys, 2 there"));
  EXPECT_EQ(w().outcome_of(server().list("room"))->entries.size(), 1u);
  w().pass(1h);
  EXPECT_THAT(words_of(topics()), ElementsAre("hall 0 keys, 1 there", "room 0 keys, 2 there"));
  bob->disconnect();
  EXPECT_THAT(words_of(topics()), ElementsAre("room 0 keys, 1 there"));
}

TEST_F(Listing, E7_a_topic_whose_last_key_is_over_is_left_out_and_the_page_goes_on_behind_it) {
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->set("a", "k", {}, 1s)));
  ASSERT_TRUE(w().outcome_of(alice->set("b", "k", {}, 1s)));
  ASSERT_TRUE(w().outcome_of(alice->set("c", "k", {}, 1h)));
  w().pass(1s);
  const auto page = topics({.limit = 1});
  EXPECT_THAT(words_of(page), ElementsAre("c 1 keys, 0 there"));
  EXPECT_EQ(page.total, 3u); // the others will be removed soon
  EXPECT_EQ(page.rest, list_rest::none);
  w().pass(1ns);
  EXPECT_EQ(topics().total, 1u);
}

TEST_F(Listing, E9_namespaces_never_mix) {
  auto red = w().connect(connect_options{.client = "rita", .ns = "red"});
  auto blue = w().connect(connect_options{.client = "bert", .ns = "blue"});
  ASSERT_TRUE(w().outcome_of(red->subscribe("room")));
  ASSERT_TRUE(w().outcome_of(blue->subscribe("hall")));
  EXPECT_THAT(words_of(clients({.ns = "red"})), ElementsAre("rita connected 0"));
  EXPECT_THAT(words_of(topics({.ns = "blue"})), ElementsAre("hall 0 keys, 1 there"));
  EXPECT_EQ(clients().total + topics().total + clients({.ns = "re"}).total, 0u);
  EXPECT_THAT(names_of(*w().outcome_of(red->list_topics())), ElementsAre("room"));
  const auto elsewhere = w().outcome_of(red->list_topics({.ns = "blue"})); // its own
  EXPECT_THAT(names_of(*elsewhere), ElementsAre("room"));
}

// --- pages ---------------------------------------------------------------------------------------

TEST_F(Listing, S8_a_page_has_64_unless_told_otherwise_and_256_at_most) {
  auto one = subscriber("one", "t", 0, 257);
  EXPECT_THAT(topics().topics, SizeIs(64));
  EXPECT_EQ(topics().total, 257u);
  const auto most = topics({.limit = 256});
  EXPECT_THAT(most.topics, SizeIs(256));
  EXPECT_EQ(most.rest, list_rest::more);
  EXPECT_EQ(most.topics.back().topic, "t0255");
  const auto last = topics({.after = "t0255", .limit = 256});
  EXPECT_THAT(names_of(last), ElementsAre("t0256"));
  EXPECT_EQ(last.total, 257u); // whatever ids come before
  EXPECT_EQ(last.rest, list_rest::none);
  EXPECT_EQ(topics({.after = "t0000", .limit = 256}).rest, list_rest::none); // exactly the rest
  EXPECT_THAT(topics({.limit = 1}).topics, SizeIs(1));
}

TEST_F(Listing, S8_S10_102_no_other_limit_and_no_overlong_text_is_taken_invalid_argument) {
  const std::string longest(256, 'x');
  EXPECT_EQ(code_of({.limit = 0}), errc::invalid_argument);
  EXPECT_EQ(code_of({.limit = 257}), errc::invalid_argument);
  EXPECT_EQ(code_of({.limit = 4294967295}), errc::invalid_argument);
  for (const auto& bad : {longest + "x", std::string{"\xff"}, std::string{"\xc3"}}) {
    EXPECT_EQ(code_of({.prefix = bad}), errc::invalid_argument);
    EXPECT_EQ(code_of({.after = bad}), errc::invalid_argument);
    EXPECT_EQ(code_of({.ns = bad}), errc::invalid_argument);
  }
  EXPECT_EQ(code_of({.prefix = longest, .after = longest, .limit = 1, .ns = longest}), errc::none);
  EXPECT_EQ(code_of({.limit = 256}), errc::none);
}

TEST_F(Listing, S8_pages_through_a_thousand_miss_and_double_none) {
  auto one = subscriber("one", "t", 0, 1000);
  for (const std::uint32_t limit : {1U, 7U, 64U, 255U, 256U}) {
    texts seen;
    id_range range{.limit = limit};
    for (;;) {
      const auto page = topics(range);
      ASSERT_EQ(page.total, 1000u);
      ASSERT_THAT(page.topics, ::testing::Not(IsEmpty()));
      for (const auto& name : names_of(page))
        seen.push_back(name);
      if (page.rest == list_rest::none)
        break;
      ASSERT_THAT(page.topics, SizeIs(limit));
      range.after = seen.back();
    }
    ASSERT_THAT(seen, SizeIs(1000));
    for (int n = 0; n < 1000; ++n)
      ASSERT_EQ(seen[static_cast<std::size_t>(n)], numbered("t", n));
  }
}

TEST_F(Listing, S8_clients_come_in_byte_order_by_prefix_and_behind_the_one_named) {
  for (const auto* name : {"team/b", "z", "team/\xc3\xa9", "team/a", "team", "Team/x", "tean"})
    ASSERT_TRUE(w().outcome_of(server().put({.to = name})));
  const auto names = [this](id_range which) {
    texts found;
    for (const auto& one : clients(std::move(which)).clients)
      found.push_back(one.client);
    return found;
  };
  EXPECT_THAT(names({}),
              ElementsAre("Team/x", "team", "team/a", "team/b", "team/\xc3\xa9", "tean", "z"));
  EXPECT_THAT(names({.prefix = "team/"}), ElementsAre("team/a", "team/b", "team/\xc3\xa9"));
  EXPECT_THAT(names({.prefix = "team/", .after = "team/aa"}),
              ElementsAre("team/b", "team/\xc3\xa9"));
  EXPECT_THAT(names({.prefix = "team/", .after = "a"}), SizeIs(3)); // after an id before all others
  EXPECT_THAT(names({.prefix = "team/", .after = "z"}), IsEmpty());
  EXPECT_EQ(clients({.prefix = "team/", .after = "team/a", .limit = 1}).total, 3u);
  EXPECT_EQ(clients({.prefix = "team/", .after = "team/a", .limit = 1}).rest, list_rest::more);
  EXPECT_EQ(clients({.prefix = "team/", .after = "team/b", .limit = 1}).rest, list_rest::none);
}

// --- who may ask ---------------------------------------------------------------------------------

TEST_F(Listing, W7_clients_are_listed_for_the_server_identity_only_forbidden) {
  auto alice = w().connect("alice");
  auto visit = w().broker().open_visitor({"", "alice"});
  const auto code = [this](caller& who, id_range which) {
    answer<operation_done> refused;
    who.submit(list_clients{0, std::move(which)}, [refused](answer_value&& value) {
      refused.fulfil(std::get<failure>(std::move(value)));
    });
    return w().outcome_of(refused).code();
  };
  EXPECT_EQ(code(alice.link(), {}), errc::forbidden);
  EXPECT_EQ(code(visit, {}), errc::forbidden);
  EXPECT_EQ(code(visit, {.limit = 0}), errc::forbidden); // before it is looked at
}

TEST_F(Listing, W7_a_client_hears_of_topics_it_may_read_and_of_no_others) {
  auto all = w().connect("all");
  for (const auto* topic : {"room.1", "room.2", "room.3", "hall", "alice.desk", "bob.desk"})
    ASSERT_TRUE(w().outcome_of(all->subscribe(topic)));
  auto visit = w().broker().open_visitor(
      {"", "alice"}, rights_of({.read = {"room.*", "{client}.*"}, .write = {{"hall", "*"}}}));
  const auto page = w().outcome_of(visit.list_topics({.limit = 2}));
  ASSERT_TRUE(page);
  EXPECT_THAT(names_of(*page), ElementsAre("alice.desk", "room.1"));
  EXPECT_EQ(page->total, 4u);
  EXPECT_EQ(page->rest, list_rest::more);
  const auto rest = w().outcome_of(visit.list_topics({.after = "room.1", .limit = 2}));
  EXPECT_THAT(names_of(*rest), ElementsAre("room.2", "room.3"));
  EXPECT_EQ(rest->rest, list_rest::none);
  EXPECT_EQ(w().outcome_of(visit.list_topics({.prefix = "h"}))->total, 0u);

  auto nothing = w().broker().open_visitor({"", "alice"}, rights_of({}));
  const auto none = w().outcome_of(nothing.list_topics());
  ASSERT_TRUE(none);
  EXPECT_EQ(none->total, 0u);
  auto free = w().broker().open_visitor({"", "alice"});
  EXPECT_EQ(w().outcome_of(free.list_topics())->total, 6u);
}

TEST_F(Listing, W7_rights_that_change_count_from_the_next_list_on) {
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->set("room", "k")));
  ASSERT_TRUE(w().outcome_of(alice->set("hall", "k")));
  EXPECT_EQ(w().outcome_of(alice->list_topics())->total, 2u);
  alice->change_rights(rights_of({.read = {"hall"}}));
  EXPECT_THAT(names_of(*w().outcome_of(alice->list_topics())), ElementsAre("hall"));
  alice->change_rights(nullptr);
  EXPECT_EQ(w().outcome_of(alice->list_topics())->total, 2u);
}

// --- what asking does not do ---------------------------------------------------------------------

TEST_F(Listing, N19_asking_makes_nobody_and_keeps_nobody) {
  const auto before = w().broker().stats();
  EXPECT_THAT(clients().clients, IsEmpty());
  EXPECT_THAT(topics().topics, IsEmpty());
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->set("room", "k")));
  ASSERT_TRUE(w().outcome_of(server().put({.to = "bob", .ttl = 1s})));
  EXPECT_EQ(clients().total, 2u);
  EXPECT_EQ(topics().total, 1u);
  alice->disconnect();
  w().pass(2s);
  EXPECT_EQ(clients().total, 0u);
  EXPECT_EQ(topics().total, 0u);
  EXPECT_EQ(w().broker().stats().actors, before.actors);
  EXPECT_EQ(w().broker().stats().memory_bytes, before.memory_bytes);
}

TEST_F(Listing, N19_lists_and_retirement_that_cross_lose_nothing_under_any_schedule) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    world any{{}, seed};
    auto alice = any.connect("alice");
    std::vector<answer<topics_view>> listed;
    for (int n = 0; n < 12; ++n) {
      const auto topic = numbered("t", n % 3);
      alice->set(topic, "k");
      listed.push_back(any.server().list_topics({.limit = 2}));
      alice->clear(topic, "k");
      any.server().list_clients({.limit = 1});
      for (unsigned steps = static_cast<unsigned>(seed + 5 * static_cast<unsigned>(n)) % 23;
           steps > 0; --steps)
        any.step();
    }
    any.settle();
    for (const auto& one : listed) {
      ASSERT_TRUE(one.is_ready()) << seed;
      const auto page = must(one.get());
      ASSERT_LE(page.topics.size(), 2u);
      ASSERT_TRUE(page.rest == list_rest::none || !page.topics.empty()) << seed;
      for (const auto& topic : page.topics)
        ASSERT_EQ(topic.keys, 1u) << seed; // a removed id is not shown
    }
    ASSERT_EQ(any.broker().stats().topics, 0u) << seed;
    ASSERT_EQ(any.broker().stats().crashes, 0u) << seed;
  }
}

TEST_F(Listing, E10_asking_publishes_nothing) {
  int published = 0;
  how.publisher = [&published](auto&&...) { return ++published > 0; };
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->subscribe("room")));
  ASSERT_TRUE(w().outcome_of(alice->watch("bob")));
  alice.seen().clear();
  clients();
  topics();
  EXPECT_THAT(alice.seen().pushes, IsEmpty());
  EXPECT_EQ(published, 0);
  EXPECT_EQ(w().outcome_of(server().list("room"))->seq, 0u);
}

TEST_F(Listing, T3_an_idle_broker_stays_idle) {
  w().settle();
  ASSERT_FALSE(w().next_alarm());
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->subscribe("room")));
  clients();
  topics();
  w().pass(how.limits.operation_deadline); // there is nothing more to wait for
  EXPECT_FALSE(w().next_alarm());
}

TEST_F(Listing, E11_a_list_sees_what_the_same_connection_has_asked_before) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    world any{{}, seed};
    auto alice = any.connect("alice");
    alice->set("room", "k");
    alice->subscribe("hall");
    any.server().put({.to = "bob"});
    const auto of_topics = alice->list_topics();
    const auto of_clients = any.server().list_clients();
    any.settle();
    ASSERT_EQ(names_of(must(of_topics.get())), (texts{"hall", "room"})) << seed;
    ASSERT_EQ(words_of(must(of_clients.get())), (texts{"alice connected 0", "bob absent 1"}));
  }
}

// --- bounds and failures -------------------------------------------------------------------------

TEST_F(Listing, S8_lists_take_a_place_of_the_credit_each_and_give_it_back) {
  how.limits.credit_operations = 4;
  how.limits.waiting_operations = 50;
  auto one = subscriber("one", "t", 0, 40);
  std::vector<answer<topics_view>> asked;
  for (int n = 0; n < 50; ++n)
    asked.push_back(one->list_topics());
  EXPECT_EQ(one->list_topics().get().code(), errc::overloaded); // at a full inbox
  w().settle();
  for (const auto& each : asked)
    EXPECT_EQ(must(each.get()).topics.size(), 40u);
  EXPECT_TRUE(w().outcome_of(one->list_topics()));
  EXPECT_TRUE(w().outcome_of(one->set("t0000", "k")));
}

TEST_F(Listing, C6_a_connection_that_ends_in_between_answers_what_was_asked) {
  for (unsigned steps = 0; steps < 60; ++steps) {
    world any;
    auto alice = any.connect("alice");
    for (int n = 0; n < 5; ++n)
      alice->subscribe(numbered("t", n));
    any.settle();
    const auto listed = alice->list_topics();
    for (unsigned n = 0; n < steps && any.step(); ++n) {
    }
    alice->cut();
    any.settle();
    ASSERT_TRUE(listed.is_ready()) << steps;
    if (const auto got = listed.get()) {
      EXPECT_EQ(got->topics.size(), 5u);
    } else {
      EXPECT_EQ(got.code(), errc::stale_connection);
    }
    EXPECT_EQ(any.broker().stats().topics, 0u);
  }
}

TEST_F(Listing, S10_407_silence_ends_unknown_outcome) {
  auto alice = w().connect("alice");
  ASSERT_TRUE(w().outcome_of(alice->subscribe("room")));
  w().pass(how.limits.operation_deadline);
  const auto asked_at = w().now();
  auto& time = *server().time();
  const auto listed = alice->list_topics();
  time.step(0); // the connection takes the operation and forwards it
  while (!listed.is_ready()) {
    // The shards never run: only the actor that an alarm made runnable last runs.
    const auto busy = time.runnable();
    ASSERT_TRUE(w().next_alarm());
    time.ring_next();
    if (time.runnable() > busy)
      time.step(time.runnable() - 1);
  }
  EXPECT_EQ(w().now(), asked_at + how.limits.operation_deadline);
  EXPECT_EQ(listed.get().code(), errc::unknown_outcome);
  w().settle(); // a late answer finds no operation, and the connection lives
  EXPECT_EQ(w().outcome_of(alice->list_topics())->total, 1u);
}

} // namespace
} // namespace restante::testing
