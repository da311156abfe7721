#include "restante/tests/simulation/told.hpp"

#include <gtest/gtest.h>

namespace restante::simulation {

/// These tests test the reference and not the broker, so no rule stands in front of their names.
namespace {

TEST(Reference, the_example_of_the_script_format) {
  told run;
  EXPECT_EQ(
      write_exact(
          run(R"({"op":"notify.put","to":"bob","pack":{"text":"call me"},"suit":true,"id":"p1"})")),
      R"({"t":0,"id":"p1","ok":true,"trace":"$p1","created_at_ms":0,"expires_at_ms":86400000,)"
      R"("accepted":"memory"})");
  run(R"({"op":"connect","client":"bob"})");
  ASSERT_EQ(run.output.size(), 2u);
  EXPECT_EQ(
      write_exact(run.output[0]),
      R"({"t":0,"id":2,"ok":true,"client":"bob","ns":"","epoch":"epoch:client /bob:1","ping_ms":10000,)"
      R"("resume":"token:/bob:1","resumed":false,"pending":1})");
  EXPECT_EQ(
      write_exact(run.output[1]),
      R"({"t":0,"to":"bob","frame":{"_orama":"notify.deliver","trace":"$p1","from":"server",)"
      R"("pack":{"text":"call me"},"suit":true,"created_at_ms":0,"expires_at_ms":86400000,"attempts":1}})");
  run(R"({"op":"notify.reply","as":"bob","trace":"$p1","reply":"at eight"})");
  EXPECT_EQ(
      write_exact(run(R"({"op":"notify.status","trace":"$p1"})")),
      R"({"t":0,"id":4,"ok":true,"notification":{"trace":"$p1","from":"server","to":"bob",)"
      R"("pack":{"text":"call me"},"suit":true,"state":"replied","created_at_ms":0,"expires_at_ms":86400000,)"
      R"("delivered":true,"delivered_at_ms":0,"replied":true,"reply":"at eight","replied_at_ms":0,"attempts":1}})");
}

TEST(Reference, blank_lines_and_comments_are_counted_and_skipped) {
  told run;
  EXPECT_TRUE(run("").is_null());
  EXPECT_TRUE(run("# hello").is_null());
  EXPECT_EQ(run(R"({"op":"notify.purge"})")["id"], 3);
}

TEST(Reference, a_pack_keeps_its_order_and_its_digits_N1) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":{"z":1.10,"a":12345678901234567890123},"id":1})");
  auto status = run(R"({"op":"notify.status","trace":"$1"})");
  EXPECT_EQ(write_exact(status["notification"]["pack"]),
            R"({"z":1.10,"a":12345678901234567890123})");
}

TEST(Reference, ttl_has_a_default_and_saturates_N2) {
  told run;
  EXPECT_EQ(run(R"({"op":"notify.put","to":"a","pack":1,"ttl_ms":-5})")["expires_at_ms"],
            86'400'000);
  EXPECT_EQ(run(R"({"op":"notify.put","to":"a","pack":1,"ttl_ms":1e30})")["expires_at_ms"],
            INT64_MAX / 1'000'000);
  EXPECT_EQ(run(R"({"op":"notify.put","to":"a","pack":1,"ttl_ms":7.0})")["expires_at_ms"], 7);
  EXPECT_EQ(run.code(R"({"op":"notify.put","to":"a","pack":1,"ttl_ms":7.5})"), "invalid_argument");
}

TEST(Reference, the_oldest_queued_one_is_evicted_at_the_cap_N4) {
  told run{{.queue_max = 2}};
  run(R"({"op":"connect","client":"s"})");
  run(R"({"op":"connect","client":"a","ack":"explicit","max_inflight":9})");
  run(R"({"op":"notify.put","to":"a","pack":1,"id":"1"})");
  run(R"({"op":"notify.put","as":"s","to":"a","pack":2,"id":"2","receipts":true})");
  EXPECT_EQ(run(R"({"op":"notify.put","to":"a","pack":3,"id":"3"})")["evicted"], "$2");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=evicted");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$2"})"), "not_found");
  EXPECT_EQ(run(R"({"op":"notify.pending","client":"a"})")["pending"], 2);
}

