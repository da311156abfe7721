// The figures of a journal, as the Prometheus page and the JSON page show them.

#include "restante/broker/gateway/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace restante::gateway {

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

broker_stats with_journal() {
  broker_stats seen;
  auto& kept = seen.journal.emplace();
  kept.commits = 6;
  kept.failures = 2;
  kept.changes = 40;
  kept.commit_us = 2'001'250;
  kept.latencies.front() = 1;
  kept.latencies[2] = 3;
  kept.latencies.back() = 2;
  kept.slots_to_restore = 7;
  kept.free_bytes = 1ULL << 40;
  kept.is_failing = true;
  kept.slots_damaged = 2;
  kept.waiting_bytes = 77;
  return seen;
}

/// Gives each counter a distinct number, from `first` on.
template <template <class> class Counts>
void number(Counts<std::uint64_t>& of, std::uint64_t first) {
  for (const auto& row : Counts<std::uint64_t>::rows())
    of.*row.member = first++;
}

/// Expects each counter on both pages, with its number.
template <template <class> class Counts>
void expect_shown(const std::string& page, const nlohmann::json& json, std::uint64_t first) {
  for (const auto& row : Counts<std::uint64_t>::rows()) {
    const auto* total = row.kind == figure_kind::counter ? "_total " : " ";
    const auto line = "\nrestante_" + std::string{row.name} + total + std::to_string(first) + "\n";
    EXPECT_THAT(page, HasSubstr(line));
    EXPECT_EQ(json.at(std::string{row.name}), first) << row.name;
    ++first;
  }
}

} // namespace

TEST(Metrics, W8_every_counter_has_its_line_on_both_pages) {
  broker_stats core;
  gateway_stats net;
  number<broker_counts>(core, 1'000);
  number<gateway_counts>(net, 2'000);
  number<journal_counts>(core.journal.emplace(), 3'000);
  const auto page = "\n" + prometheus_page(core, net);
  const auto json = nlohmann::json::parse(stats_page(core, net));
  expect_shown<broker_counts>(page, json, 1'000);
  expect_shown<gateway_counts>(page, json, 2'000);
  expect_shown<journal_counts>(page, json, 3'000);
}

TEST(Metrics, W8_each_bucket_of_the_latencies_has_all_that_are_shorter) {
  const auto page = prometheus_page(with_journal(), {});
  EXPECT_THAT(page, HasSubstr("# TYPE restante_journal_commit_seconds histogram\n"
                              "restante_journal_commit_seconds_bucket{le=\"0.0001\"} 1\n"
                              "restante_journal_commit_seconds_bucket{le=\"0.00025\"} 1\n"
                              "restante_journal_commit_seconds_bucket{le=\"0.0005\"} 4\n"
                              "restante_journal_commit_seconds_bucket{le=\"0.001\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("restante_journal_commit_seconds_bucket{le=\"1\"} 4\n"
                              "restante_journal_commit_seconds_bucket{le=\"+Inf\"} 6\n"
                              "restante_journal_commit_seconds_sum 2.00125\n"
                              "restante_journal_commit_seconds_count 6\n"));
  EXPECT_THAT(page, HasSubstr("\nrestante_journal_failures_total 2\n"));
  EXPECT_THAT(page, HasSubstr("\nrestante_journal_slots_to_restore 7\n"));
  EXPECT_THAT(page, HasSubstr("\nrestante_journal_free_bytes 1099511627776\n"));
}

TEST(Metrics, W8_the_json_has_the_same_figures) {
  const auto page = nlohmann::json::parse(stats_page(with_journal(), {}));
  EXPECT_EQ(page["journal_commits"], 6);
  EXPECT_EQ(page["journal_changes"], 40);
  EXPECT_EQ(page["journal_commit_seconds"]["sum"], 2.00125);
  EXPECT_EQ(page["journal_commit_seconds"]["count"], 6);
  EXPECT_EQ(page["journal_commit_seconds"]["buckets"]["0.0005"], 4);
  EXPECT_EQ(page["journal_commit_seconds"]["buckets"]["+Inf"], 6);
}

TEST(Metrics, W8_the_limits_stand_beside_the_figures_that_they_bound) {
  auto core = with_journal();
  core.bounds.memory_bytes = 1'000'000;
  core.bounds.connections = 9;
  core.output_limit_bytes = 250'000;
  gateway_stats net;
  net.sockets_max = 50;
  net.log_lines_dropped = 3;
  const auto page = prometheus_page(core, net);
  for (const auto* line :
       {"restante_memory_limit_bytes 1000000", "restante_output_limit_bytes 250000",
        "restante_connections_limit 9", "restante_sockets_limit 50",
        "restante_log_lines_dropped_total 3", "restante_journal_failing 1",
        "restante_journal_slots_damaged 2", "restante_journal_waiting_bytes 77",
        "restante_journal_waiting_changes_limit 65536"})
    EXPECT_THAT(page, HasSubstr("\n" + std::string{line} + "\n"));
  EXPECT_EQ(nlohmann::json::parse(stats_page(core, net))["memory_limit_bytes"], 1'000'000);
}

TEST(Metrics, W8_ready_says_what_is_wrong) {
  EXPECT_EQ(readiness_text({}), "ready\n");
  EXPECT_EQ(readiness_text({.is_failing = true, .slots_damaged = 0}),
            "ready, but the journal fails: what is to be kept is refused\n");
  EXPECT_EQ(readiness_text({.is_failing = false, .slots_damaged = 2}),
            "ready, but 2 slots of the journal are damaged: their clients are refused\n");
}

TEST(Metrics, W8_without_a_journal_there_is_nothing_of_it) {
  EXPECT_THAT(prometheus_page({}, {}), Not(HasSubstr("journal")));
  EXPECT_THAT(stats_page({}, {}), Not(HasSubstr("journal")));
}

} // namespace restante::gateway
