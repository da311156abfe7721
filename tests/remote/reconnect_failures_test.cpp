// The errors that a client over WebSocket gets when there is no broker, or a server that is not a
// broker.

#include "restante/tests/network/certificate.hpp"
#include "restante/tests/remote/proxy.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using steady = std::chrono::steady_clock;

remote_options at_once(remote_options how) {
  how.give_up_after = 0ms;
  return how;
}

/// The result of a connect that may try only once.
failure first_failure(std::uint16_t port, std::chrono::milliseconds timeout = 10s) {
  auto how = at_once(eager(port));
  how.connect_timeout = timeout;
  remote from{how};
  auto ann = from.connect({.client = "ann"});
  return ann.connected().get().error();
}

TEST(Unreachable, S10_408_where_nobody_listens_a_sentence_says_so) {
  const auto port = closed_port();
  remote from{at_once(eager(port))};
  recorder seen;
  auto ann = from.connect({.client = "ann"}, seen.all());
  const auto kept = ann.put({.to = "bob"});
  const auto why = ann.connected().get().error();
  EXPECT_EQ(why.code, errc::unreachable);
  EXPECT_THAT(why.detail,
              HasSubstr("cannot reach the broker at 127.0.0.1:" + std::to_string(port)));
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::lost);
  EXPECT_EQ(seen.ends()[0].code, errc::unreachable);
  EXPECT_FALSE(kept.get());
  EXPECT_THAT(seen.connects(), IsEmpty());
}

TEST(Unreachable, S10_408_a_name_that_is_none_is_told_so_too) {
  remote from{at_once(eager("ws://no-such-host.invalid:1"))};
  const auto why = from.connect({.client = "ann"}).connected().get().error();
  EXPECT_EQ(why.code, errc::unreachable);
  EXPECT_THAT(why.detail, HasSubstr("cannot find the broker at no-such-host.invalid:1"));
}

TEST(Unreachable, S10_408_it_is_given_up_after_the_time_it_was_given) {
  auto how = eager(closed_port());
  how.give_up_after = 100ms;
  remote from{how};
  const auto began = steady::now();
  auto ann = from.connect({.client = "ann"});
  EXPECT_EQ(ann.connected().get().code(), errc::unreachable);
  EXPECT_GE(steady::now() - began, 100ms);
}

TEST(Unreachable, S10_operations_have_their_deadline_also_without_a_broker) {
  auto how = eager(closed_port());
  how.operation_deadline = 100ms;
  remote from{how};
  auto root = from.open_server();
  EXPECT_EQ(root.put({.to = "bob"}).get().code(), errc::unreachable);
}

TEST(Unreachable, C3_a_server_that_accepts_and_says_nothing_costs_a_connect_timeout) {
  proxy mute{0};
  const auto began = steady::now();
  const auto why = first_failure(mute.port(), 200ms);
  EXPECT_EQ(why.code, errc::unreachable);
  EXPECT_THAT(why.detail, HasSubstr("no answer in time"));
  EXPECT_GE(steady::now() - began, 200ms);
}

TEST(Unreachable, W5_a_server_that_speaks_something_else_is_no_broker) {
  for (const auto* garbage :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: bm9wZQ==\r\n\r\n",
        "HTTP/1.1 999999 ?\r\n\r\n"}) {
    proxy strange{0};
    strange.answer_with(garbage);
    const auto why = first_failure(strange.port(), 500ms);
    EXPECT_EQ(why.code, errc::unreachable) << garbage;
    EXPECT_GT(why.detail.size(), 20u) << garbage;
  }
}

TEST(Unreachable, W6_an_http_answer_says_whether_to_come_again) {
  struct row {
    int status;
    errc code;
  };
  for (const auto& [status, code] : {row{404, errc::unreachable}, row{401, errc::unauthenticated},
                                     row{403, errc::forbidden}, row{400, errc::unreachable}}) {
    proxy there{0};
    there.answer_with("HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 0\r\n\r\n");
    remote from{eager(there.port())};
    recorder seen;
    auto ann = from.connect({.client = "ann"}, seen.all());
    const auto why = ann.connected().get().error();
    EXPECT_EQ(why.code, code) << status;
    EXPECT_THAT(why.detail, HasSubstr("HTTP " + std::to_string(status)));
    ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; })) << status;
    EXPECT_EQ(there.calls(), 1u) << status;
  }
  for (const auto status : {503, 500, 429, 502}) {
    proxy busy{0};
    busy.answer_with("HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 0\r\n\r\n");
    remote from{eager(busy.port())};
    auto ann = from.connect({.client = "ann"});
    EXPECT_TRUE(comes_true([&] { return busy.calls() >= 3; })) << status;
    EXPECT_FALSE(ann.connected().is_ready());
  }
}

