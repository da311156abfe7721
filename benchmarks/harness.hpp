#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

/// Shared by all benchmarks: latencies, memory, CPU time, and threads that start together.
namespace restante::benchmarks {

using bench_clock = std::chrono::steady_clock;

struct latency_summary {
  std::chrono::nanoseconds p50{};
  std::chrono::nanoseconds p99{};
  std::chrono::nanoseconds p999{};
  std::chrono::nanoseconds longest{};
};

/// Percentiles by nearest rank; all zero for no samples.
latency_summary summarize(std::vector<std::chrono::nanoseconds> samples);

/// Resident memory of this process.
std::size_t resident_bytes();

/// Bytes that the allocator has handed out. Resident memory also includes freed memory; this figure
/// does not.
std::size_t heap_bytes();

/// User and system time of all threads of this process.
double cpu_seconds();

/// Makes the allocator keep freed memory, as in a process that has run for a while. Without this,
/// page faults of fresh memory are a third of what is measured.
void keep_freed_memory();

/// Runs `work(index)` in `count` threads that start together. Returns the seconds from the start to
/// the end of the last thread. Rethrows an exception of a thread.
double timed_threads(std::size_t count, const std::function<void(std::size_t)>& work);

/// Counts arrivals in any thread and records the instant of the last arrival.
class countdown {
public:
  explicit countdown(std::size_t expected) : left_(expected) {}

  /// Arrivals beyond the expected number are ignored, so receivers that continue to receive may
  /// share a countdown.
  void arrive();

  /// The instant of the last expected arrival; throws after `limit`.
  bench_clock::time_point wait(std::chrono::seconds limit = std::chrono::seconds{60});

private:
  std::atomic<std::ptrdiff_t> left_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool complete_ = false;
  bench_clock::time_point completed_at_{};
};

} // namespace restante::benchmarks
