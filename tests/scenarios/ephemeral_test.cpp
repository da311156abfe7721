// Keys on topics as their owners and subscribers see them: the whole broker in virtual time.

#include "restante/tests/support/slow_sink.hpp"
#include "restante/tests/support/topic_picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

body filled(std::size_t bytes) {
  return body::bytes(std::string(bytes, 'x'));
}

TEST(Ephemeral, E1_a_set_is_stored_and_published) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  const auto at = w.now();
  const auto set = w.outcome_of(alice->set("room", "typing", body::bytes("x"), 5s));
  ASSERT_TRUE(set);
  EXPECT_EQ(set->expires_at, at + 5s);
  EXPECT_THAT(words_of(bob.seen().events()), ElementsAre("set typing alice x"));
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("typing alice x"));
}

TEST(Ephemeral, E1_E5_only_a_live_client_connection_sets_and_clears) {
  world w;
  for (const std::string topic : {"room", ""}) {
    answer<entry_receipt> set;
    w.server().submit(set_entry{0, {"", topic}, "", "", filled(20'000), 0s, 0},
                      [set](answer_value&& v) { set.fulfil(std::get<failure>(v)); });
    EXPECT_EQ(w.outcome_of(set).code(), errc::stale_connection); // before all other checks
    answer<operation_done> cleared;
    w.server().submit(clear_entry{0, {"", topic}, ""},
                      [cleared](answer_value&& v) { cleared.fulfil(std::get<failure>(v)); });
    EXPECT_EQ(w.outcome_of(cleared).code(), errc::stale_connection);
  }
  auto alice = w.connect("alice");
  alice->disconnect();
  w.settle();
  EXPECT_EQ(w.outcome_of(alice->set("", "", {})).code(), errc::stale_connection);
  EXPECT_EQ(w.outcome_of(alice->clear("room", "k")).code(), errc::stale_connection);
}

TEST(Ephemeral, E1_checks_come_in_order) {
  options how;
  how.limits.keys_per_client = 1;
  world w{how};
  auto alice = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
  const auto code = [&](std::string topic, std::string key, std::size_t bytes) {
    return w.outcome_of(alice->set(std::move(topic), std::move(key), filled(bytes))).code();
  };
  EXPECT_EQ(code("", "other", 20'000), errc::invalid_argument);
  EXPECT_EQ(code("room", "", 20'000), errc::invalid_argument);
  EXPECT_EQ(code("room", std::string(257, 'k'), 20'000), errc::invalid_argument);
  EXPECT_EQ(code(std::string(257, 't'), "k", 20'000), errc::invalid_argument);
  EXPECT_EQ(code("room", "\xff", 20'000), errc::invalid_argument);
  EXPECT_EQ(code("room", "other", 16 * 1024 + 1), errc::payload_too_large);
  EXPECT_EQ(code("room", "other", 16 * 1024), errc::too_many_keys);
  EXPECT_EQ(code("room", "k", 16 * 1024), errc::none);
}

TEST(Ephemeral, S8_ids_and_payloads_at_their_bounds_and_one_past) {
  world w;
  auto alice = w.connect("alice");
  const std::string longest(256, 'a');
  EXPECT_TRUE(w.outcome_of(alice->set(longest, longest, filled(16 * 1024))));
  EXPECT_EQ(w.outcome_of(alice->set(longest + "a", "k")).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->set("t", longest + "a")).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->set("t", "k", filled(16 * 1024 + 1))).code(),
            errc::payload_too_large);
  EXPECT_EQ(w.outcome_of(w.server().list("t"))->entries.size(), 0u);
}

TEST(Ephemeral, E2_a_lease_defaults_to_a_minute_and_is_clamped_to_thirty) {
  world w;
  auto alice = w.connect("alice");
  const auto lease = [&](duration ttl) {
    const auto at = w.now();
    return w.outcome_of(alice->set("room", "k", {}, ttl))->expires_at - at;
  };
  EXPECT_EQ(lease(0s), 60s);
  EXPECT_EQ(lease(-1h), 60s);
  EXPECT_EQ(lease(1ns), 1ns);
  EXPECT_EQ(lease(30min), 30min);
  EXPECT_EQ(lease(30min + 1ns), 30min);
  EXPECT_EQ(lease(duration::max()), 30min);
}

TEST(Ephemeral, E2_setting_again_renews_the_lease) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"), 10s)));
  w.pass(8s);
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("2"), 10s)));
  w.pass(8s);
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("k alice 2"));
  w.pass(3s);
  EXPECT_THAT(words_of(bob.seen().events()),
              ElementsAre("set k alice 1", "set k alice 2", "clear k alice expired"));
}

TEST(Ephemeral, E3_a_client_owns_256_keys_over_all_topics_and_not_one_more) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  for (int i = 0; i < 256; ++i) {
    ASSERT_TRUE(
        w.outcome_of(alice->set("t" + std::to_string(i % 5), "k" + std::to_string(i), {}, 20min)));
  }
  ASSERT_TRUE(w.outcome_of(bob->subscribe("t0")));
  EXPECT_EQ(w.outcome_of(alice->set("t0", "one more")).code(), errc::too_many_keys);
  EXPECT_THAT(bob.seen().events(), IsEmpty()); // nothing has changed
  EXPECT_TRUE(w.outcome_of(alice->set("t0", "k0", body::bytes("again"), 20min)));

  ASSERT_TRUE(w.outcome_of(bob->set("t0", "bobs", {}, 20min)));
  EXPECT_EQ(w.outcome_of(alice->set("t0", "bobs")).code(), errc::too_many_keys);

  ASSERT_TRUE(w.outcome_of(alice->clear("t0", "k0"))); // a cleared key frees its place
  EXPECT_TRUE(w.outcome_of(alice->set("t0", "bobs", {}, 20min)));
  EXPECT_EQ(w.outcome_of(alice->set("t0", "one more")).code(), errc::too_many_keys);
  ASSERT_TRUE(w.outcome_of(bob->set("t0", "bobs"))); // taken over
  EXPECT_TRUE(w.outcome_of(alice->set("t0", "short", {}, 1s)));
  EXPECT_EQ(w.outcome_of(alice->set("t0", "one more")).code(), errc::too_many_keys);
  w.pass(2s); // expired
  EXPECT_TRUE(w.outcome_of(alice->set("t0", "one more")));
}

TEST(Ephemeral, E3_a_refused_set_takes_no_place) {
  options how;
  how.limits.keys_per_client = 2;
  how.limits.topics_per_namespace = 1;
  world w{how};
  auto alice = w.connect("alice");
  ASSERT_TRUE(w.outcome_of(alice->set("room", "a")));
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(w.outcome_of(alice->set("other", "b")).code(), errc::overloaded);
  EXPECT_TRUE(w.outcome_of(alice->set("room", "b")));
}

TEST(Ephemeral, E4_a_key_set_by_another_client_goes_over_without_a_clear) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  auto carol = w.connect("carol");
  ASSERT_TRUE(w.outcome_of(carol->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"))));
  ASSERT_TRUE(w.outcome_of(bob->set("room", "k", body::bytes("2"))));
  ASSERT_EQ(alice.seen().lost().size(), 1u);
  EXPECT_EQ(alice.seen().lost()[0].key, "k");
  EXPECT_EQ(alice.seen().lost()[0].new_client, "bob");
  EXPECT_THAT(bob.seen().lost(), IsEmpty());
  alice->disconnect();
  w.settle();
  EXPECT_THAT(words_of(carol.seen().events()), ElementsAre("set k alice 1", "set k bob 2"));
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("k bob 2"));
}

/// Alice, whose sink is slow, and bob, who takes over the keys that she sets.
struct losing_room {
  explicit losing_room(std::uint32_t keys)
      : w{[&] {
          options how;
          how.limits.output_bytes = 100;
          how.limits.keys_per_client = keys;
          return how;
        }()},
        slow{slow_sink::make_state(w.system())} {
    auto sink = std::make_unique<slow_sink>(slow);
    link.emplace(w.broker().connect({.client = "alice", .resume_window = 30s}, std::move(sink)));
    bob.emplace(w.connect("bob"));
  }

  void fill_sink() {
    ASSERT_TRUE(w.outcome_of(w.server().put({.to = "alice"})));
    ASSERT_GE(slow->waiting_bytes(), 100u);
  }

  errc set(const std::string& key) { return w.outcome_of(link->set("room", key)).code(); }

  void lose(const std::string& key) {
    EXPECT_EQ(set(key), errc::none) << key;
    EXPECT_TRUE(w.outcome_of((*bob)->set("room", key)));
  }

  std::vector<std::string> told() {
    std::vector<std::string> keys;
    for (const auto& one : slow->seen.lost())
      keys.push_back(one.key);
    return keys;
  }

  world w;
  std::shared_ptr<slow_sink::state> slow;
  std::optional<connection> link;
  std::optional<client> bob;
};

TEST(Ephemeral, E4_S8_losses_do_not_pile_up_at_a_full_sink_and_are_told_when_there_is_room) {
  losing_room room{3};
  room.fill_sink();
  for (int i = 0; i < 100; ++i)
    room.lose("a"); // again and again
  room.lose("b");
  room.lose("c");
  EXPECT_LT(room.slow->waiting_bytes(), 1000u);
  EXPECT_THAT(room.told(), IsEmpty());
  EXPECT_EQ(room.set("d"), errc::overloaded); // first alice must be told of those
  room.slow->confirm_all();
  room.w.settle();
  EXPECT_THAT(room.told(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(room.slow->seen.lost()[0].new_client, "bob");
  EXPECT_EQ(room.set("d"), errc::none);
  room.slow->confirm_all();
  ASSERT_TRUE(room.w.outcome_of((*room.bob)->clear("room", "a"))); // bob may own three keys, too
  room.lose("e");
  EXPECT_THAT(room.told(), ElementsAre("a", "b", "c", "e")); // at once again
}

TEST(Ephemeral, E4_a_key_that_was_regained_is_not_told_lost) {
  losing_room room{3};
  room.fill_sink();
  for (const auto* key : {"a", "b", "c"})
    room.lose(key);
  EXPECT_EQ(room.set("b"), errc::none); // the same place, also at the bound
  room.slow->confirm_all();
  room.w.settle();
  EXPECT_THAT(room.told(), ElementsAre("a", "c"));
}

TEST(Ephemeral, E4_C4_what_was_lost_while_detached_is_told_to_the_sink_that_resumes) {
  losing_room room{3};
  EXPECT_EQ(room.set("a"), errc::none);
  const auto before = room.w.broker().stats().memory_bytes;
  room.link->cut();
  room.w.settle();
  ASSERT_TRUE(room.w.outcome_of((*room.bob)->set("room", "a")));
  EXPECT_GT(room.w.broker().stats().memory_bytes, before); // what is kept is counted
  connect_options who{.client = "alice", .resume_window = 30s};
  who.resume = room.link->connected().get()->resume;
  auto again = room.w.connect(who);
  ASSERT_THAT(again.seen().lost(), ::testing::SizeIs(1));
  EXPECT_EQ(again.seen().lost()[0].key, "a");
}

TEST(Ephemeral, E4_there_and_back_again_ends_with_the_first_owner) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    world w{{}, seed};
    auto alice = w.connect("alice");
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
    ASSERT_TRUE(w.outcome_of(bob->set("room", "k")));
    ASSERT_TRUE(w.outcome_of(alice->set("room", "k")));
    bob->disconnect();
    w.settle();
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u) << "seed " << seed;
    alice->cut();
    w.settle();
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u) << "seed " << seed;
  }
}

TEST(Ephemeral, E5_only_the_owner_clears_and_all_else_is_a_quiet_success) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"))));
  EXPECT_TRUE(w.outcome_of(bob->clear("room", "k")));
  EXPECT_TRUE(w.outcome_of(bob->clear("room", "missing")));
  EXPECT_TRUE(w.outcome_of(bob->clear("no such topic", "k")));
  EXPECT_TRUE(w.outcome_of(alice->clear("room", "k")));
  EXPECT_TRUE(w.outcome_of(alice->clear("room", "k")));
  EXPECT_EQ(w.outcome_of(alice->clear("", "k")).code(), errc::invalid_argument);
  EXPECT_EQ(w.outcome_of(alice->clear("room", "")).code(), errc::invalid_argument);
  EXPECT_THAT(words_of(bob.seen().events()),
              ElementsAre("set k alice 1", "clear k alice explicit"));
}

TEST(Ephemeral, E6_the_end_of_a_connection_clears_its_keys_once_in_key_order) {
  for (const bool is_clean : {true, false}) {
    world w;
    auto alice = w.connect("alice");
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
    ASSERT_TRUE(w.outcome_of(bob->set("room", "b")));
    for (const auto* key : {"c", "a", "\xc3\xa9", "B"})
      ASSERT_TRUE(w.outcome_of(alice->set("room", key)));
    bob.seen().clear();
    is_clean ? alice->disconnect() : alice->cut();
    w.settle();
    EXPECT_THAT(words_of(bob.seen().events()),
                ElementsAre("clear B alice disconnect", "clear a alice disconnect",
                            "clear c alice disconnect", "clear \xc3\xa9 alice disconnect"));
    EXPECT_EQ(bob.seen().pushes.size(), 1u); // one message per topic
    EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room"))), ElementsAre("b bob "));
  }
}

TEST(Ephemeral, E7_list_hides_at_the_deadline_and_the_clear_comes_one_tick_after) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("1"), 5s)));
  w.pass(5s - 1ns);
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u);
  w.pass(1ns); // now == expires_at
  EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
  EXPECT_EQ(bob.seen().events().size(), 1u);
  w.pass(1ns);
  EXPECT_THAT(words_of(bob.seen().events()), ElementsAre("set k alice 1", "clear k alice expired"));
}