TEST(Reference, where_everything_is_offered_the_put_is_refused_N4) {
  told run{{.queue_max = 1}};
  run(R"({"op":"connect","client":"a","ack":"explicit"})");
  run(R"({"op":"notify.put","to":"a","pack":1})");
  EXPECT_EQ(run.code(R"({"op":"notify.put","to":"a","pack":1})"), "target_full");
}

TEST(Reference, drain_answers_all_as_delivered_and_is_then_empty_N5) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1})");
  run(R"({"op":"notify.put","to":"a","pack":2})");
  auto drained = run(R"({"op":"notify.drain","client":"a"})")["notifications"];
  ASSERT_EQ(drained.size(), 2u);
  EXPECT_EQ(drained[0]["pack"], 1);
  EXPECT_EQ(drained[0]["state"], "delivered");
  EXPECT_EQ(drained[1]["attempts"], 0);
  EXPECT_TRUE(run(R"({"op":"notify.drain","client":"a"})")["notifications"].empty());
}

TEST(Reference, delivered_ones_are_remembered_up_to_a_bound_N6) {
  told run{{.delivered_max = 1}};
  run(R"({"op":"notify.put","to":"a","pack":1,"id":"1"})");
  run(R"({"op":"notify.put","to":"a","pack":2,"id":"2"})");
  run(R"({"op":"notify.drain","client":"a"})");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$1"})"), "not_found");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$2"})"), "ok");
}

TEST(Reference, only_those_concerned_may_ask_N6) {
  told run;
  for (const auto* name : {"a", "b", "c"})
    run(std::string{R"({"op":"connect","client":")"} + name + "\"}");
  run(R"({"op":"notify.put","as":"a","to":"b","pack":1,"id":"1"})");
  EXPECT_EQ(run.code(R"({"op":"notify.status","as":"a","trace":"$1"})"), "ok");
  EXPECT_EQ(run.code(R"({"op":"notify.status","as":"b","trace":"$1"})"), "ok");
  EXPECT_EQ(run.code(R"({"op":"notify.status","as":"c","trace":"$1"})"), "forbidden");
  EXPECT_EQ(run.code(R"({"op":"notify.status","ns":"x","trace":"$1"})"), "not_found");
  EXPECT_EQ(run.code(R"({"op":"notify.reply","as":"b","trace":"$1","reply":1})"), "not_a_suit");
}

TEST(Reference, a_reply_before_delivery_leaves_it_in_its_place_N7) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1,"suit":true,"id":"1"})");
  auto view = run(R"({"op":"notify.reply","trace":"$1","reply":null})")["notification"];
  EXPECT_EQ(view["state"], "replied");
  EXPECT_EQ(view["delivered"], false);
  EXPECT_TRUE(view.contains("reply"));
  EXPECT_EQ(run(R"({"op":"notify.pending","client":"a"})")["pending"], 1);
}

TEST(Reference, expired_is_one_tick_after_the_deadline_N8) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1,"ttl_ms":5,"id":"1"})");
  run(R"({"op":"advance","ms":5})");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$1"})"), "ok");
  run(R"({"op":"advance","ms":1})");
  EXPECT_EQ(run.code(R"({"op":"notify.status","trace":"$1"})"), "not_found");
  EXPECT_EQ(run(R"({"op":"notify.purge"})")["removed"], 1);
  EXPECT_EQ(run(R"({"op":"notify.purge"})")["removed"], 0);
}

TEST(Reference, a_cut_connection_gives_them_back_in_order_N10_N11) {
  told run;
  run(R"({"op":"connect","client":"a","ack":"explicit","max_inflight":2})");
  for (const auto* id : {"1", "2", "3"})
    run(std::string{R"({"op":"notify.put","to":"a","pack":1,"id":")"} + id + "\"}");
  EXPECT_EQ(run.pushed("a"), "");
  run(R"({"op":"notify.ack","as":"a","trace":"$2"})");
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$3");
  run(R"({"op":"cut","client":"a"})");
  EXPECT_EQ(run(R"({"op":"connect","client":"a","ack":"auto"})")["pending"], 2);
  EXPECT_EQ(run.pushed("a", "trace"), "deliver=$1 deliver=$3");
  EXPECT_EQ(run.output[1]["frame"]["attempts"], 2);
  EXPECT_EQ(run(R"({"op":"notify.ack","as":"a","trace":"$1"})")["late"], true);
}

