// One API, three ways to reach a broker: a broker in this process and a broker elsewhere must
// behave alike.

#include "restante/tests/remote/backends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class Conformance : public ::testing::TestWithParam<std::string> {
protected:
  backend& at(options how = {}) {
    if (!backend_)
      backend_ = make_backend(GetParam(), std::move(how));
    return *backend_;
  }

private:
  std::unique_ptr<backend> backend_;
};

std::string name_of(const ::testing::TestParamInfo<std::string>& info) {
  return info.param;
}

INSTANTIATE_TEST_SUITE_P(W9, Conformance, ::testing::ValuesIn(backend_names()), name_of);

// --- notifications -----------------------------------------------------------------------------

TEST_P(Conformance, N1_N10_a_note_waits_and_comes_out_as_it_went_in) {
  auto ann = connected(at().enter("ann"));
  const std::string raw{"any\0bytes\xff\x01", 11};
  const auto kept = ann.put({.to = "bob", .pack = body::bytes(raw), .ttl = 90s}).get();
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_TRUE(kept->trace);
  EXPECT_EQ(kept->expires_at - kept->created_at, duration{90s});
  ann.put({.to = "bob", .pack = body::json(R"({"z":1.50,"a":[1e400,-0]})")}).get();
  ann.put({.to = "bob"}).get();

  recorder seen;
  auto bob = connected(at().enter("bob", seen.all()));
  EXPECT_EQ(bob.connected().get()->pending, 3u);
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 3; }));
  const auto notes = seen.notes();
  EXPECT_EQ(notes[0].trace, kept->trace);
  EXPECT_EQ(notes[0].from, "ann");
  EXPECT_EQ(notes[0].pack, body::bytes(raw));
  EXPECT_EQ(notes[0].kind, notification_kind::plain);
  EXPECT_EQ(notes[0].attempts, 1u);
  EXPECT_EQ(notes[0].created_at.milliseconds(), kept->created_at.milliseconds());
  EXPECT_EQ(notes[1].pack, body::json(R"({"z":1.50,"a":[1e400,-0]})"));
  EXPECT_TRUE(notes[2].pack.empty());
}

TEST_P(Conformance, N11_automatic_acks_come_behind_the_handler) {
  auto ann = connected(at().enter("ann"));
  recorder seen;
  auto bob = connected(at().enter("bob", seen.all()));
  const auto kept = ann.put({.to = "bob", .pack = body::bytes("x")}).get();
  ASSERT_TRUE(kept);
  ASSERT_TRUE(comes_true([&] { return ann.status(kept->trace).get()->notification.delivered(); }));
  EXPECT_EQ(seen.notes().size(), 1u);
  EXPECT_EQ(bob.pending().get()->pending, 0u);
  EXPECT_EQ(bob.pending().get()->state, presence::connected);
}

TEST_P(Conformance, N11_explicit_acks_are_the_clients_and_may_be_late) {
  auto ann = connected(at().enter("ann"));
  recorder seen;
  auto bob = connected(at().connect(
      {.client = "bob", .acks = ack_mode::explicit_by_peer, .max_inflight = 1}, seen.all()));
  const auto first = ann.put({.to = "bob"}).get();
  ann.put({.to = "bob"}).get();
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  EXPECT_EQ(bob.pending().get()->pending, 2u);
  EXPECT_EQ(bob.ack(first->trace).get()->result, ack_result::in_time);
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 2; })); // the window moved
  EXPECT_EQ(bob.ack(first->trace).get()->result, ack_result::late);
}

TEST_P(Conformance, N10_a_thousand_pipelined_puts_arrive_in_order) {
  auto ann = connected(at().enter("ann"));
  recorder seen;
  auto bob = connected(at().enter("bob", seen.all()));
  std::vector<answer<put_receipt>> asked;
  for (int i = 0; i < 1000; ++i)
    asked.push_back(ann.put({.to = "bob", .pack = body::bytes(std::to_string(i))}));
  for (const auto& one : asked)
    ASSERT_TRUE(one.get()) << one.get().error().text();
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1000; }));
  const auto notes = seen.notes();
  for (std::size_t i = 0; i < notes.size(); ++i)
    ASSERT_EQ(notes[i].pack.view(), std::to_string(i));
}

