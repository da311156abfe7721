#include "restante/benchmarks/durable/embedded.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

namespace restante::benchmarks::durable {

namespace {

using std::chrono::nanoseconds;

/// State that all senders share.
struct crowd {
  std::size_t targets = 0;
  std::atomic<std::size_t> next_target = 0;
  std::atomic<bool> is_stopping = false;
  std::atomic<std::size_t> sending = 0;
  std::atomic<std::uint64_t> answered = 0;
  std::atomic<errc> failed = errc::none;
};

/// Sends the next put when the last one is answered, in the thread of the answer.
class sender {
public:
  sender(broker& at, std::string name, crowd& among)
      : among_(among), own_(at.connect({.client = std::move(name)})) {
    expect_fine(own_.connected().get().code(), "connect");
  }

  void put() {
    put_at_ = bench_clock::now();
    const auto target = among_.next_target.fetch_add(1, std::memory_order_relaxed);
    own_.put(request_for(target % among_.targets),
             [this](const outcome<put_receipt>& got) { on_answer(got.code()); });
  }

  /// Called after the last answer.
  const std::vector<nanoseconds>& latencies() const { return latencies_; }

private:
  void on_answer(errc code) {
    latencies_.push_back(bench_clock::now() - put_at_); // one at a time
    if (code != errc::none)
      among_.failed.store(code);
    among_.answered.fetch_add(1, std::memory_order_relaxed);
    if (code != errc::none || among_.is_stopping.load(std::memory_order_relaxed))
      among_.sending.fetch_sub(1);
    else
      put();
  }

  crowd& among_;
  bench_clock::time_point put_at_;
  std::vector<nanoseconds> latencies_;
  connection own_;
};

} // namespace

options broker_options(const std::filesystem::path& journal) {
  std::filesystem::create_directories(journal);
  options how;
  how.data_directory = journal.string();
  how.limits.memory_bytes = std::uint64_t{64} << 30;
  how.limits.namespace_memory_bytes = how.limits.memory_bytes;
  return how;
}

std::string target_name(std::size_t number) {
  return "target-" + std::to_string(number);
}

put_request request_for(std::size_t target) {
  static const auto pack = std::string(pack_bytes, 'x');
  put_request made;
  made.to = target_name(target);
  made.pack = body::bytes(std::as_bytes(std::span{pack}));
  return made;
}

void expect_fine(errc code, const char* what) {
  if (code != errc::none)
    throw std::runtime_error(std::string{what} + ": " + std::string{to_string(code)});
}

put_rate put_at_once(broker& at, std::size_t senders, std::size_t targets,
                     std::chrono::duration<double> time) {
  crowd all;
  all.targets = targets;
  std::vector<std::unique_ptr<sender>> each;
  for (std::size_t n = 0; n < senders; ++n)
    each.push_back(std::make_unique<sender>(at, "sender-" + std::to_string(n), all));
  const auto before = at.stats().journal;
  const auto cpu_before = cpu_seconds();
  const auto start = bench_clock::now();
  all.sending.store(senders);
  for (const auto& one : each)
    one->put();
  std::this_thread::sleep_for(time);
  const auto count = static_cast<double>(all.answered.load());
  const std::chrono::duration<double> taken = bench_clock::now() - start;
  const auto cpu = cpu_seconds() - cpu_before;
  const auto after = at.stats().journal;
  all.is_stopping.store(true);
  while (all.sending.load() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  expect_fine(all.failed.load(), "put");
  std::vector<nanoseconds> latencies;
  for (const auto& one : each)
    latencies.insert(latencies.end(), one->latencies().begin(), one->latencies().end());
  const auto commits = static_cast<double>(after->commits - before->commits);
  const auto commit_us = static_cast<double>(after->commit_us - before->commit_us);
  return {count / taken.count(),           count / commits,   commit_us / commits,
          commit_us / 1e6 / taken.count(), cpu / count * 1e6, summarize(std::move(latencies))};
}

latency_summary put_alone(broker& at, std::size_t targets, std::chrono::duration<double> time) {
  const auto own = std::make_unique<connection>(at.connect({.client = "lone-sender"}));
  expect_fine(own->connected().get().code(), "connect");
  std::vector<nanoseconds> latencies;
  std::size_t target = 0;
  const auto start = bench_clock::now();
  for (auto now = start; now - start < time; now = bench_clock::now()) {
    expect_fine(own->put(request_for(target++ % targets)).get().code(), "put");
    latencies.push_back(bench_clock::now() - now);
  }
  return summarize(std::move(latencies));
}

} // namespace restante::benchmarks::durable