TEST(Unreachable, W5_a_broker_that_begins_to_talk_nonsense_is_left_and_tried_again) {
  const std::string frames[] = {
      std::string(64, '\xff'),      // not a WebSocket frame
      std::string{"\x81\x05hello"}, // no JSON
      std::string{"\x82\x02{}"},    // not text
      std::string{"\x81\x02{}"},    // not a frame of a broker
  };
  for (const auto& frame : frames) {
    gateway_server at;
    proxy proxied{at.port()};
    remote from{eager(proxied.port())};
    recorder seen;
    auto ann = connected(from.connect({.client = "ann"}, seen.all()));
    proxied.say(frame);
    ASSERT_TRUE(comes_true([&] { return seen.connects().size() == 2; })) << frame;
    EXPECT_TRUE(ann.pending().get());
  }
}

TEST(Unreachable, C3_a_broker_that_falls_silent_is_noticed) {
  constexpr auto ping = 300ms; // a busy machine may hold a thread up for twice as long
  gateway_server at{{.ping_interval = ping}};
  proxy proxied{at.port()};
  remote from{eager(proxied.port())};
  recorder seen;
  auto ann = connected(from.connect({.client = "ann"}, seen.all()));
  // Pings are exchanged for a while: the connection stays.
  const auto until = steady::now() + 4 * ping;
  while (steady::now() < until)
    ASSERT_TRUE(ann.pending().get());
  EXPECT_THAT(seen.interruptions(), IsEmpty());
  proxied.hold();
  const auto began = steady::now();
  ASSERT_TRUE(comes_true([&] { return seen.interruptions().size() == 1; }));
  // The last sign of life was at most one interval earlier; sockets are checked once a second.
  EXPECT_GE(steady::now() - began, ping * 3 / 2 - 50ms);
  EXPECT_LE(steady::now() - began, ping * 5 / 2 + 1s + 10s);
  proxied.cut();
  proxied.release();
  EXPECT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
}

// --- the end of it -----------------------------------------------------------------------------

TEST(Stop, C7_it_ends_all_futures) {
  remote from{eager(closed_port())};
  std::vector<connection> all;
  std::vector<answer<put_receipt>> puts;
  for (int i = 0; i < 5; ++i) {
    all.push_back(from.connect({.client = "c" + std::to_string(i)}));
    puts.push_back(all.back().put({.to = "bob"}));
  }
  from.stop();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].connected().is_ready());
    EXPECT_TRUE(puts[i].is_ready());
  }
  EXPECT_FALSE(all[0].put({.to = "bob"}).get());
  from.stop();
}

TEST(Stop, C7_who_connects_behind_it_is_told_so) {
  gateway_server at;
  remote from{eager(at.url())};
  connected(from.connect({.client = "ann"}));
  from.stop();
  recorder seen;
  auto late = from.connect({.client = "bob"}, seen.all());
  EXPECT_EQ(late.connected().get(10s).code(), errc::shutting_down);
  EXPECT_EQ(late.put({.to = "bob"}).get(10s).code(), errc::shutting_down);
  EXPECT_EQ(from.open_server().purge().get(10s).code(), errc::shutting_down);
  EXPECT_EQ(seen.ends().size(), 1u);
}

TEST(Stop, C7_a_remote_may_go_in_a_callback) {
  gateway_server at;
  for (int i = 0; i < 3; ++i) {
    auto from = std::make_unique<remote>(eager(at.url()));
    std::atomic<bool> is_gone{false};
    handlers what;
    what.on_notification = [&](const offered_notification&) {
      from.reset();
      is_gone.store(true);
    };
    auto bob = std::make_unique<connection>(connected(from->connect({.client = "bob"}, what)));
    ASSERT_TRUE(at.broker().server().put({.to = "bob"}).get());
    EXPECT_TRUE(comes_true([&] { return is_gone.load(); }));
    EXPECT_TRUE(comes_true([&] { return !bob->put({.to = "bob"}).get(); }));
    bob.reset();
    EXPECT_TRUE(comes_true([&] { return at.broker().stats().connections == 0; }));
  }
}

TEST(Stop, C7_a_connection_may_go_in_its_own_callback) {
  gateway_server at;
  remote from{eager(at.url())};
  std::atomic<int> calls{0};
  std::optional<connection> bob;
  handlers what;
  what.on_notification = [&](const offered_notification&) {
    calls.fetch_add(1);
    bob.reset();
  };
  bob.emplace(connected(from.connect({.client = "bob"}, what)));
  ASSERT_TRUE(at.broker().server().put({.to = "bob"}).get());
  ASSERT_TRUE(comes_true([&] { return at.broker().stats().connections == 0; }));
  EXPECT_EQ(calls.load(), 1);
}

} // namespace
} // namespace restante::testing