TEST(Ephemeral, E7_many_leases_end_each_in_its_own_time) {
  world w;
  auto alice = w.connect("alice");
  auto bob = w.connect("bob");
  ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
  std::map<std::string, instant> ends;
  for (int i = 0; i < 200; ++i) {
    const auto key = "k" + std::to_string(i);
    ends[key] = w.outcome_of(alice->set("room", key, {}, 1ms * (i * 37 % 200 + 1)))->expires_at;
  }
  std::size_t seen = 0;
  w.pass(1s, [&] {
    const auto events = bob.seen().events();
    for (; seen < events.size(); ++seen) {
      if (events[seen].kind != event_kind::clear)
        continue;
      EXPECT_GT(w.now(), ends[events[seen].key]);
      EXPECT_LE(w.now() - ends[events[seen].key], 10ms);
      ends.erase(events[seen].key);
    }
  });
  EXPECT_THAT(ends, IsEmpty());
}

TEST(Ephemeral, E8_list_is_sorted_by_byte_and_needs_no_connection) {
  world w;
  const auto nothing = w.outcome_of(w.server().list("room"));
  ASSERT_TRUE(nothing);
  EXPECT_THAT(nothing->entries, IsEmpty());
  EXPECT_EQ(nothing->epoch, 0u);
  EXPECT_EQ(nothing->seq, 0u);
  EXPECT_TRUE(w.outcome_of(w.server().list(""))); // empty, as in the reference
  EXPECT_EQ(w.outcome_of(w.server().list(std::string(257, 'x'))).code(), errc::invalid_argument);

  auto alice = w.connect("alice");
  for (const auto* key : {"z", "A", "a", "\xc3\xa9", "a0"})
    ASSERT_TRUE(w.outcome_of(alice->set("room", key, body::bytes(key), 10s)));
  w.pass(1500us);
  const auto view = w.outcome_of(w.server().list("room"));
  EXPECT_THAT(words_of(*view), ElementsAre("A alice A", "a alice a", "a0 alice a0", "z alice z",
                                           "\xc3\xa9 alice \xc3\xa9"));
  EXPECT_EQ(view->entries[0].expires_in, 10s - 1500us);
  EXPECT_EQ(view->seq, 5u);
  EXPECT_GT(view->epoch, 0u);
}

