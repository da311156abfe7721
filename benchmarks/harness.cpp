#include "restante/benchmarks/harness.hpp"

#include <algorithm>
#include <barrier>
#include <cmath>
#include <exception>
#include <fstream>
#include <malloc.h>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace restante::benchmarks {

latency_summary summarize(std::vector<std::chrono::nanoseconds> samples) {
  if (samples.empty())
    return {};
  std::sort(samples.begin(), samples.end());
  const auto at = [&samples](double quantile) {
    const auto rank = std::ceil(quantile * static_cast<double>(samples.size()));
    return samples[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  };
  return {at(0.5), at(0.99), at(0.999), samples.back()};
}

std::size_t resident_bytes() {
  std::ifstream pages{"/proc/self/statm"};
  std::size_t total = 0;
  std::size_t resident = 0;
  if (!(pages >> total >> resident))
    throw std::runtime_error("cannot read /proc/self/statm");
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t heap_bytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void keep_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 32 << 20); // the greatest value that glibc accepts
  mallopt(M_TOP_PAD, 64 << 20);
}

double timed_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::barrier start{static_cast<std::ptrdiff_t>(count + 1)};
  std::vector<std::exception_ptr> thrown(count);
  bench_clock::time_point begin;
  {
    std::vector<std::jthread> threads;
    for (std::size_t index = 0; index < count; ++index)
      threads.emplace_back([&, index] {
        start.arrive_and_wait();
        try {
          work(index);
        } catch (...) {
          thrown[index] = std::current_exception();
        }
      });
    begin = bench_clock::now();
    start.arrive_and_wait();
  }
  const std::chrono::duration<double> taken = bench_clock::now() - begin;
  for (const auto& each : thrown)
    if (each)
      std::rethrow_exception(each);
  return taken.count();
}

void countdown::arrive() {
  if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  const auto now = bench_clock::now();
  const std::lock_guard guard{mutex_};
  complete_ = true;
  completed_at_ = now;
  changed_.notify_all();
}

bench_clock::time_point countdown::wait(std::chrono::seconds limit) {
  std::unique_lock guard{mutex_};
  if (!changed_.wait_for(guard, limit, [this] { return complete_; }))
    throw std::runtime_error("not everything arrived in time");
  return completed_at_;
}

} // namespace restante::benchmarks
