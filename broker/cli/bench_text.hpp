#pragma once

#include "restante/broker/cli/bench_load.hpp"

#include <string>

namespace restante::cli {

/// The results of a load.
struct bench_result {
  std::string mode;
  std::uint32_t connections = 0;
  std::uint32_t pipeline = 0;
  std::uint32_t bytes = 0;
  double seconds = 0;
  std::uint64_t operations = 0;
  std::uint64_t refused = 0;
  std::uint64_t unfinished = 0;
  double p50_ms = 0;
  double p90_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;

  double per_second() const { return seconds > 0 ? static_cast<double>(operations) / seconds : 0; }
};

bench_result result_of(const load_flags& how, const tally& done, duration worked);

/// A table for people, without the last line end.
std::string table_text(const bench_result& result);

/// `{"mode":…,"connections":…,…,"latency_ms":{"p50":…,"p90":…,"p99":…,"max":…}}`
std::string json_text(const bench_result& result);

/// `3.0/10 s 41234/s`: the text beside the bar.
std::string progress_text(std::uint64_t operations, duration passed, double seconds);

} // namespace restante::cli