TEST(Ephemeral, E9_namespaces_never_mix) {
  world w;
  auto here = w.connect(connect_options{.client = "alice", .ns = "a"});
  auto there = w.connect(connect_options{.client = "alice", .ns = "b"});
  auto none = w.connect("alice");
  for (auto* one : {&here, &there, &none})
    ASSERT_TRUE(w.outcome_of((*one)->subscribe("room")));
  ASSERT_TRUE(w.outcome_of(here->set("room", "k", body::bytes("1"))));
  ASSERT_TRUE(w.outcome_of(there->clear("room", "k")));
  ASSERT_TRUE(w.outcome_of(there->set("room", "k", body::bytes("2"))));
  EXPECT_THAT(words_of(here.seen().events()), ElementsAre("set k alice 1"));
  EXPECT_THAT(words_of(there.seen().events()), ElementsAre("set k alice 2"));
  EXPECT_THAT(none.seen().events(), IsEmpty());
  here->disconnect();
  w.settle();
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room", "b"))), ElementsAre("k alice 2"));
  EXPECT_THAT(words_of(*w.outcome_of(w.server().list("room", "a"))), IsEmpty());
}

TEST(Ephemeral, E9_a_namespaces_length_is_framed_in) {
  world w;
  auto one = w.connect(connect_options{.client = "c", .ns = "ab"});
  auto two = w.connect(connect_options{.client = "bc", .ns = "a"});
  ASSERT_TRUE(w.outcome_of(one->set("xt", "k")));
  EXPECT_THAT(w.outcome_of(two->list("xt"))->entries, IsEmpty());
  EXPECT_THAT(w.outcome_of(w.server().list("t", "abx"))->entries, IsEmpty());
}