TEST_P(Conformance, N6_N7_N13_a_suit_is_awaited_and_answered) {
  auto ann = connected(at().enter("ann"));
  const auto suit =
      ann.put({.to = "bob", .pack = body::json(R"("lunch?")"), .kind = notification_kind::suit})
          .get();
  ASSERT_TRUE(suit);
  const auto reply = ann.await(suit->trace, 20s);
  auto bob = connected(at().enter("bob"));
  const auto told = bob.reply(suit->trace, body::json(R"({"at":12.0})")).get();
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_EQ(told->notification.trace, suit->trace);
  const auto said = reply.get();
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_EQ(said->value, body::json(R"({"at":12.0})"));
  EXPECT_NE(said->replied_at.ns, 0);

  const auto view = ann.status(suit->trace).get();
  ASSERT_TRUE(view);
  EXPECT_EQ(view->notification.from, "ann");
  EXPECT_EQ(view->notification.to.client, "bob");
  EXPECT_EQ(view->notification.pack, body::json(R"("lunch?")"));
  EXPECT_EQ(view->notification.reply, body::json(R"({"at":12.0})"));
  EXPECT_EQ(view->notification.state, notification_state::replied);
}

TEST_P(Conformance, N13_an_await_times_out) {
  auto ann = connected(at().enter("ann"));
  const auto suit = ann.put({.to = "bob", .kind = notification_kind::suit}).get();
  EXPECT_EQ(ann.await(suit->trace, 1ms).get().code(), errc::timeout);
  const auto plain = ann.put({.to = "bob"}).get();
  EXPECT_EQ(ann.await(plain->trace, 1s).get().code(), errc::not_a_suit);
}

TEST_P(Conformance, N12_receipts_tell_each_step) {
  recorder steps;
  auto ann = connected(at().enter("ann", steps.all()));
  const auto kept = ann.put({.to = "bob", .want = receipts::wanted}).get();
  auto bob = connected(at().enter("bob"));
  ASSERT_TRUE(comes_true([&] { return steps.steps().size() == 3; }));
  std::vector<notification_state> states;
  for (const auto& step : steps.steps()) {
    EXPECT_EQ(step.trace, kept->trace);
    EXPECT_EQ(step.to, "bob");
    states.push_back(step.state);
  }
  using enum notification_state;
  EXPECT_THAT(states, ElementsAre(queued, offered, delivered));
}

TEST_P(Conformance, N14_the_same_message_id_stores_nothing_twice) {
  auto ann = connected(at().enter("ann"));
  const auto first = ann.put({.to = "bob", .message_id = "m1"}).get();
  const auto again = ann.put({.to = "bob", .message_id = "m1"}).get();
  EXPECT_EQ(again->trace, first->trace);
  EXPECT_EQ(again->result, put_result::duplicate);
  EXPECT_EQ(first->result, put_result::accepted);
}

TEST_P(Conformance, N17_put_many_answers_for_each_target) {
  auto ann = connected(at().enter("ann"));
  const auto many = ann.put_many({"bob", "", "cid"}, {.to = "", .pack = body::bytes("all")}).get();
  ASSERT_TRUE(many) << many.error().text();
  ASSERT_EQ(many->outcomes.size(), 3u);
  EXPECT_EQ(many->outcomes[0].target, "bob");
  EXPECT_TRUE(many->outcomes[0].receipt.trace);
  EXPECT_EQ(many->outcomes[1].code, errc::invalid_argument);
  EXPECT_EQ(many->outcomes[2].target, "cid");
  EXPECT_EQ(ann.put_many(std::vector<std::string>(1025, "x"), {.to = ""}).get().code(),
            errc::too_many_targets);
}

TEST_P(Conformance, N4_what_had_to_go_is_named) {
  options how;
  how.limits.queue_length = 2;
  auto ann = connected(at(how).enter("ann"));
  const auto first = ann.put({.to = "bob"}).get();
  ann.put({.to = "bob"}).get();
  EXPECT_EQ(ann.put({.to = "bob"}).get()->evicted, first->trace);
  EXPECT_EQ(ann.status(first->trace).get().code(), errc::not_found);
}

TEST_P(Conformance, N4_D1_a_put_may_rather_be_refused_and_says_where_it_is_kept) {
  options how;
  how.limits.queue_length = 1;
  auto ann = connected(at(how).enter("ann"));
  EXPECT_EQ(ann.put({.to = "bob"}).get()->accepted, kept_in::memory);
  EXPECT_EQ(ann.put({.to = "bob", .at_cap = cap_policy::reject}).get().code(), errc::target_full);
}

