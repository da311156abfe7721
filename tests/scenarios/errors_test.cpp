// Every error that the core can return, with its number and name (spec §10), and bad input.

#include "restante/actors/protocol/caf_error.hpp"
#include "restante/tests/support/notifications.hpp"

#include <caf/scoped_actor.hpp>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;

class Errors : public NotificationWorld {
protected:
  /// A failure is identified by its number and name. Whether to retry comes from the table.
  template <class T>
  void expect_error(const answer<T>& what, std::uint16_t number, std::string_view name,
                    retry again) {
    const auto result = of(what);
    ASSERT_FALSE(result.ok()) << "expected " << name;
    EXPECT_EQ(static_cast<std::uint16_t>(result.code()), number) << result.error().text();
    EXPECT_EQ(to_string(result.code()), name);
    EXPECT_EQ(row_of(result.code()).may_retry, again) << name;
    EXPECT_FALSE(result.error().text().empty());
  }

  template <class T>
  void expect_invalid(const answer<T>& what) {
    expect_error(what, 102, "invalid_argument", retry::no);
  }

  template <class T>
  void expect_stale(const answer<T>& what) {
    expect_error(what, 202, "stale_connection", retry::no);
  }

  static inline const std::string longest = std::string(256, 'x');
  static inline const std::string too_long = std::string(257, 'x');
  static inline const std::vector<std::string> bad_ids{
      "", too_long, "\xff", "a\xc0\xaf", "\xed\xa0\x80", std::string(255, 'x') + "\xc3"};
};

TEST_F(Errors, S10_102_ids_are_not_empty_256_bytes_at_most_and_valid_utf8) {
  auto alice = w().connect("alice");
  for (const auto& id : bad_ids) {
    expect_invalid(alice->put(text_to(id, "x")));
    expect_invalid(server().put(text_to(id, "x")));
    expect_invalid(server().drain(id));
    expect_invalid(server().pending(id));
    expect_invalid(alice->set(id, "key"));
    expect_invalid(alice->set("topic", id));
    expect_invalid(alice->clear(id, "key"));
    expect_invalid(alice->clear("topic", id));
    expect_invalid(alice->subscribe(id));
    expect_invalid(alice->unsubscribe(id));
    expect_invalid(alice->publish(id, {}));
    expect_invalid(alice->watch(id));
    expect_invalid(alice->unwatch(id));
    auto nobody = w().connect(id);
    expect_invalid(nobody->connected());
    EXPECT_EQ(nobody.seen().end, (goodbye{end_reason::refused, errc::invalid_argument}));
    if (!id.empty()) { // empty means none, or the default
      auto what = text_to("bob", "x");
      what.message_id = id;
      expect_invalid(alice->put(what));
      what.message_id.clear();
      what.ns = id;
      expect_invalid(server().put(what));
      what.ns.clear();
      what.from = id;
      expect_invalid(server().put(what));
      expect_invalid(server().purge(id));
      expect_invalid(server().status(trace_id{1, 1}, id));
      expect_invalid(server().list("topic", id));
      expect_invalid(alice->list(id));
      auto nowhere = w().connect(connect_options{.client = "bob", .ns = id});
      expect_invalid(nowhere->connected());
    }
  }
  EXPECT_EQ(w().broker().stats().clients, 1U);
  EXPECT_EQ(w().broker().stats().topics, 0U);
}

TEST_F(Errors, S10_ids_of_256_bytes_and_any_valid_utf8_work) {
  for (const auto& id :
       {longest, std::string{"\xf0\x9f\x93\xae"}, std::string(1, '\0'), std::string{"\"\\\n{}"}}) {
    auto owner = w().connect(connect_options{.client = id, .ns = id});
    ASSERT_TRUE(of(owner->connected()).ok());
    auto what = text_to(id, "x");
    what.message_id = id;
    EXPECT_TRUE(of(owner->put(what)).ok());
    EXPECT_TRUE(of(owner->set(id, id)).ok());
    EXPECT_EQ(must(of(owner->list(id))).entries.size(), 1U);
    EXPECT_EQ(owner.seen().deliveries().size(), 1U);
  }
}

