#include "restante/tests/simulation/told.hpp"

#include <gtest/gtest.h>

namespace restante::simulation {

namespace {

/// Two clients, `a` and `b`; `b` is subscribed to topic `t`.
class ReferenceTopics : public ::testing::Test {
protected:
  ReferenceTopics() : run{{.keys_per_client_max = 2}} {
    run(R"({"op":"connect","client":"a","resume_window_ms":100})");
    run(R"({"op":"connect","client":"b"})");
    run(R"({"op":"topic.subscribe","as":"b","topic":"t"})");
  }

  std::string set(const std::string& who, const std::string& key, const std::string& more = "") {
    return run.code(R"({"op":"ephemeral.set","as":")" + who + R"(","topic":"t","key":")" + key +
                    "\"" + more + "}");
  }

  told run;
};

TEST_F(ReferenceTopics, events_carry_the_fixed_names_W1) {
  set("a", "k", R"(,"payload":"YQ==")");
  EXPECT_EQ(
      write_exact(run.output[1]["frame"]),
      R"({"_orama":"ephemeral.set","topic":"t","key":"k","client_id":"a","payload":"YQ==","seq":1,)"
      R"("epoch":"epoch:topic /t:1"})");
  run(R"({"op":"ephemeral.clear","as":"a","topic":"t","key":"k"})");
  EXPECT_EQ(
      write_exact(run.output[1]["frame"]),
      R"({"_orama":"ephemeral.clear","topic":"t","key":"k","client_id":"a","reason":"explicit","seq":2,)"
      R"("epoch":"epoch:topic /t:1"})");
}

TEST_F(ReferenceTopics, needs_a_connection_and_decent_fields_E1) {
  EXPECT_EQ(run.code(R"({"op":"ephemeral.set","topic":"t","key":"k"})"), "stale_connection");
  EXPECT_EQ(set("c", "k"), "stale_connection");
  EXPECT_EQ(set("a", ""), "invalid_argument");
  EXPECT_EQ(set("a", "k", R"(,"payload":"YQ")"), "invalid_argument");
  EXPECT_EQ(set("a", "k", R"(,"payload":")" + std::string(21'848, 'A') + "\""),
            "payload_too_large");
}

TEST_F(ReferenceTopics, a_lease_is_clamped_hidden_at_its_end_and_cleared_a_tick_later_E2_E7) {
  set("a", "k", R"(,"ttl_ms":1e30)");
  EXPECT_EQ(run(R"({"op":"ephemeral.list","topic":"t"})")["entries"][0]["expires_in_ms"],
            1'800'000);
  set("a", "k", R"(,"ttl_ms":10)");
  run(R"({"op":"advance","ms":10})");
  EXPECT_EQ(run.pushed("b"), "");
  EXPECT_TRUE(run(R"({"op":"ephemeral.list","topic":"t"})")["entries"].empty());
  run(R"({"op":"advance","ms":1})");
  EXPECT_EQ(run.pushed("b", "reason"), "clear=expired");
  EXPECT_EQ(run.output[0]["t"], 10);
}

TEST_F(ReferenceTopics, the_cap_counts_what_is_owned_E3) {
  EXPECT_EQ(set("a", "1"), "ok");
  EXPECT_EQ(set("a", "2"), "ok");
  EXPECT_EQ(set("a", "2"), "ok");
  EXPECT_EQ(set("a", "3"), "too_many_keys");
  EXPECT_EQ(set("b", "2"), "ok");
  EXPECT_EQ(set("a", "2"), "ok");
  EXPECT_EQ(set("b", "4"), "ok");
}

TEST_F(ReferenceTopics, a_foreign_key_is_taken_over_E4) {
  set("a", "k");
  set("b", "k");
  EXPECT_EQ(run.pushed("b", "client_id"), "set=b");
  EXPECT_EQ(run.pushed("a", "client_id"), "lost=b");
  run(R"({"op":"disconnect","client":"a"})");
  EXPECT_EQ(run.pushed("b"), "");
}

TEST_F(ReferenceTopics, clearing_what_is_not_ones_own_does_nothing_E5) {
  set("a", "k");
  EXPECT_EQ(run.code(R"({"op":"ephemeral.clear","as":"b","topic":"t","key":"k"})"), "ok");
  EXPECT_EQ(run.code(R"({"op":"ephemeral.clear","as":"b","topic":"u","key":"k"})"), "ok");
  EXPECT_EQ(run.pushed("b"), "");
}

TEST_F(ReferenceTopics, keys_go_with_the_connection_or_with_its_resume_window_E6_E13) {
  set("a", "z");
  set("a", "k");
  run(R"({"op":"cut","client":"a"})");
  EXPECT_EQ(run.pushed("b"), "");
  EXPECT_EQ(set("a", "k"), "stale_connection");
  run(R"({"op":"advance","ms":100})");
  EXPECT_EQ(run.pushed("b", "key"), "clear=k clear=z");
  EXPECT_EQ(run.output[0]["frame"]["reason"], "disconnect");
}