TEST_P(Conformance, N15_the_latest_takes_the_place_of_the_one_before) {
  auto ann = connected(at().enter("ann"));
  const auto first = ann.put({.to = "bob", .collapse_key = "k"}).get();
  EXPECT_EQ(ann.put({.to = "bob", .collapse_key = "k"}).get()->collapsed, first->trace);
  EXPECT_EQ(ann.status(first->trace).get().code(), errc::not_found);
}

TEST_P(Conformance, N16_a_delayed_one_says_when_it_is_due) {
  auto ann = connected(at().enter("ann"));
  const auto kept = ann.put({.to = "bob", .delay = 1h}).get();
  const auto view = ann.status(kept->trace).get()->notification;
  EXPECT_EQ(view.due_at, view.created_at + 1h);
  EXPECT_EQ(view.state, notification_state::queued);
  EXPECT_FALSE(ann.status(ann.put({.to = "bob"}).get()->trace).get()->notification.scheduled());
}

TEST_P(Conformance, N5_N8_N9_the_server_identity_drains_counts_and_purges) {
  auto root = at().open_server();
  const auto kept =
      root.put({.to = "bob", .pack = body::bytes("x"), .from = "post", .ns = "acme"}).get();
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(root.pending("bob", "acme").get()->pending, 1u);
  EXPECT_EQ(root.pending("bob").get()->pending, 0u);
  EXPECT_EQ(root.status(kept->trace, "acme").get()->notification.to,
            (client_address{"acme", "bob"}));
  const auto taken = root.drain("bob", "acme").get();
  ASSERT_TRUE(taken) << taken.error().text();
  ASSERT_EQ(taken->notifications.size(), 1u);
  EXPECT_EQ(taken->notifications[0].trace, kept->trace);
  EXPECT_EQ(taken->notifications[0].from, "post");
  EXPECT_TRUE(taken->notifications[0].delivered());
  EXPECT_TRUE(root.drain("bob", "acme").get()->notifications.empty());
  EXPECT_EQ(root.purge("acme").get()->removed, 0u);
}

TEST_P(Conformance, N9_C5_pending_says_whether_somebody_is_there) {
  auto root = at().open_server();
  EXPECT_EQ(root.pending("bob").get()->state, presence::absent);
  auto bob = connected(at().enter("bob"));
  EXPECT_EQ(root.pending("bob").get()->state, presence::connected);
}

TEST_P(Conformance, S8_E9_clients_and_topics_are_listed_page_by_page) {
  auto root = at().open_server();
  auto ann = connected(at().connect({.client = "ann", .ns = "acme"}));
  auto bob = connected(at().connect({.client = "bob", .ns = "acme"}));
  auto cid = connected(at().enter("cid")); // of another namespace
  for (const auto* to : {"\xc3\xa9\"", "bert", "bert"})
    ASSERT_TRUE(root.put({.to = to, .ns = "acme"}).get());
  ASSERT_TRUE(ann.set("room/1", "k").get());
  ASSERT_TRUE(bob.subscribe("room/1").get());
  ASSERT_TRUE(bob.subscribe("room/2").get());
  ASSERT_TRUE(bob.subscribe("hall").get());

  const auto clients = root.list_clients({.limit = 3, .ns = "acme"}).get();
  ASSERT_TRUE(clients) << clients.error().text();
  EXPECT_EQ(*clients, (clients_view{0,
                                    {{"ann", presence::connected, 0},
                                     {"bert", presence::absent, 2},
                                     {"bob", presence::connected, 0}},
                                    4,
                                    list_rest::more}));
  const auto behind = root.list_clients({.after = "bob", .ns = "acme"}).get();
  EXPECT_EQ(*behind, (clients_view{0, {{"\xc3\xa9\"", presence::absent, 1}}, 4, list_rest::none}));
  EXPECT_EQ(root.list_clients().get()->total, 1u);

  const auto topics = ann.list_topics({.prefix = "room/", .after = "room/0", .limit = 256}).get();
  ASSERT_TRUE(topics) << topics.error().text();
  const topics_view wanted{0, {{"room/1", 1, 1}, {"room/2", 0, 1}}, 2, list_rest::none};
  EXPECT_EQ(*topics, wanted);
  EXPECT_EQ(*root.list_topics({.prefix = "room/", .ns = "acme"}).get(), wanted);
  auto visitor = at().open_visitor({"acme", "ann"});
  EXPECT_EQ(*visitor.list_topics({.prefix = "room/"}).get(), wanted);
  EXPECT_EQ(*cid.list_topics().get(), topics_view{});

  for (const std::uint32_t limit : {0U, 257U}) {
    EXPECT_EQ(ann.list_topics({.limit = limit}).get().code(), errc::invalid_argument);
    EXPECT_EQ(root.list_clients({.limit = limit}).get().code(), errc::invalid_argument);
  }
  EXPECT_EQ(root.list_topics({.prefix = std::string(257, 'x')}).get().code(),
            errc::invalid_argument);
  answer<clients_view> refused;
  ann.submit(list_clients{},
             [refused](answer_value&& value) { refused.fulfil(std::get<failure>(value)); });
  EXPECT_EQ(refused.get().code(), errc::forbidden);
}