TEST_F(Errors, S10_103_payloads_at_their_limits_and_over) {
  auto alice = w().connect("alice");
  const std::string pack(64 * 1024, 'x');
  EXPECT_TRUE(of(alice->put(text_to("bob", pack))).ok());
  expect_error(alice->put(text_to("bob", pack + "x")), 103, "payload_too_large", retry::no);
  const std::string value(16 * 1024, 'x');
  EXPECT_TRUE(of(alice->set("topic", "key", body::bytes(value))).ok());
  expect_error(alice->set("topic", "key", body::bytes(value + "x")), 103, "payload_too_large",
               retry::no);
  EXPECT_TRUE(of(alice->publish("topic", body::bytes(pack))).ok());
  expect_error(alice->publish("topic", body::bytes(pack + "x")), 103, "payload_too_large",
               retry::no);
  EXPECT_EQ(pending("bob"), 1U);
}

TEST_F(Errors, S10_103_a_payload_larger_than_all_credit_is_refused_and_blocks_nobody) {
  auto alice = w().connect("alice");
  for (const std::size_t MiB : {1U, 2U, 40U}) {
    const auto huge = alice->put(text_to("bob", std::string(MiB << 20, 'x')));
    const auto next = alice->put(text_to("bob", "x"));
    expect_error(huge, 103, "payload_too_large", retry::no);
    EXPECT_TRUE(of(next).ok());
  }
  expect_error(server().put(text_to("bob", std::string(40U << 20, 'x'))), 103, "payload_too_large",
               retry::no);
}

TEST_F(Errors, S10_104_too_many_targets) {
  expect_error(server().put_many(std::vector<std::string>(1025, "bob"), {}), 104,
               "too_many_targets", retry::no);
}

TEST_F(Errors, S10_200_201_unknown_traces_and_no_suits) {
  const auto plain = put(text_to("bob", "x"));
  expect_error(server().status(trace_id{1, 1}), 200, "not_found", retry::no);
  expect_error(server().status(trace_id{}), 200, "not_found", retry::no);
  expect_error(server().reply(trace_id{1, 1}, {}), 200, "not_found", retry::no);
  expect_error(server().await(trace_id{1, 1}, 1s), 200, "not_found", retry::no);
  expect_error(server().reply(plain.trace, {}), 201, "not_a_suit", retry::no);
  expect_error(server().await(plain.trace, 1s), 201, "not_a_suit", retry::no);
}

TEST_F(Errors, S10_202_what_needs_a_client_is_stale_without_one) {
  const auto ask = [this](auto what) {
    errc got = errc::none;
    server().submit(std::move(what), [&](answer_value&& value) {
      got = std::get_if<failure>(&value) != nullptr ? std::get<failure>(value).code : errc::none;
    });
    w().settle();
    return got;
  };
  EXPECT_EQ(ask(ack_notifications{0, {}, 0, {trace_id{1, 1}}}), errc::stale_connection);
  EXPECT_EQ(ask(set_entry{0, {"", "topic"}, "key", "", {}, 0s, 0}), errc::stale_connection);
  EXPECT_EQ(ask(clear_entry{0, {"", "topic"}, "key"}), errc::stale_connection);
  EXPECT_EQ(ask(publish_message{0, {"", "topic"}, "", {}}), errc::stale_connection);
}

TEST_F(Errors, S10_202_a_connection_that_is_gone_can_do_nothing) {
  auto cut = w().connect("alice");
  cut->cut();
  expect_stale(cut->set("topic", "key"));
  expect_stale(cut->put(text_to("bob", "x")));
  auto left = w().connect("alice");
  left->disconnect();
  expect_stale(left->set("topic", "key"));
  auto old = w().connect("alice");
  auto newer = w().connect("alice");
  expect_stale(old->set("topic", "key"));
  expect_stale(old->put(text_to("bob", "x")));
  expect_stale(old->await(trace_id{1, 1}, 1s));
  EXPECT_TRUE(must(of(newer->list("topic"))).entries.empty());
  EXPECT_EQ(pending("bob"), 0U);
}

TEST_F(Errors, S10_202_what_waited_in_front_of_a_lost_connection_fails) {
  auto alice = w().connect("alice");
  std::vector<answer<put_receipt>> sent;
  for (int n = 0; n < 600; ++n)
    sent.push_back(alice->put(text_to("bob", "x")));
  w().step(); // some are taken, the rest wait for credit
  alice->cut();
  w().settle();
  std::size_t stored = 0;
  for (const auto& one : sent) {
    ASSERT_TRUE(one.is_ready());
    if (!one.get()) {
      EXPECT_EQ(one.get().code(), errc::stale_connection);
    }
    stored += one.get().ok() ? 1 : 0;
  }
  EXPECT_LE(stored, pending("bob"));
  EXPECT_LT(pending("bob"), 600U);
}

