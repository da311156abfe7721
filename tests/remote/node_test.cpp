// Behaviour that only a broker at another CAF node has.

#include "restante/actors/protocol/caf_error.hpp"
#include "restante/tests/remote/proxy.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <caf/scoped_actor.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using steady = std::chrono::steady_clock;

/// Why a node with these options cannot start or cannot be reached; empty when it is reached.
std::string refusal(caf::actor_system& system, node_options how) {
  broker broker{system};
  try {
    const node listener{broker, std::move(how)};
    remote from{eager("caf://127.0.0.1:" + std::to_string(listener.port()))};
    return from.open_server().purge().get().error().detail;
  } catch (const std::runtime_error& why) {
    return why.what();
  }
}

put_request to_bob(const std::string& pack) {
  return {.to = "bob", .pack = body::bytes(pack)};
}

// --- where it is ---------------------------------------------------------------------------------

TEST(Node, W9_beyond_loopback_it_listens_only_where_told_that_peers_are_trusted) {
  node_system here;
  for (const auto* address : {"0.0.0.0", "::", "192.0.2.1", "broker.example", ""})
    EXPECT_THAT(refusal(here.system, {.address = address, .port = 0}),
                HasSubstr("node_trusted_network"))
        << address;
  EXPECT_EQ(refusal(here.system, {.address = "0.0.0.0", .port = 0, .trusted_network = true}), "");
  EXPECT_EQ(refusal(here.system, {.address = "127.0.0.1", .port = 0}), "");
  EXPECT_EQ(refusal(here.system, {.address = "localhost", .port = 0}), "");
}

TEST(Node, W9_a_port_that_is_taken_is_refused_with_a_sentence) {
  node_system here;
  node_server first;
  const auto why = refusal(here.system, {.port = first.port()});
  EXPECT_THAT(why, HasSubstr("cannot listen on " + first.url()));
}

TEST(Node, W9_a_system_that_is_not_fit_is_refused_with_a_sentence) {
  caf::actor_system_config config;
  configure(config, 1);
  caf::actor_system system{config};
  EXPECT_THAT(refusal(system, {.port = 0}), HasSubstr("configure_node"));
  try {
    remote{system, eager("caf://127.0.0.1:1")};
    ADD_FAILURE() << "it was taken";
  } catch (const std::invalid_argument& why) {
    EXPECT_THAT(why.what(), HasSubstr("configure_node"));
  }
  node_system fit;
  EXPECT_THROW(remote(fit.system, eager("ws://127.0.0.1:1")), std::invalid_argument);
}

TEST(Node, W9_no_two_systems_are_one_node) {
  node_system one;
  node_system other;
  EXPECT_NE(one.system.node(), other.system.node());
}

TEST(Node, S10_408_where_no_broker_is_a_sentence_says_so) {
  proxy mute{0};
  proxy strange{0};
  strange.answer_with("HTTP/1.1 400 Bad Request\r\n\r\n" + std::string(64, 'x'));
  for (const auto port : {closed_port(), mute.port(), strange.port()}) {
    auto how = eager("caf://127.0.0.1:" + std::to_string(port));
    how.give_up_after = 0ms;
    how.connect_timeout = 300ms;
    remote from{how};
    auto ann = from.connect({.client = "ann"});
    const auto why = ann.connected().get().error();
    EXPECT_EQ(why.code, errc::unreachable);
    EXPECT_THAT(why.detail, HasSubstr("caf://127.0.0.1:" + std::to_string(port)));
  }
}

// --- peers
// -----------------------------------------------------------------------------------------

TEST(Node, W9_two_remotes_do_not_disturb_each_other) {
  node_server at;
  remote one{eager(at.url())};
  auto other = std::make_unique<remote>(eager(at.url()));
  recorder seen;
  auto bob = connected(one.connect({.client = "bob"}, seen.all()));
  auto ann = std::make_unique<connection>(connected(other->connect({.client = "ann"})));
  EXPECT_EQ(at.listener().peers(), 2u);
  ASSERT_TRUE(bob.subscribe("room").get());
  ASSERT_TRUE(ann->set("room", "k").get());
  ASSERT_TRUE(ann->put(to_bob("1")).get());
  other.reset();
  ann.reset();
  ASSERT_TRUE(comes_true([&] { return seen.events().size() == 2; }));
  EXPECT_EQ(seen.events()[1].reason, clear_reason::disconnect);
  EXPECT_TRUE(comes_true([&] { return at.listener().peers() == 1; }));
  EXPECT_TRUE(bob.put(to_bob("2")).get());
  EXPECT_TRUE(comes_true([&] { return seen.notes().size() == 2; }));
  EXPECT_THAT(seen.interruptions(), IsEmpty());
}

