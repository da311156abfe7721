// How the reference treats collapse keys, delays and the policy at the cap.

#include "restante/tests/simulation/told.hpp"

#include <gtest/gtest.h>

namespace restante::simulation {

/// These tests test the reference and not the broker, so no rule stands in front of their names.
namespace {

/// Puts to `a` with `id` and further fields; returns the answer.
json put(told& run, const std::string& id, const std::string& more) {
  return run(R"({"op":"notify.put","to":"a","pack":1,"id":")" + id + "\"" + more + "}");
}

std::string code_of(told& run, const std::string& id, const std::string& more) {
  const auto answer = put(run, id, more);
  return answer["ok"] == true ? "ok" : answer["error"]["code"].get<std::string>();
}

std::uint64_t pending(told& run) {
  return run(R"({"op":"notify.pending","client":"a"})")["pending"];
}

const std::string k = R"(,"collapse_key":"k")";

TEST(ReferenceSchedule, a_queued_one_with_the_key_is_replaced_at_the_tail_N15) {
  told run;
  run(R"({"op":"connect","client":"s"})");
  put(run, "1", R"(,"as":"s","suit":true,"receipts":true)" + k);
  run(R"({"op":"notify.await","trace":"$1","timeout_ms":100,"id":"w"})");
  put(run, "2", "");
  EXPECT_EQ(put(run, "other", k).contains("collapsed"), false) << "another sender";
  EXPECT_EQ(put(run, "3", R"(,"as":"s")" + k)["collapsed"], "$1");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=collapsed");
  EXPECT_EQ(run.output.back()["error"]["code"], "not_found");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$1"})"), "not_found");
  EXPECT_EQ(pending(run), 3);
  run(R"({"op":"connect","client":"a"})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$2 deliver=$other deliver=$3");
  EXPECT_FALSE(put(run, "4", R"(,"as":"s")" + k).contains("collapsed")) << "of a delivered one";
}

TEST(ReferenceSchedule, one_in_flight_collapses_when_it_returns_N15) {
  told run;
  run(R"({"op":"connect","client":"a","ack":"explicit"})");
  put(run, "1", k);
  put(run, "2", k);
  put(run, "3", "");
  EXPECT_EQ(pending(run), 3);
  run(R"({"op":"cut","client":"a"})");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$1"})"), "not_found");
  EXPECT_EQ(run(R"({"op":"connect","client":"a"})")["pending"], 2);
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$2 deliver=$3");
}

TEST(ReferenceSchedule, one_in_flight_stays_when_the_newer_one_is_delivered_N15) {
  told run;
  run(R"({"op":"connect","client":"a","ack":"explicit","resume_window_ms":1000})");
  put(run, "1", k);
  put(run, "2", k);
  run(R"({"op":"notify.ack","as":"a","trace":"$2"})");
  run(R"({"op":"cut","client":"a"})");
  run(R"({"op":"connect","client":"a","resume":true})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$1");
}

TEST(ReferenceSchedule, a_duplicate_collapses_nothing_N14_N15) {
  told run;
  put(run, "1", R"(,"message_id":"m")" + k);
  put(run, "2", k);
  EXPECT_FALSE(put(run, "3", R"(,"message_id":"m")" + k).contains("duplicate"));
  auto again = put(run, "4", R"(,"message_id":"m")" + k);
  EXPECT_EQ(again["trace"], "$3");
  EXPECT_FALSE(again.contains("collapsed"));
  EXPECT_EQ(pending(run), 1);
}

TEST(ReferenceSchedule, a_delayed_one_is_offered_when_it_is_due_N16) {
  told run;
  run(R"({"op":"connect","client":"a"})");
  auto late = put(run, "1", R"(,"delay_ms":5)");
  EXPECT_EQ(late["expires_at_ms"], 86'400'000);
  put(run, "2", R"(,"delay_ms":3)");
  put(run, "3", R"(,"delay_ms":5)");
  put(run, "4", R"(,"delay_ms":0)");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$4");
  EXPECT_EQ(pending(run), 3);
  auto view = run(R"({"op":"notify.status","trace":"$1"})")["notification"];
  EXPECT_EQ(view["state"], "queued");
  EXPECT_EQ(view["due_at_ms"], 5);
  run(R"({"op":"advance","ms":4})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$2");
  run(R"({"op":"advance","ms":1})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$1 deliver=$3");
}

TEST(ReferenceSchedule, the_order_is_that_of_eligibility_N10_N16) {
  told run;
  put(run, "1", R"(,"delay_ms":5)");
  put(run, "2", "");
  run(R"({"op":"advance","ms":5})");
  put(run, "3", "");
  run(R"({"op":"connect","client":"a"})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$2 deliver=$1 deliver=$3");
}

TEST(ReferenceSchedule, a_drain_leaves_scheduled_ones_N5_N16) {
  told run;
  put(run, "1", R"(,"delay_ms":5)");
  put(run, "2", "");
  EXPECT_EQ(run(R"({"op":"notify.drain","client":"a"})")["notifications"].size(), 1U);
  EXPECT_EQ(pending(run), 1);
  run(R"({"op":"advance","ms":5})");
  EXPECT_EQ(run(R"({"op":"notify.drain","client":"a"})")["notifications"].size(), 1U);
}

TEST(ReferenceSchedule, what_lives_shorter_than_its_delay_expires_N8_N16) {
  told run;
  run(R"({"op":"connect","client":"a"})");
  put(run, "1", R"(,"delay_ms":5,"ttl_ms":4)");
  put(run, "2", R"(,"delay_ms":5,"ttl_ms":5)");
  put(run, "3", R"(,"delay_ms":1e30)");
  run(R"({"op":"advance","ms":100})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$2");
  EXPECT_EQ(run(R"({"op":"notify.purge"})")["removed"], 2);
}

TEST(ReferenceSchedule, scheduled_ones_count_in_the_cap_and_are_not_evicted_N4_N16) {
  told run{{.queue_max = 2}};
  put(run, "1", R"(,"delay_ms":5)");
  put(run, "2", "");
  EXPECT_EQ(put(run, "3", "")["evicted"], "$2");
  EXPECT_EQ(put(run, "4", R"(,"delay_ms":5)")["evicted"], "$3");
  EXPECT_EQ(code_of(run, "5", ""), "target_full");
  EXPECT_EQ(pending(run), 2);
}

TEST(ReferenceSchedule, at_the_cap_a_put_may_rather_be_refused_N4) {
  told run{{.queue_max = 1}};
  const std::string reject = R"(,"at_cap":"reject")";
  put(run, "1", reject + k);
  EXPECT_EQ(code_of(run, "2", reject), "target_full");
  EXPECT_EQ(put(run, "3", reject + k)["collapsed"], "$1");
  EXPECT_EQ(put(run, "4", R"(,"at_cap":"evict")")["evicted"], "$3");
  EXPECT_EQ(code_of(run, "5", R"(,"at_cap":"maybe")"), "invalid_argument");
}

TEST(ReferenceSchedule, what_a_put_does_not_say_the_broker_does_N4) {
  told run{{.queue_max = 1, .rejects_at_cap = true}};
  put(run, "1", "");
  EXPECT_EQ(code_of(run, "2", ""), "target_full");
  EXPECT_EQ(put(run, "3", R"(,"at_cap":"evict")")["evicted"], "$1");
}

} // namespace

} // namespace restante::simulation