TEST_F(ReferenceTopics, a_list_is_sorted_and_of_one_namespace_E8_E9) {
  set("a", "ä");
  set("b", "z");
  auto entries = run(R"({"op":"ephemeral.list","topic":"t"})")["entries"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["key"], "z");
  EXPECT_EQ(write_exact(run(R"({"op":"ephemeral.list","topic":"t","ns":"x"})")),
            R"({"t":0,"id":7,"ok":true,"entries":[],"epoch":0,"seq":0})");
  EXPECT_EQ(run.code(R"({"op":"ephemeral.list","topic":""})"), "ok");
}

TEST_F(ReferenceTopics, messages_and_events_share_one_sequence_E10_E16) {
  set("a", "k");
  run(R"({"op":"topic.publish","as":"a","topic":"t","data":[1.0]})");
  EXPECT_EQ(run.pushed("b", "seq"), "message=2");
  EXPECT_EQ(write_exact(run.output[1]["frame"]["data"]), "[1.0]");
  EXPECT_EQ(run(R"({"op":"ephemeral.list","topic":"t"})")["seq"], 2);
}

TEST_F(ReferenceTopics, a_topic_that_was_gone_has_another_epoch_E10) {
  auto before = run(R"({"op":"ephemeral.list","topic":"t"})")["epoch"];
  run(R"({"op":"topic.unsubscribe","as":"b","topic":"t"})");
  EXPECT_EQ(run(R"({"op":"ephemeral.list","topic":"t"})")["epoch"], 0);
  auto answer = run(R"({"op":"topic.subscribe","as":"a","topic":"t"})");
  EXPECT_NE(answer["epoch"], before);
  EXPECT_EQ(answer["seq"], 0);
}

TEST_F(ReferenceTopics, a_newer_connect_takes_over_C2) {
  set("a", "k");
  run(R"({"op":"client.watch","as":"b","client":"a"})");
  EXPECT_EQ(run.pushed("b", "connected"), "presence=true");
  EXPECT_EQ(run(R"({"op":"connect","client":"a"})")["resumed"], false);
  EXPECT_EQ(run.pushed("a", "reason"), "goodbye=taken_over");
  EXPECT_EQ(run.pushed("b", "reason"), "clear=disconnect");
}

TEST_F(ReferenceTopics, what_is_lost_while_detached_is_told_when_it_resumes_E4_C4) {
  set("a", "k");
  run(R"({"op":"cut","client":"a"})");
  set("b", "k");
  EXPECT_EQ(run.pushed("a"), "");
  run(R"({"op":"connect","client":"a","resume":true})");
  EXPECT_EQ(run.pushed("a", "client_id"), "lost=b");
}

TEST_F(ReferenceTopics, a_resumed_connection_goes_on_where_it_was_C4) {
  run(R"({"op":"topic.subscribe","as":"a","topic":"t"})");
  run(R"({"op":"client.watch","as":"a","client":"b"})");
  set("a", "k");
  run(R"({"op":"cut","client":"a"})");
  set("b", "l");
  run(R"({"op":"notify.put","to":"a","pack":1})");
  auto answer = run(R"({"op":"connect","client":"a","resume":true})");
  EXPECT_EQ(answer["resumed"], true);
  EXPECT_EQ(answer["pending"], 1);
  EXPECT_EQ(run.pushed("a"), "snapshot presence deliver");
  EXPECT_EQ(run.output[1]["frame"]["entries"].size(), 2u);
  run(R"({"op":"disconnect","client":"a"})");
  EXPECT_EQ(run(R"({"op":"connect","client":"a","resume":true})")["resumed"], false);
}

TEST_F(ReferenceTopics, watchers_see_coming_and_going_C5) {
  run(R"({"op":"client.watch","as":"b","client":"c"})");
  EXPECT_EQ(run.pushed("b", "connected"), "presence=false");
  run(R"({"op":"connect","client":"c"})");
  EXPECT_EQ(run.pushed("b", "connected"), "presence=true");
  run(R"({"op":"cut","client":"c"})");
  EXPECT_EQ(run.pushed("b", "connected"), "presence=false");
  run(R"({"op":"client.unwatch","as":"b","client":"c"})");
  run(R"({"op":"connect","client":"c"})");
  EXPECT_EQ(run.pushed("b"), "");
}

TEST_F(ReferenceTopics, the_end_disconnects_in_byte_order) {
  set("a", "k");
  run(R"({"op":"client.watch","as":"b","client":"a"})");
  run.end();
  EXPECT_EQ(run.pushed("b"), "clear presence");
}

TEST_F(ReferenceTopics, bad_lines_have_numbered_errors_W5) {
  EXPECT_EQ(run.code("[]"), "bad_frame");
  EXPECT_EQ(run.code("{"), "bad_frame");
  EXPECT_EQ(run.code(R"({"op":"nonsense"})"), "unknown_op");
  EXPECT_EQ(run.code(R"({"op":"notify.drain","as":"a","client":"a"})"), "forbidden");
  EXPECT_EQ(run.code(R"({"op":"notify.put","to":"a"})"), "invalid_argument");
  EXPECT_EQ(run.code(R"({"op":"notify.ack","trace":"$x"})"), "stale_connection");
  EXPECT_EQ(run(R"({"op":"notify.ack","as":"a","trace":"$x"})")["late"], true);
}

} // namespace

} // namespace restante::simulation
