// A client that floods slows only itself; a client that does not read costs a bounded amount of
// memory (spec §8, E14).

#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <condition_variable>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A publisher hook that blocks every set until the gate is opened.
class gate {
public:
  publisher_hook hook() {
    return [this](auto&&...) {
      std::unique_lock lock{mutex_};
      opened_.wait_for(lock, patient, [this] { return is_open_; });
      return true;
    };
  }
  void open() {
    const std::lock_guard lock{mutex_};
    is_open_ = true;
    opened_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

std::string event_of(const std::string& topic, std::size_t bytes) {
  return R"({"op":"topic.publish","id":1,"topic":")" + topic + R"(","data":")" +
         std::string(bytes, 'x') + "\"}";
}

long number_behind(const std::string& name, const std::string& in) {
  const auto at = in.find("\"" + name + "\":");
  return at == std::string::npos ? -1 : std::stol(in.substr(at + name.size() + 3));
}

TEST(Flow, S8_W5_a_flood_is_read_as_far_as_the_credit_goes_and_answered_to_its_end) {
  gate held;
  options core;
  core.publisher = held.hook();
  gateway_fixture h{{}, core};
  auto ann = h.enter("ann");
  auto bob = h.enter("bob");
  const auto before = h.gateway.stats().frames_in;
  constexpr int asked = 1000;
  std::string all;
  for (int i = 0; i < asked; ++i)
    all += frame_text(opcode::text, R"({"op":"ephemeral.set","topic":"t","key":"k","id":)" +
                                        std::to_string(i) + "}");
  EXPECT_TRUE(ann.send(all));
  EXPECT_TRUE(comes_true([&] { return h.gateway.stats().frames_in - before >= 256; }));
  for (int i = 0; i < 20; ++i) // the I/O thread has run many turns
    EXPECT_TRUE(bob.receives_nothing_else());
  EXPECT_EQ(h.gateway.stats().frames_in - before - 20, 256u);
  held.open();
  for (int i = 0; i < asked; ++i)
    ASSERT_EQ(ann.receive(), R"({"_orama":"reply","id":)" + std::to_string(i) + R"(,"ok":true})");
}

TEST(Flow, C3_who_is_not_read_is_not_taken_for_silent) {
  gate held;
  options core;
  core.publisher = held.hook();
  gateway::gateway_options how;
  how.ping_interval = 400ms;
  gateway_fixture h{how, core};
  auto ann = h.enter("ann");
  auto bob = h.enter("bob");
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += frame_text(opcode::text, R"({"op":"ephemeral.set","topic":"t","key":"k","id":1})");
  EXPECT_TRUE(ann.send(all)); // all the credit there is
  EXPECT_TRUE(comes_true([&] { return h.gateway.stats().frames_in >= 258; }));
  EXPECT_EQ(bob.receive(1500ms), "(silence)"); // more than three pings that ann could not answer
  held.open();
  EXPECT_EQ(bob.receive(300ms), "(silence)");
  for (int i = 0; i < 256; ++i)
    ASSERT_EQ(ann.receive(), R"({"_orama":"reply","id":1,"ok":true})");
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Flow, S8_W5_who_asks_for_much_and_reads_nothing_is_not_read_for_ever) {
  gateway_fixture h;
  auto ann = h.enter("ann", "", {.receive_bytes = 64 * 1024});
  captures known;
  ASSERT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":")" +
                      std::string(60'000, 'x') + "\"}"),
              LikeWith(R"({"_orama":"reply","id":1,"ok":true,"trace":"…t",)"
                       R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                       &known));
  const auto before = h.gateway.stats().frames_in;
  constexpr std::size_t asked = 500; // 30 MB of answers
  for (std::size_t i = 0; i < asked; ++i)
    ASSERT_TRUE(ann.say(filled_in(R"({"op":"notify.status","id":7,"trace":"$t"})", known)));
  auto bob = h.enter("cy");
  std::uint64_t seen = 0;
  EXPECT_TRUE(comes_true([&] { // until the amount stops growing
    const auto now = h.gateway.stats().frames_in;
    bob.receive(100ms);
    return std::exchange(seen, h.gateway.stats().frames_in) == now && now > before + 20;
  }));
  EXPECT_LT(h.gateway.stats().frames_in - before, asked);
  for (std::size_t i = 0; i < asked; ++i)
    ASSERT_THAT(ann.receive(), StartsWith(R"({"_orama":"reply","id":7,"ok":true)"));
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Flow, S8_W5_pongs_that_nobody_takes_do_not_pile_up) {
  gateway_fixture h;
  auto ann = h.enter("ann", "", {.pings = manners::mute, .receive_bytes = 4096});
  std::string pings;
  while (pings.size() < (std::size_t{1} << 20))
    pings += frame_text(opcode::ping, std::string(125, 'p'));
  std::size_t taken = 0;
  constexpr std::size_t most = std::size_t{40}
                               << 20; // much more than the socket buffers of both ends hold
  while (taken < most) {
    const auto n = ann.at().send_some(pings, 3s);
    taken += n;
    if (n < pings.size())
      break;
  }
  EXPECT_LT(taken, most);
}