TEST_P(Conformance, S8_pages_of_256_come_whole) {
  auto ann = connected(at().enter("ann"));
  const std::string longest(252, 't');
  for (int n = 100; n < 400; ++n)
    ASSERT_TRUE(ann.subscribe(longest + "/" + std::to_string(n)).get());
  const auto page = ann.list_topics({.limit = 256}).get();
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->topics.size(), 256u);
  EXPECT_EQ(page->topics.back(), (listed_topic{longest + "/355", 0, 1}));
  EXPECT_EQ(page->total, 300u);
  EXPECT_EQ(page->rest, list_rest::more);
}

TEST_P(Conformance, W7_a_visitor_asks_beside_the_connection) {
  recorder seen;
  auto ann = connected(at().enter("ann", seen.all()));
  auto visitor = at().open_visitor({"", "ann"});
  const auto kept = visitor.put({.to = "ann", .pack = body::bytes("to myself")}).get();
  ASSERT_TRUE(kept) << kept.error().text();
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  EXPECT_EQ(seen.notes()[0].from, "ann");
  EXPECT_TRUE(visitor.list("room").get());
  EXPECT_TRUE(visitor.pending().get());
  answer<operation_done> refused;
  visitor.submit(clear_entry{0, {"", "room"}, "key"},
                 [refused](answer_value&& value) { refused.fulfil(std::get<failure>(value)); });
  EXPECT_EQ(refused.get().code(), errc::stale_connection);
  EXPECT_TRUE(seen.ends().empty());
}

// --- ephemeral state ---------------------------------------------------------------------------

TEST_P(Conformance, E1_E5_E10_E11_a_subscriber_sees_keys_come_and_go) {
  recorder seen;
  auto ann = connected(at().connect({.client = "ann", .ns = "acme"}, seen.all()));
  auto bob = connected(at().connect({.client = "bob", .ns = "acme"}));
  bob.set("room", "b", body::bytes("old")).get();
  const auto before = ann.subscribe("room").get();
  ASSERT_TRUE(before) << before.error().text();
  EXPECT_EQ(before->topic, "room");
  ASSERT_EQ(before->entries.size(), 1u);
  EXPECT_EQ(before->entries[0].key, "b");
  EXPECT_EQ(before->entries[0].client, "bob");
  EXPECT_EQ(before->entries[0].payload, body::bytes("old"));
  EXPECT_GT(before->entries[0].expires_in, 50s);

  ASSERT_TRUE(bob.set("room", "a", body::bytes("new"), 20s).get());
  ASSERT_TRUE(bob.clear("room", "b").get());
  ASSERT_TRUE(bob.publish("room", body::json(R"({"says":"hi"})")).get());
  ASSERT_TRUE(comes_true([&] { return seen.events().size() == 3; }));
  const auto events = seen.events();
  EXPECT_EQ(events[0], (topic_event{event_kind::set, before->seq + 1, "a", "bob",
                                    body::bytes("new"), clear_reason::explicit_clear}));
  EXPECT_EQ(events[1].kind, event_kind::clear);
  EXPECT_EQ(events[1].reason, clear_reason::explicit_clear);
  EXPECT_EQ(events[2].kind, event_kind::message);
  EXPECT_EQ(events[2].payload, body::json(R"({"says":"hi"})"));
  EXPECT_EQ(events[2].seq, before->seq + 3);
  EXPECT_EQ(seen.places()[0], (topic_address{"acme", "room"}));

  ASSERT_TRUE(ann.unsubscribe("room").get());
  bob.set("room", "c").get();
  EXPECT_EQ(ann.list("room").get()->entries.size(), 2u);
  EXPECT_EQ(seen.events().size(), 3u);
}