TEST(Reference, each_step_is_told_once_N12) {
  told run;
  run(R"({"op":"connect","client":"s"})");
  run(R"({"op":"notify.put","as":"s","to":"a","pack":1,"suit":true,"receipts":true,"ttl_ms":9,"id":"1"})");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=queued");
  run(R"({"op":"connect","client":"a","ack":"explicit"})");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=offered");
  run(R"({"op":"connect","client":"a","ack":"auto"})");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=delivered");
  run(R"({"op":"notify.reply","as":"a","trace":"$1","reply":1})");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=replied");
  run(R"({"op":"notify.reply","as":"a","trace":"$1","reply":2})");
  EXPECT_EQ(run.pushed("s"), "");
  run(R"({"op":"advance","ms":100})");
  EXPECT_EQ(run.pushed("s", "state"), "receipt=expired");
  EXPECT_EQ(run.output[0]["t"], 9);
}

TEST(Reference, an_await_ends_by_reply_timeout_or_end_N13) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1,"suit":true,"ttl_ms":50,"id":"1"})");
  EXPECT_EQ(run.code(R"({"op":"notify.await","trace":"$1","timeout_ms":0})"), "timeout");
  EXPECT_TRUE(run(R"({"op":"notify.await","trace":"$1","timeout_ms":10,"id":"w"})").is_null());
  run(R"({"op":"advance","ms":10})");
  ASSERT_EQ(run.output.size(), 2u);
  EXPECT_EQ(run.output[0]["id"], "w");
  EXPECT_EQ(run.output[0]["error"]["code"], "timeout");
  run(R"({"op":"notify.await","trace":"$1","timeout_ms":1000,"id":"x"})");
  run(R"({"op":"notify.reply","trace":"$1","reply":7})");
  ASSERT_EQ(run.output.size(), 2u);
  EXPECT_EQ(write_exact(run.output[1]),
            R"({"t":10,"id":"x","ok":true,"reply":7,"replied_at_ms":10})");
  EXPECT_EQ(run(R"({"op":"notify.await","trace":"$1","timeout_ms":0})")["reply"], 7);
  run(R"({"op":"notify.put","to":"a","pack":1,"suit":true,"ttl_ms":5,"id":"2"})");
  run(R"({"op":"notify.await","trace":"$2","timeout_ms":1000,"id":"y"})");
  run(R"({"op":"advance","ms":6})");
  EXPECT_EQ(run.output[0]["error"]["code"], "not_found");
}

TEST(Reference, the_ninth_waiter_is_refused_N13) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1,"suit":true,"id":"1"})");
  for (int i = 0; i < 8; ++i)
    EXPECT_TRUE(run(R"({"op":"notify.await","trace":"$1","timeout_ms":10})").is_null());
  EXPECT_EQ(run.code(R"({"op":"notify.await","trace":"$1","timeout_ms":10})"), "too_many_waiters");
}

TEST(Reference, a_repeated_put_answers_the_first_N14) {
  told run;
  run(R"({"op":"notify.put","to":"a","pack":1,"message_id":"m","id":"1"})");
  auto again = run(R"({"op":"notify.put","to":"a","pack":2,"message_id":"m","id":"2"})");
  EXPECT_EQ(again["trace"], "$1");
  EXPECT_EQ(again["duplicate"], true);
  EXPECT_EQ(
      run(R"({"op":"notify.put","to":"a","from":"x","pack":2,"message_id":"m","id":"3"})")["trace"],
      "$3");
  EXPECT_EQ(run(R"({"op":"notify.pending","client":"a"})")["pending"], 2);
}

TEST(Reference, put_many_has_an_outcome_for_each_N17) {
  told run;
  auto rows =
      run(R"({"op":"notify.put_many","targets":["a","","b"],"pack":1,"id":"m"})")["outcomes"];
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["ok"], true);
  EXPECT_EQ(rows[1]["error"]["code"], "invalid_argument");
  EXPECT_EQ(rows[2]["to"], "b");
  EXPECT_NE(rows[0]["trace"], rows[2]["trace"]);
  EXPECT_EQ(run.code(R"({"op":"notify.put_many","targets":[],"pack":1})"), "invalid_argument");
}

} // namespace

} // namespace restante::simulation
