#include "restante/broker/cli/bench_text.hpp"
#include "restante/broker/cli/latencies.hpp"
#include "restante/broker/cli/progress_bar.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <sstream>

namespace restante::cli {

namespace {

TEST(Latencies, of_none_all_is_zero) {
  const latencies none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.percentile(50), duration{0});
  EXPECT_EQ(none.longest(), duration{0});
}

TEST(Latencies, small_ones_are_exact) {
  latencies some;
  for (int ns = 1; ns <= 50; ++ns)
    some.add(duration{ns});
  EXPECT_EQ(some.percentile(0), duration{1});
  EXPECT_EQ(some.percentile(2), duration{1});
  EXPECT_EQ(some.percentile(2.1), duration{2});
  EXPECT_EQ(some.percentile(50), duration{25});
  EXPECT_EQ(some.percentile(99), duration{50});
  EXPECT_EQ(some.percentile(100), duration{50});
}

TEST(Latencies, one_is_all_its_percentiles) {
  latencies one;
  one.add(std::chrono::milliseconds{7});
  for (const double percent : {0.0, 50.0, 99.0, 100.0})
    EXPECT_EQ(one.percentile(percent), std::chrono::milliseconds{7});
}

TEST(Latencies, percentiles_are_never_below_and_at_most_a_thirty_second_above) {
  std::mt19937_64 random{1};
  std::lognormal_distribution<double> drawn{12, 3};
  latencies counted;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(static_cast<std::int64_t>(drawn(random)));
    counted.add(duration{all.back()});
  }
  std::ranges::sort(all);
  EXPECT_EQ(counted.longest().count(), all.back());
  for (const double percent : {1.0, 10.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto rank = static_cast<std::size_t>(std::ceil(all.size() * percent / 100)) - 1;
    const auto told = counted.percentile(percent).count();
    EXPECT_GE(told, all[rank]) << percent;
    EXPECT_LE(told, all[rank] + all[rank] / 32 + 1) << percent;
  }
}

TEST(Latencies, the_ends_of_the_range_have_their_places) {
  latencies ends;
  ends.add(duration{-5});
  ends.add(duration::max());
  EXPECT_EQ(ends.percentile(50), duration{0});
  EXPECT_EQ(ends.percentile(100), duration::max());
}

TEST(ProgressBar, fills_up_within_the_line) {
  EXPECT_EQ(bar_text(0, "x", 15), "[----------] x");
  EXPECT_EQ(bar_text(0.5, "x", 15), "[#####-----] x");
  EXPECT_EQ(bar_text(1, "x", 15), "[##########] x");
  EXPECT_EQ(bar_text(7, "x", 15), "[##########] x");
  for (std::size_t width = 1; width < 100; ++width)
    EXPECT_LT(bar_text(0.3, "3.0/10 s 41234/s", width).size(), width);
}

TEST(ProgressBar, where_it_is_not_wanted_nothing_is_drawn) {
  std::ostringstream out;
  {
    progress_bar bar{out, false};
    bar.draw(0.5, "half");
  }
  EXPECT_EQ(out.str(), "");
}

TEST(ProgressBar, it_leaves_an_empty_line) {
  std::ostringstream out;
  {
    progress_bar bar{out, true};
    bar.draw(0.5, "half");
  }
  EXPECT_TRUE(out.str().starts_with("\r\x1b[K[")) << out.str();
  EXPECT_TRUE(out.str().ends_with("half\r\x1b[K")) << out.str();
}

bench_result some_result() {
  load_flags how;
  how.connections = 2;
  tally done;
  for (int ms = 1; ms <= 4; ++ms)
    done.done.add(std::chrono::milliseconds{ms});
  done.refused = 3;
  return result_of(how, done, std::chrono::milliseconds{500});
}

TEST(BenchText, for_people) {
  const auto text = table_text(some_result());
  EXPECT_TRUE(text.starts_with("mode        put, 2 connections, pipeline 16, 128 bytes, 0.5 s\n"
                               "operations  4, 3 refused, 0 unfinished\n"
                               "throughput  8/s\n"
                               "latency     p50 2."))
      << text;
  EXPECT_TRUE(text.ends_with("max 4.000 ms")) << text;
}

TEST(BenchText, for_scripts) {
  const auto json = nlohmann::json::parse(json_text(some_result()));
  EXPECT_EQ(json["mode"], "put");
  EXPECT_EQ(json["operations"], 4);
  EXPECT_EQ(json["refused"], 3);
  EXPECT_EQ(json["per_second"], 8.0);
  EXPECT_EQ(json["latency_ms"]["max"], 4.0);
  EXPECT_NEAR(json["latency_ms"]["p50"].get<double>(), 2.0, 0.1);
}

TEST(BenchText, no_time_at_all_divides_nothing) {
  EXPECT_EQ(bench_result{}.per_second(), 0);
  EXPECT_EQ(progress_text(5, duration{0}, 10), "0.0/10 s 0/s");
}

TEST(Tally, a_refusal_that_will_pass_is_counted_and_one_that_will_not_ends_it) {
  tally done;
  done.refuse({errc::overloaded, ""});
  EXPECT_FALSE(done.trouble());
  done.refuse({errc::forbidden, ""});
  ASSERT_TRUE(done.trouble());
  EXPECT_EQ(done.trouble()->code(), exit_code::not_allowed);
  done.fail(bad_usage("later"));
  EXPECT_EQ(done.trouble()->code(), exit_code::not_allowed);
  EXPECT_EQ(done.refused, 2U);
}

} // namespace

} // namespace restante::cli