TEST(Ephemeral, E12_no_ghosts_whenever_a_connection_is_cut) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    world w{{}, seed};
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(bob->subscribe("t0")));
    auto alice = w.connect("alice");
    for (int i = 0; i < 12; ++i) {
      alice->set("t" + std::to_string(i % 3), "k" + std::to_string(i % 4));
      if (i % 5 == 4)
        alice->clear("t0", "k0");
    }
    for (std::uint64_t n = 0; n < seed % 40 && w.step(); ++n) {
    }
    switch (seed % 4) {
    case 0:
      alice->cut();
      break;
    case 1:
      alice->disconnect();
      break;
    case 2:
      caf::anon_send_exit(alice->actor(), caf::exit_reason::kill);
      break;
    default: // a newer connection takes the place and sets one key of its own
      auto newer = w.connect("alice");
      ASSERT_TRUE(w.outcome_of(newer->set("t0", "new", body::bytes("n"))));
      EXPECT_THAT(words_of(*w.outcome_of(w.server().list("t0"))), ElementsAre("new alice n"));
      newer->disconnect();
      break;
    }
    w.settle();
    for (const auto* topic : {"t0", "t1", "t2"}) {
      EXPECT_THAT(w.outcome_of(w.server().list(topic))->entries, IsEmpty())
          << "seed " << seed << " topic " << topic;
    }
    topic_picture seen;
    seen.apply(bob.seen().pushes, "t0");
    EXPECT_THAT(seen.words(), IsEmpty()) << "seed " << seed;
    EXPECT_EQ(w.broker().stats().topics, 1u) << "seed " << seed; // bob's topic
  }
}

