#include "restante/broker/server/event_limiter.hpp"

#include <gtest/gtest.h>

namespace restante::serve {
namespace {

using namespace std::chrono_literals;
using verdict = event_limiter::verdict;

const event_limiter::time_point start{1h};

} // namespace

TEST(EventLimiter, S8_twenty_warnings_of_a_kind_are_written_and_the_next_is_left_out) {
  event_limiter limits;
  for (int n = 0; n < 20; ++n)
    EXPECT_EQ(limits.judge(severity::warning, "accept_failed", "x", start), verdict::write);
  EXPECT_EQ(limits.judge(severity::warning, "accept_failed", "x", start), verdict::leave_out_first);
  EXPECT_EQ(limits.judge(severity::warning, "accept_failed", "x", start), verdict::leave_out);
  EXPECT_EQ(limits.judge(severity::warning, "accept_failed", "y", start), verdict::write);
  EXPECT_EQ(limits.judge(severity::error, "reload_failed", "x", start), verdict::write);
}

TEST(EventLimiter, one_that_goes_on_for_an_hour_is_some_lines_a_minute) {
  event_limiter limits;
  int written = 0;
  for (auto at = start; at < start + 1h; at += 100ms) {
    if (limits.judge(severity::warning, "accept_failed", "", at) == verdict::write)
      ++written;
  }
  EXPECT_EQ(written, 20 + 360 - 1);
}

TEST(EventLimiter, what_was_left_out_is_summed_up_a_minute_later) {
  event_limiter limits;
  for (int n = 0; n < 50; ++n)
    limits.judge(severity::warning, "accept_failed", "x", start);
  EXPECT_EQ(limits.next_summary(), start + event_limiter::period);
  EXPECT_TRUE(limits.take_summaries(start + 59s).empty());
  const auto due = limits.take_summaries(start + 60s);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].event, "accept_failed");
  EXPECT_EQ(due[0].reason, "x");
  EXPECT_EQ(due[0].lines, 30U);
  EXPECT_EQ(due[0].how, severity::warning);
  EXPECT_EQ(limits.next_summary(), std::nullopt);
  EXPECT_TRUE(limits.take_summaries(start + 600s).empty());
}

TEST(EventLimiter, ordinary_events_may_come_a_thousand_at_once) {
  event_limiter limits;
  for (int n = 0; n < 1000; ++n)
    EXPECT_EQ(limits.judge(severity::info, "connection_closed", "left", start), verdict::write);
  EXPECT_EQ(limits.judge(severity::info, "connection_closed", "left", start),
            verdict::leave_out_first);
}

TEST(EventLimiter, S8_beyond_its_kinds_the_reason_does_not_count) {
  event_limiter limits;
  for (std::size_t n = 0; n < event_limiter::kinds_max; ++n)
    limits.judge(severity::warning, "token_refused", std::to_string(n), start);
  int written = 0;
  for (int n = 0; n < 100; ++n) {
    if (limits.judge(severity::warning, "token_refused", "new " + std::to_string(n), start) ==
        verdict::write)
      ++written;
  }
  EXPECT_EQ(written, 20);
}

} // namespace restante::serve