TEST_F(Errors, S10_205_206_subscriptions_and_watches_end_at_1024) {
  auto alice = w().connect("alice");
  for (int n = 0; n < 1024; ++n) {
    alice->subscribe("topic-" + std::to_string(n));
    alice->watch("client-" + std::to_string(n));
  }
  expect_error(alice->subscribe("one more"), 205, "too_many_subscriptions", retry::no);
  expect_error(alice->watch("one more"), 206, "too_many_watches", retry::no);
  EXPECT_TRUE(of(alice->subscribe("topic-7")).ok()); // a second time ends nothing more
  EXPECT_TRUE(of(alice->watch("client-7")).ok());
  of(alice->unsubscribe("topic-7"));
  of(alice->unwatch("client-7"));
  EXPECT_TRUE(of(alice->subscribe("one more")).ok());
  EXPECT_TRUE(of(alice->watch("one more")).ok());
  alice->disconnect();
  w().settle();
  EXPECT_EQ(w().broker().stats().topics, 0U);
  EXPECT_EQ(w().broker().stats().clients, 0U);
}

TEST_F(Errors, S10_204_207_209_210_the_other_bounds_of_clients_and_targets) {
  how.limits.keys_per_client = 1;
  how.limits.queue_length = 1;
  auto bob = explicitly("bob");
  of(bob->set("topic", "key"));
  expect_error(bob->set("topic", "another"), 204, "too_many_keys", retry::no);
  const auto suit = put(suit_to("bob", "?"));
  expect_error(server().put(text_to("bob", "x")), 207, "target_full", retry::yes);
  expect_error(server().await(suit.trace, 0s), 210, "timeout", retry::yes);
  for (int n = 0; n < 8; ++n)
    server().await(suit.trace, 1h);
  expect_error(server().await(suit.trace, 1h), 209, "too_many_waiters", retry::yes);
}

TEST_F(Errors, S10_102_no_client_and_no_visitor_is_called_server) {
  auto nobody = w().connect("server");
  expect_invalid(nobody->connected());
  EXPECT_EQ(nobody.seen().end, (goodbye{end_reason::refused, errc::invalid_argument}));
  auto visitor = w().broker().open_visitor({"", "server"});
  expect_invalid(visitor.put(text_to("bob", "x")));
  auto somebody = w().connect("Server"); // this name only
  EXPECT_TRUE(of(somebody->connected()).ok());
}

TEST_F(Errors, S10_301_a_client_acts_for_itself_only) {
  auto alice = w().connect("alice");
  auto forged = text_to("bob", "x");
  forged.from = "server";
  expect_error(alice->put(forged), 301, "forbidden", retry::no);
  forged.from = "alice";
  EXPECT_TRUE(of(alice->put(forged)).ok());
  const auto ask = [&](command what) {
    errc got = errc::none;
    alice->submit(std::move(what), [&](answer_value&& value) {
      if (const auto* bad = std::get_if<failure>(&value))
        got = bad->code;
    });
    w().settle();
    return got;
  };
  EXPECT_EQ(ask(drain_queue{0, {"", "alice"}}), errc::forbidden);
  EXPECT_EQ(ask(purge_expired{0, ""}), errc::forbidden);
  EXPECT_EQ(ask(get_pending{0, {"", "bob"}}), errc::forbidden);
  EXPECT_EQ(ask(get_pending{0, {"", "alice"}}), errc::none);
  auto elsewhere = put_notification{};
  elsewhere.to = {"other", "bob"}; // its namespace is that of its connection
  EXPECT_EQ(ask(elsewhere), errc::none);
  EXPECT_EQ(must(of(server().pending("bob", "other"))).pending, 0U);
  EXPECT_EQ(pending("bob"), 2U);
}