TEST(Ephemeral, E15_a_publisher_hears_every_event_as_json) {
  std::vector<std::string> received;
  options how;
  how.publisher = [&](std::string_view ns, std::string_view topic, std::string_view json) {
    received.push_back(std::string{ns} + "|" + std::string{topic} + "|" + std::string{json});
    return true;
  };
  world w{how};
  auto alice = w.connect(connect_options{.client = "alice", .ns = "n"});
  ASSERT_TRUE(w.outcome_of(alice->set("room", "k", body::bytes("hi"), 1s)));
  ASSERT_TRUE(w.outcome_of(alice->clear("room", "k")));
  ASSERT_TRUE(w.outcome_of(alice->set("room", "e", {}, 1s)));
  w.pass(2s);
  ASSERT_TRUE(w.outcome_of(alice->set("room", "d")));
  alice->disconnect();
  w.settle();
  ASSERT_EQ(received.size(), 6u);
  const std::string set = R"(n|room|{"_orama":"ephemeral.set","topic":"room","key":"k",)"
                          R"("client_id":"alice","payload":"aGk=","seq":1,"epoch":)";
  EXPECT_EQ(received[0].substr(0, set.size()), set);
  EXPECT_NE(received[1].find(R"("reason":"explicit")"), std::string::npos);
  EXPECT_EQ(received[2].find("payload"), std::string::npos);
  EXPECT_NE(received[3].find(R"("reason":"expired")"), std::string::npos);
  EXPECT_NE(received[5].find(R"("reason":"disconnect")"), std::string::npos);
}

TEST(Ephemeral, E15_S10_publisher_failed_is_answered_and_the_change_stands) {
  for (const bool throws : {true, false}) {
    options how;
    how.limits.keys_per_client = 1;
    how.publisher = [&](std::string_view, std::string_view, std::string_view) -> bool {
      if (throws)
        throw std::runtime_error{"no"};
      return false;
    };
    world w{how};
    auto alice = w.connect("alice");
    auto bob = w.connect("bob");
    ASSERT_TRUE(w.outcome_of(bob->subscribe("room")));
    EXPECT_EQ(w.outcome_of(alice->set("room", "k")).code(), errc::publisher_failed);
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 1u);
    EXPECT_EQ(w.outcome_of(alice->set("room", "l")).code(), errc::too_many_keys);
    EXPECT_EQ(w.outcome_of(alice->clear("room", "k")).code(), errc::publisher_failed);
    EXPECT_EQ(w.outcome_of(w.server().list("room"))->entries.size(), 0u);
    EXPECT_EQ(w.outcome_of(alice->clear("room", "k")).code(), errc::none); // nothing to say
    EXPECT_EQ(w.outcome_of(alice->set("room", "e", {}, 1s)).code(), errc::publisher_failed);
    EXPECT_EQ(w.broker().stats().publisher_failures, 3u);
    w.pass(2s); // an expiry is counted
    EXPECT_EQ(w.broker().stats().publisher_failures, 4u);
    EXPECT_EQ(w.outcome_of(alice->set("room", "d")).code(), errc::publisher_failed);
    alice->disconnect(); // and so is the disconnect
    w.settle();
    EXPECT_EQ(w.broker().stats().publisher_failures, 6u);
    EXPECT_EQ(bob.seen().events().size(), 6u);
    EXPECT_EQ(w.broker().stats().crashes, 0u);
  }
}

} // namespace
} // namespace restante::testing
