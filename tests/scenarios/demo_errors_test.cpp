// Every error that a script can meet, at its bound and one past the bound.

#include "restante/messages/limits.hpp"
#include "restante/tests/scenarios/demo_session.hpp"

#include <gtest/gtest.h>

namespace restante::demo {
namespace {

std::string json_text(std::size_t size) {
  return '"' + std::string(size - 2, 'x') + '"';
}

TEST(DemoErrors, S10_103_packs_replies_data_and_payloads_have_a_largest_size) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  s.play(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
  const auto error_with = [&s](const std::string& text, const std::string& value) {
    return s.error(text + value + "}");
  };
  const std::string put = R"({"op":"notify.put","to":"b","pack":)";
  const std::string reply = R"({"op":"notify.reply","trace":"$p","reply":)";
  const std::string publish = R"({"op":"topic.publish","as":"a","topic":"t","data":)";
  for (const auto& text : {put, reply, publish}) {
    EXPECT_EQ(error_with(text, json_text(pack_bytes_max)), "none") << text;
    EXPECT_EQ(error_with(text, json_text(pack_bytes_max + 1)), "payload_too_large") << text;
  }
  const auto base64 = [](std::size_t bytes) { // of zeros
    std::string text((bytes + 2) / 3 * 4, 'A');
    for (std::size_t pad = (3 - bytes % 3) % 3; pad > 0; --pad)
      text[text.size() - pad] = '=';
    return '"' + text + '"';
  };
  const std::string set = R"({"op":"ephemeral.set","as":"a","topic":"t","key":"k","payload":)";
  EXPECT_EQ(error_with(set, base64(ephemeral_bytes_max)), "none");
  EXPECT_EQ(error_with(set, base64(ephemeral_bytes_max + 1)), "payload_too_large");
}

TEST(DemoErrors, S10_104_a_put_has_at_most_1024_targets) {
  session s;
  const auto put_to = [](std::size_t n) {
    json targets = json::array();
    for (std::size_t i = 0; i < n; ++i)
      targets.push_back("t" + std::to_string(i));
    return R"({"op":"notify.put_many","pack":1,"targets":)" + targets.dump() + "}";
  };
  const auto all = s.ask(put_to(1024));
  ASSERT_EQ(all["outcomes"].size(), 1024U);
  for (const auto& one : all["outcomes"])
    ASSERT_TRUE(one["ok"].get<bool>());
  EXPECT_EQ(s.error(put_to(1025)), "too_many_targets");
  EXPECT_EQ(s.error(put_to(0)), "invalid_argument");
}

TEST(DemoErrors, S10_201_only_a_suit_takes_a_reply) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":1,"id":"p"})");
  EXPECT_EQ(s.error(R"({"op":"notify.reply","trace":"$p","reply":1})"), "not_a_suit");
  EXPECT_EQ(s.error(R"({"op":"notify.await","trace":"$p","timeout_ms":1})"), "not_a_suit");
}

TEST(DemoErrors, S10_204_the_257th_key_is_refused) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  const auto set = [&s](int n) {
    return s.error(R"({"op":"ephemeral.set","as":"a","topic":"t","key":")" + std::to_string(n) +
                   "\"}");
  };
  for (int n = 1; n <= 256; ++n)
    ASSERT_EQ(set(n), "none");
  EXPECT_EQ(set(257), "too_many_keys");
  EXPECT_EQ(set(256), "none");
}

TEST(DemoErrors, S10_205_S10_206_subscriptions_and_watches_are_bounded) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  const auto ask = [&s](const std::string& op, const std::string& field, std::size_t n) {
    return s.error(R"({"as":"a","op":")" + op + R"(",")" + field + R"(":")" + std::to_string(n) +
                   "\"}");
  };
  for (std::size_t n = 1; n <= subscriptions_max; ++n) {
    ASSERT_EQ(ask("topic.subscribe", "topic", n), "none");
  }
  EXPECT_EQ(ask("topic.subscribe", "topic", subscriptions_max + 1), "too_many_subscriptions");
  EXPECT_EQ(ask("topic.unsubscribe", "topic", 1), "none");
  EXPECT_EQ(ask("topic.subscribe", "topic", subscriptions_max + 1), "none");
  for (std::size_t n = 1; n <= watches_max; ++n) {
    ASSERT_EQ(ask("client.watch", "client", n), "none");
  }
  EXPECT_EQ(ask("client.watch", "client", watches_max + 1), "too_many_watches");
}

TEST(DemoErrors, S10_207_where_everything_is_offered_a_put_is_refused) {
  script_setup how;
  how.limits.queue_length = 1;
  session s{how};
  s.play(R"({"op":"connect","client":"b","ack":"explicit"})");
  EXPECT_EQ(s.error(R"({"op":"notify.put","to":"b","pack":1})"), "none");
  EXPECT_EQ(s.error(R"({"op":"notify.put","to":"b","pack":2})"), "target_full");
}

TEST(DemoErrors, S10_208_the_state_of_a_topic_is_bounded) {
  session s;
  s.play(R"({"op":"connect","client":"a"})");
  const std::string payload(std::size_t{16} * 1024 / 3 * 4, 'A');
  std::string error = "none";
  int keys = 0;
  for (; keys < 200 && error == "none"; ++keys) {
    error = s.error(R"({"op":"ephemeral.set","as":"a","topic":"t","key":")" + std::to_string(keys) +
                    R"(","payload":")" + payload + "\"}");
  }
  EXPECT_EQ(error, "topic_full");
  EXPECT_GT(keys, 90);
}

TEST(DemoErrors, S10_209_eight_may_wait_for_one_reply) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
  const auto* await = R"({"op":"notify.await","trace":"$p","timeout_ms":5000})";
  for (int n = 0; n < 8; ++n)
    EXPECT_TRUE(s.play(await).empty());
  EXPECT_EQ(s.error(await), "too_many_waiters");
}

TEST(DemoErrors, S10_210_an_await_without_patience_times_out_at_once) {
  session s;
  s.play(R"({"op":"notify.put","to":"b","pack":1,"suit":true,"id":"p"})");
  EXPECT_EQ(s.error(R"({"op":"notify.await","trace":"$p","timeout_ms":0})"), "timeout");
  EXPECT_EQ(s.error(R"({"op":"notify.await","trace":"$p","timeout_ms":-5})"), "timeout");
}

TEST(DemoErrors, S10_400_beyond_the_memory_bound_puts_and_sets_are_refused) {
  script_setup how;
  how.limits.memory_bytes = std::uint64_t{256} * 1024;
  session s{how};
  s.play(R"({"op":"connect","client":"a"})");
  const auto put = R"({"op":"notify.put","to":"b","pack":)" + json_text(16'384) + "}";
  std::string error = "none";
  int puts = 0;
  for (; puts < 100 && error == "none"; ++puts)
    error = s.error(put);
  EXPECT_EQ(error, "overloaded");
  EXPECT_LE(puts, 16);
  EXPECT_EQ(s.ask(R"({"op":"notify.pending","client":"b"})")["pending"], puts - 1);

  s.play(R"({"op":"notify.drain","client":"b"})"); // delivered records are removed to make room
  EXPECT_EQ(s.error(put), "none");
}

} // namespace
} // namespace restante::demo