TEST_P(Conformance, E6_the_last_breath_of_one_that_is_cut) {
  recorder seen;
  auto ann = connected(at().enter("ann", seen.all()));
  ann.subscribe("room").get();
  auto bob = connected(at().enter("bob"));
  bob.set("room", "z").get();
  bob.set("room", "a").get();
  bob.cut();
  ASSERT_TRUE(comes_true([&] { return seen.events().size() == 4; }));
  const auto events = seen.events();
  EXPECT_EQ(events[2].key, "a");
  EXPECT_EQ(events[3].key, "z");
  EXPECT_EQ(events[3].reason, clear_reason::disconnect);
  EXPECT_EQ(bob.set("room", "late").get().code(), errc::stale_connection);
}

TEST_P(Conformance, E4_a_taken_key_is_told_to_the_one_before) {
  recorder seen;
  auto ann = connected(at().connect({.client = "ann", .ns = "acme"}, seen.all()));
  auto bob = connected(at().connect({.client = "bob", .ns = "acme"}));
  ann.set("doc", "cursor").get();
  bob.set("doc", "cursor").get();
  ASSERT_TRUE(comes_true([&] { return seen.lost().size() == 1; }));
  EXPECT_EQ(seen.lost()[0].at, (topic_address{"acme", "doc"}));
  EXPECT_EQ(seen.lost()[0].key, "cursor");
  EXPECT_EQ(seen.lost()[0].new_client, "bob");
}

TEST_P(Conformance, E7_a_lease_ends) {
  recorder seen;
  auto ann = connected(at().enter("ann", seen.all()));
  ann.subscribe("room").get();
  ann.set("room", "k", {}, 20ms).get();
  ASSERT_TRUE(comes_true([&] { return seen.events().size() == 2; }));
  EXPECT_EQ(seen.events()[1].reason, clear_reason::expired);
}

// --- connections -------------------------------------------------------------------------------

TEST_P(Conformance, C2_a_newer_connection_takes_over) {
  recorder seen;
  auto old = connected(at().enter("ann", seen.all()));
  old.set("room", "k").get();
  auto young = connected(at().enter("ann"));
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::taken_over);
  EXPECT_TRUE(young.list("room").get()->entries.empty());
  EXPECT_EQ(old.put({.to = "bob"}).get().code(), errc::stale_connection);
  EXPECT_TRUE(young.put({.to = "bob"}).get());
}

TEST_P(Conformance, C4_E13_a_cut_connection_is_resumed_with_its_keys) {
  auto first = connected(at().connect({.client = "ann", .resume_window = 30s}));
  const auto token = first.connected().get()->resume;
  first.set("room", "k").get();
  first.subscribe("room").get();
  first.cut();
  recorder seen;
  auto second =
      connected(at().connect({.client = "ann", .resume_window = 30s, .resume = token}, seen.all()));
  EXPECT_EQ(second.connected().get()->result, attach_result::resumed);
  ASSERT_TRUE(comes_true([&] { return seen.snapshots().size() == 1; }));
  EXPECT_EQ(seen.snapshots()[0].topic, "room");
  EXPECT_EQ(seen.snapshots()[0].entries.size(), 1u);
  EXPECT_TRUE(seen.interruptions().empty());
}

TEST_P(Conformance, C5_watchers_hear_of_coming_and_going) {
  recorder seen;
  auto ann = connected(at().enter("ann", seen.all()));
  ASSERT_TRUE(ann.watch("bob").get());
  {
    auto bob = connected(at().enter("bob"));
    ASSERT_TRUE(comes_true([&] { return seen.presences().size() == 2; }));
  }
  ASSERT_TRUE(comes_true([&] { return seen.presences().size() == 3; }));
  std::vector<presence> states;
  for (const auto& one : seen.presences())
    states.push_back(one.state);
  EXPECT_THAT(states, ElementsAre(presence::absent, presence::connected, presence::absent));
  ASSERT_TRUE(ann.unwatch("bob").get());
  auto bob = connected(at().enter("bob"));
  EXPECT_TRUE(ann.pending().get());
  EXPECT_EQ(seen.presences().size(), 3u);
}