TEST(Node, W9_an_actor_of_a_peer_speaks_to_its_connection_with_typed_messages) {
  node_server at;
  node_system there;
  remote from{there.system, eager(at.url())};
  recorder seen;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  auto ann = connected(from.connect({.client = "ann"}));
  caf::scoped_actor self{there.system};
  put_notification put;
  put.to = {"", "bob"};
  put.pack = body::bytes("typed");
  trace_id trace;
  self->request(ann.actor(), 10s, put)
      .receive([&](const put_receipt& kept) { trace = kept.trace; },
               [&](const caf::error& why) { ADD_FAILURE() << there.system.render(why); });
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  EXPECT_EQ(seen.notes()[0].trace, trace);
  EXPECT_EQ(seen.notes()[0].from, "ann");
  errc said = errc::none;
  self->request(ann.actor(), 10s, drain_queue{0, {"", "bob"}})
      .receive([](const drain_view&) { ADD_FAILURE() << "it has no right to"; },
               [&](const caf::error& why) { said = errc_of(why); });
  EXPECT_EQ(said, errc::forbidden);
}

TEST(Node, N1_W9_a_body_that_a_peer_calls_json_and_is_none_is_refused_and_never_stored) {
  node_server at;
  node_system there;
  remote from{there.system, eager(at.url())};
  auto ann = connected(from.connect({.client = "ann"}));
  auto desk = from.open_server();
  caf::scoped_actor self{there.system};
  const auto refused = [&]<class Answer>(auto what, std::type_identity<Answer>) {
    errc said = errc::none;
    self->request(ann.actor(), 10s, std::move(what))
        .receive([](const Answer&) { ADD_FAILURE() << "it was taken"; },
                 [&](const caf::error& why) { said = errc_of(why); });
    return said;
  };
  const auto asked =
      ann.put({.to = "ann", .pack = body::json("1"), .kind = notification_kind::suit}).get();
  ASSERT_TRUE(asked);
  for (const std::string text : {"{", "\"\\ud83d\"", "\"\xff\"", "1,\"from\":\"eve\"", ""}) {
    put_notification put;
    put.to = {"", "bob"};
    put.pack = body::trusted_json(text);
    EXPECT_EQ(refused(put, std::type_identity<put_receipt>{}), errc::invalid_argument) << text;
    EXPECT_EQ(refused(put_many{{"bob"}, put}, std::type_identity<put_many_receipt>{}),
              errc::invalid_argument);
    EXPECT_EQ(refused(publish_message{0, {"", "room"}, {}, put.pack},
                      std::type_identity<operation_done>{}),
              errc::invalid_argument);
    record_reply reply;
    reply.question.trace = asked->trace;
    reply.value = put.pack;
    EXPECT_EQ(refused(reply, std::type_identity<status_view>{}), errc::invalid_argument);
  }
  EXPECT_EQ(desk.pending("bob").get()->pending, 0u);
}

// --- lost and found
// --------------------------------------------------------------------------------

TEST(Node, W6_C6_a_broker_that_is_started_again_is_found_again_ten_times_in_a_row) {
  node_server at;
  remote from{eager(at.url())};
  recorder seen;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  auto ann = connected(from.connect({.client = "ann"}));
  ASSERT_TRUE(bob.subscribe("room").get());
  ASSERT_TRUE(ann.set("room", "k").get());
  for (std::size_t i = 1; i <= 10; ++i) {
    at.stop();
    ASSERT_TRUE(comes_true([&] { return seen.interruptions().size() == i; })) << i;
    EXPECT_EQ(seen.interruptions().back().reason, end_reason::shutdown) << i;
    const auto kept = ann.put(to_bob(std::to_string(i)));
    at.start();
    ASSERT_TRUE(kept.get()) << i << ": " << kept.get().error().text();
    ASSERT_TRUE(comes_true([&] { return seen.notes().size() == i; })) << i;
    EXPECT_EQ(seen.connects().size(), i + 1);
    ASSERT_TRUE(comes_true([&] { return seen.snapshots().size() == i; })) << i;
    EXPECT_THAT(seen.snapshots().back().entries, IsEmpty());
  }
  EXPECT_THAT(seen.ends(), IsEmpty());
}