TEST_F(Errors, S10_400_more_than_may_wait_is_refused_at_once) {
  how.limits.waiting_operations = 3;
  auto alice = w().connect("alice");
  std::vector<answer<put_receipt>> sent;
  for (int n = 0; n < 4; ++n)
    sent.push_back(alice->put(text_to("bob", "x")));
  EXPECT_TRUE(sent[3].is_ready());
  expect_error(sent[3], 400, "overloaded", retry::yes);
  for (std::size_t n = 0; n < 3; ++n)
    EXPECT_TRUE(of(sent[n]).ok());
  EXPECT_TRUE(of(alice->put(text_to("bob", "x"))).ok());
}

TEST_F(Errors, S10_400_each_target_of_a_put_to_many_counts_among_what_may_wait) {
  how.limits.waiting_operations = 5;
  auto alice = w().connect("alice");
  const auto three = alice->put_many({"a", "b", "c"}, text_to("", "x"));
  const auto past = alice->put_many({"d", "e", "f"}, text_to("", "x"));
  const auto two = alice->put_many({"d", "e"}, text_to("", "x"));
  const auto one = alice->put(text_to("bob", "x"));
  EXPECT_TRUE(past.is_ready());
  expect_error(past, 400, "overloaded", retry::yes);
  EXPECT_TRUE(one.is_ready());
  expect_error(one, 400, "overloaded", retry::yes);
  EXPECT_EQ(must(of(three)).outcomes.size(), 3U);
  EXPECT_EQ(must(of(two)).outcomes.size(), 2U);
  EXPECT_TRUE(of(alice->put(text_to("bob", "x"))).ok());
}

TEST_F(Errors, S10_400_a_put_to_more_targets_than_may_wait_is_taken_where_nothing_waits) {
  how.limits.waiting_operations = 2;
  auto alice = w().connect("alice");
  const auto three = alice->put_many({"a", "b", "c"}, text_to("", "x"));
  const auto one = alice->put(text_to("bob", "x"));
  EXPECT_TRUE(one.is_ready());
  expect_error(one, 400, "overloaded", retry::yes);
  EXPECT_EQ(must(of(three)).outcomes.size(), 3U);
  const auto behind = alice->put(text_to("bob", "x"));
  const auto too_many = alice->put_many({"a", "b", "c"}, text_to("", "x"));
  EXPECT_TRUE(too_many.is_ready());
  expect_error(too_many, 400, "overloaded", retry::yes);
  EXPECT_TRUE(of(behind).ok());
}

TEST_F(Errors, S10_400_more_bytes_than_may_wait_are_refused_at_once) {
  how.limits.waiting_bytes = 2 * (1000 + 128);
  auto alice = w().connect("alice");
  const auto one = alice->put(text_to("bob", std::string(1000, 'x')));
  const auto two = alice->put(text_to("bob", std::string(1000, 'x')));
  const auto three = alice->put(text_to("bob", ""));
  EXPECT_TRUE(three.is_ready());
  EXPECT_EQ(three.get().code(), errc::overloaded);
  EXPECT_TRUE(of(one).ok());
  EXPECT_TRUE(of(two).ok());
}

TEST_F(Errors, S10_400_puts_have_a_rate_for_each_connection_and_none_for_the_server) {
  how.limits.puts_per_second = 5;
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  for (int n = 0; n < 5; ++n)
    EXPECT_TRUE(of(alice->put(text_to("carol", "x"))).ok());
  expect_error(alice->put(text_to("carol", "x")), 400, "overloaded", retry::yes);
  EXPECT_TRUE(of(bob->put(text_to("carol", "x"))).ok());
  for (int n = 0; n < 20; ++n)
    EXPECT_TRUE(of(server().put(text_to("carol", "x"))).ok());
  w().pass(200ms);
  EXPECT_TRUE(of(alice->put(text_to("carol", "x"))).ok());
  const auto many = must(of(bob->put_many({"a", "b", "c", "d", "e"}, text_to("", "x"))));
  EXPECT_EQ(many.outcomes.at(0).code, errc::none);
  EXPECT_EQ(many.outcomes.at(4).code, errc::none);
  const auto more = must(of(bob->put_many({"a"}, text_to("", "x"))));
  EXPECT_EQ(more.outcomes.at(0).code, errc::overloaded); // each target counts as a put
}