TEST_P(Conformance, C6_a_clean_leave_lets_accepted_work_finish) {
  recorder seen;
  auto bob = connected(at().enter("bob", seen.all()));
  std::vector<answer<put_receipt>> asked;
  {
    auto ann = connected(at().enter("ann"));
    for (int i = 0; i < 500; ++i)
      asked.push_back(ann.put({.to = "bob"}));
  }
  for (const auto& one : asked)
    EXPECT_TRUE(one.get()) << one.get().error().text();
  EXPECT_TRUE(comes_true([&] { return seen.notes().size() == 500; }));
}

TEST_P(Conformance, C7_waiting_in_a_callback_fails_instead_of_hanging) {
  auto ann = connected(at().enter("ann"));
  answer<reply_view> inside;
  std::optional<connection> bob;
  handlers what;
  what.on_notification = [&](const offered_notification& it) {
    // No client replies to the suit, so its answer is not ready. A ready answer would need no wait.
    inside.fulfil(ann.await(it.trace, std::chrono::seconds{10}).get());
  };
  bob.emplace(at().enter("bob", what));
  ann.put({.to = "bob", .kind = notification_kind::suit}).get();
  EXPECT_EQ(inside.get().code(), errc::would_block);
}

TEST_P(Conformance, C7_a_callback_that_throws_ends_its_connection_and_nothing_else) {
  auto ann = connected(at().enter("ann"));
  recorder seen;
  auto what = seen.all();
  what.on_notification = [](const offered_notification&) { throw 42; };
  auto bob = connected(at().enter("bob", what));
  bob.set("room", "k").get();
  const auto kept = ann.put({.to = "bob"}).get();
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::sink_failed);
  EXPECT_TRUE(comes_true([&] { return ann.list("room").get()->entries.empty(); }));
  EXPECT_FALSE(ann.status(kept->trace).get()->notification.delivered());
}

// --- errors ------------------------------------------------------------------------------------

TEST_P(Conformance, S8_S10_the_same_errors_for_the_same_mistakes) {
  auto ann = connected(at().enter("ann"));
  EXPECT_EQ(ann.put({.to = ""}).get().code(), errc::invalid_argument);
  EXPECT_EQ(ann.put({.to = "bob", .from = "cid"}).get().code(), errc::forbidden);
  EXPECT_EQ(ann.put({.to = "bob", .pack = body::bytes(std::string(65'537, 'x'))}).get().code(),
            errc::payload_too_large);
  EXPECT_EQ(ann.set("room", "k", body::bytes(std::string(16'385, 'x'))).get().code(),
            errc::payload_too_large);
  EXPECT_TRUE(ann.set("room", "k", body::bytes(std::string(16'384, 'x'))).get());
  EXPECT_EQ(ann.set("", "k").get().code(), errc::invalid_argument);
  EXPECT_EQ(ann.status(trace_id{1, 2}).get().code(), errc::not_found);
  EXPECT_EQ(ann.status({}).get().code(), errc::not_found);
  EXPECT_TRUE(ann.list("").get()->entries.empty());
  answer<drain_view> taken;
  ann.submit(drain_queue{0, {"", "bob"}},
             [taken](answer_value&& value) { taken.fulfil(std::get<failure>(value)); });
  EXPECT_EQ(taken.get().code(), errc::forbidden);
}

TEST_P(Conformance, W4_a_connect_that_cannot_be_fails) {
  EXPECT_EQ(at().enter(std::string(257, 'x')).connected().get().code(), errc::invalid_argument);
  options full;
  recorder seen;
  auto zero = at().connect({.client = "ann", .max_inflight = 0}, seen.all());
  EXPECT_EQ(zero.connected().get().code(), errc::invalid_argument);
  EXPECT_EQ(zero.put({.to = "bob"}).get().code(), errc::stale_connection);
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::refused);
  EXPECT_EQ(seen.ends()[0].code, errc::invalid_argument);
}

} // namespace
} // namespace restante::testing