TEST(Flow, S8_an_awaited_reply_holds_up_nothing) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  auto bob = h.enter("bob", R"(,"max_inflight":1)");
  for (int i = 0; i < 400; ++i) { // more than there is credit
    captures known;
    ASSERT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"c)" + std::to_string(i) +
                        R"(","pack":1,"suit":true})"),
                LikeWith(R"({"_orama":"reply","id":1,"ok":true,"trace":"…t",)"
                         R"("created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                         &known));
    ann.say(filled_in(R"({"op":"notify.await","id":2,"trace":"$t","timeout_ms":600000})", known));
  }
  EXPECT_EQ(ann.ask(R"({"op":"notify.pending","id":3})"),
            R"({"_orama":"reply","id":3,"ok":true,"pending":0})");
}

TEST(Flow, W6_a_reader_that_takes_nothing_ends_4008_and_nobody_else_notices) {
  gateway_fixture h{{.write_timeout = 300ms}};
  auto ann = h.enter("ann", "", {.receive_bytes = 4096});
  auto cy = h.enter("cy");
  auto bob = h.enter("bob");
  ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  cy.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  long seq = 0;
  EXPECT_TRUE(comes_true([&] {
    EXPECT_EQ(bob.ask(event_of("t", 60'000)), R"({"_orama":"reply","id":1,"ok":true})");
    EXPECT_EQ(number_behind("seq", cy.receive()), ++seq);
    return h.gateway.stats().lost_stalled == 1 || ::testing::Test::HasFailure();
  }));
  EXPECT_TRUE(comes_true([&] { return h.broker.stats().connections == 2; }));
  EXPECT_TRUE(h.logs("client=ann ns= remote=127.0.0.1:"));
  EXPECT_TRUE(h.logs("code=4008 reason=stalled"));
  EXPECT_NE(ann.closed(), 0);
  EXPECT_TRUE(bob.receives_nothing_else());
  EXPECT_TRUE(cy.receives_nothing_else());
}

TEST(Flow, E14_a_slow_subscriber_misses_events_and_gets_a_snapshot) {
  options core;
  core.limits.output_bytes = 256 * 1024;
  // On a busy machine ann may read nothing for longer than the broker's default timeout.
  gateway_fixture h{{.ping_interval = 10min, .write_timeout = 10min}, core};
  auto ann = h.enter("ann", "", {.receive_bytes = 64 * 1024});
  auto bob = h.enter("bob");
  ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  const auto set = R"({"op":"ephemeral.set","id":1,"topic":"t","key":"k","payload":")" +
                   std::string(16'000, 'A') + "\"}";
  constexpr long sets = 800; // 13 MB: more than two kernels' buffers hold
  for (long i = 0; i < sets; ++i)
    ASSERT_EQ(bob.ask(set), R"({"_orama":"reply","id":1,"ok":true})");
  long seq = 0;
  int snapshots = 0;
  while (seq < sets) {
    const auto received = ann.receive();
    ASSERT_THAT(received, StartsWith(R"({"_orama":"ephemeral.s)"));
    const auto next = number_behind("seq", received);
    if (received.starts_with(R"({"_orama":"ephemeral.snapshot")")) {
      ++snapshots;
      ASSERT_GT(next, seq);
    } else {
      ASSERT_EQ(next, seq + 1);
    }
    seq = next;
  }
  EXPECT_GE(snapshots, 1);
  EXPECT_LE(snapshots, 10);
  bob.say(R"({"op":"ephemeral.clear","topic":"t","key":"k"})");
  EXPECT_EQ(number_behind("seq", ann.receive()), sets + 1);
}

} // namespace
} // namespace restante::testing