TEST_F(Errors, S10_400_clients_of_a_namespace_have_a_bound) {
  how.limits.clients_per_namespace = 2;
  auto alice = w().connect("alice");
  EXPECT_TRUE(of(server().put(text_to("bob", "x", 1s))).ok());
  expect_error(server().put(text_to("carol", "x")), 400, "overloaded", retry::yes);
  auto carol = w().connect("carol");
  EXPECT_EQ(of(carol->connected()).code(), errc::overloaded);
  EXPECT_EQ(carol.seen().end, (goodbye{end_reason::refused, errc::overloaded}));
  auto other = text_to("carol", "x");
  other.ns = "other";
  EXPECT_TRUE(of(server().put(other)).ok());
  w().pass(1s + 1ns); // bob's client no longer exists
  EXPECT_TRUE(of(server().put(text_to("carol", "x"))).ok());
}

TEST_F(Errors, S10_402_a_stopping_broker_finishes_what_it_took_and_takes_no_more) {
  auto alice = w().connect("alice");
  const auto suit = must(of(alice->put(suit_to("bob", "?"))));
  const auto waiting = alice->await(suit.trace, 1h);
  std::vector<answer<put_receipt>> sent;
  for (int n = 0; n < 300; ++n)
    sent.push_back(alice->put(text_to("bob", "x")));
  auto& server_identity = server();
  w().stop();
  for (const auto& one : sent)
    EXPECT_TRUE(of(one).ok()); // accepted work is finished
  expect_error(waiting, 402, "shutting_down", retry::yes);
  EXPECT_EQ(alice.seen().end, (goodbye{end_reason::shutdown, errc::none}));
  expect_error(alice->put(text_to("bob", "x")), 402, "shutting_down", retry::yes);
  expect_error(server_identity.put(text_to("bob", "x")), 402, "shutting_down", retry::yes);
  expect_error(w().server().pending("bob"), 402, "shutting_down", retry::yes);
  auto late = w().connect("late");
  expect_error(late->connected(), 402, "shutting_down", retry::yes);
  expect_error(late->put(text_to("bob", "x")), 402, "shutting_down", retry::yes);
  EXPECT_EQ(w().broker().stats().actors, 0U);
}

TEST_F(Errors, S10_403_connections_have_a_bound) {
  how.limits.connections = 2;
  auto alice = w().connect("alice");
  auto bob = w().connect("bob");
  auto carol = w().connect("carol");
  expect_error(carol->connected(), 403, "too_many_connections", retry::yes);
  bob->cut();
  w().settle();
  auto again = w().connect("carol");
  EXPECT_TRUE(of(again->connected()).ok());
}

TEST_F(Errors, S10_406_waiting_inside_a_callback_would_block) {
  errc in_completion = errc::none;
  errc in_handler = errc::none;
  errc when_there = errc::internal;
  auto alice = w().connect("alice");
  const auto done = alice->pending();
  of(done);
  alice->put(text_to("bob", "x"), [&](const outcome<put_receipt>&) {
    in_completion = alice->pending().get().code();
    when_there = done.get().code(); // no waiting: the reply is there
  });
  w().settle();
  handlers what;
  what.on_notification = [&](const offered_notification&) {
    in_handler = server().pending("bob").get().code();
  };
  const auto bob = w().broker().connect({.client = "bob"}, what);
  w().settle();
  EXPECT_EQ(in_completion, errc::would_block);
  EXPECT_EQ(in_handler, errc::would_block);
  EXPECT_EQ(when_there, errc::none);
  EXPECT_EQ(static_cast<int>(errc::would_block), 406);
  EXPECT_EQ(row_of(errc::would_block).may_retry, retry::no);
}

TEST_F(Errors, S10_W9_an_actor_gets_the_same_errors_by_request) {
  auto alice = w().connect("alice");
  caf::scoped_actor self{w().system()};
  put_notification bad;
  auto asked = self->request(alice->actor(), caf::infinite, bad);
  w().settle();
  asked.receive([](const put_receipt&) { ADD_FAILURE() << "accepted"; },
                [](const caf::error& why) { EXPECT_EQ(errc_of(why), errc::invalid_argument); });
  bad.to.client = "bob";
  auto good = self->request(alice->actor(), caf::infinite, bad);
  w().settle();
  good.receive([](const put_receipt& receipt) { EXPECT_TRUE(receipt.trace); },
               [](const caf::error&) { ADD_FAILURE() << "refused"; });
}

} // namespace
} // namespace restante::testing