TEST(Node, C3_E6_a_line_that_is_cut_is_noticed_at_once_at_both_ends) {
  node_server at;
  proxy proxied{at.port()};
  remote straight{eager(at.url())};
  recorder of_watcher;
  auto watcher = connected(straight.connect({.client = "watcher"}, of_watcher.all()));
  ASSERT_TRUE(watcher.subscribe("room").get());
  remote from{eager("caf://127.0.0.1:" + std::to_string(proxied.port()))};
  recorder seen;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  ASSERT_TRUE(bob.set("room", "k").get());
  const auto began = steady::now();
  proxied.cut();
  ASSERT_TRUE(comes_true([&] { return of_watcher.events().size() == 2; }));
  EXPECT_EQ(of_watcher.events()[1].reason, clear_reason::disconnect);
  ASSERT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
  EXPECT_LT(steady::now() - began, 10s) << "and not after two and a half pings";
  EXPECT_EQ(seen.interruptions().size(), 1u);
  EXPECT_TRUE(bob.set("room", "k").get());
}

TEST(Node, C4_E13_within_its_window_a_peer_goes_on_where_it_was) {
  node_server at;
  proxy proxied{at.port()};
  remote from{eager("caf://127.0.0.1:" + std::to_string(proxied.port()))};
  recorder seen;
  auto bob = connected(from.connect(
      {.client = "bob", .acks = ack_mode::explicit_by_peer, .resume_window = 60s}, seen.all()));
  ASSERT_TRUE(bob.set("room", "k").get());
  ASSERT_TRUE(at.broker().server().put(to_bob("1")).get());
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 1; }));
  proxied.cut();
  ASSERT_TRUE(comes_true([&] { return seen.notes().size() == 2; }));
  EXPECT_EQ(seen.connects().back().result, attach_result::resumed);
  EXPECT_EQ(seen.notes()[1].attempts, 2u);
  EXPECT_EQ(bob.list("room").get()->entries.size(), 1u);
}

TEST(Node, C3_E6_a_silent_peer_is_noticed_in_time_at_both_ends) {
  constexpr auto ping = 400ms;
  const leaks_of_caf are_not_ours;
  node_server at{ping};
  proxy proxied{at.port()};
  recorder of_watcher;
  auto watcher = at.broker().connect({.client = "watcher"}, of_watcher.all());
  ASSERT_TRUE(watcher.subscribe("room").get());
  auto how = eager("caf://127.0.0.1:" + std::to_string(proxied.port()));
  how.ping_interval = ping;
  remote from{how};
  recorder seen;
  auto bob = connected(from.connect({.client = "bob"}, seen.all()));
  ASSERT_TRUE(bob.set("room", "k").get());
  const auto until = steady::now() + 4 * ping; // an idle one stays
  ASSERT_FALSE(comes_true([&] { return !seen.interruptions().empty(); }, 4 * ping));
  EXPECT_GE(steady::now(), until);
  EXPECT_EQ(of_watcher.events().size(), 1u);
  proxied.hold();
  const auto began = steady::now();
  ASSERT_TRUE(comes_true([&] { return of_watcher.events().size() == 2; }));
  ASSERT_TRUE(comes_true([&] { return seen.interruptions().size() == 1; }));
  const auto took = steady::now() - began;
  // The last sign of life was at most one interval earlier; the rest is a margin for a busy
  // machine.
  EXPECT_GE(took, ping * 5 / 2 - ping / 2);
  EXPECT_LE(took, ping * 5 / 2 + 10s);
}

// --- the end of it
// ---------------------------------------------------------------------------------

TEST(Node, C7_stopping_ends_all_futures) {
  remote from{eager("caf://127.0.0.1:" + std::to_string(closed_port()))};
  auto ann = from.connect({.client = "ann"});
  const auto kept = ann.put(to_bob("1"));
  from.stop();
  EXPECT_TRUE(ann.connected().is_ready());
  EXPECT_TRUE(kept.is_ready());
  EXPECT_EQ(from.connect({.client = "bob"}).connected().get(10s).code(), errc::shutting_down);
}

TEST(Node, C7_a_remote_may_go_in_a_callback) {
  node_server at;
  auto from = std::make_unique<remote>(eager(at.url()));
  std::atomic<bool> is_gone{false};
  handlers what;
  what.on_notification = [&](const offered_notification&) {
    from.reset();
    is_gone.store(true);
  };
  auto bob = std::make_unique<connection>(connected(from->connect({.client = "bob"}, what)));
  ASSERT_TRUE(at.broker().server().put(to_bob("1")).get());
  EXPECT_TRUE(comes_true([&] { return is_gone.load(); }));
  EXPECT_TRUE(comes_true([&] { return !bob->put(to_bob("2")).get(); }));
  bob.reset();
  EXPECT_TRUE(comes_true([&] { return at.broker().stats().connections == 0; }));
}

} // namespace
} // namespace restante::testing
