#include "restante/benchmarks/scenarios.hpp"

#include "restante/benchmarks/harness.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace restante::benchmarks {

namespace {

using namespace std::chrono_literals;
using body = std::vector<double> (*)(const subject_factory&, bool quick);

const std::vector<std::byte> pack(100, std::byte{'x'});
const std::vector<std::byte> small_payload(20, std::byte{'y'});

template <class Duration>
double as_us(Duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}

template <class Duration>
double as_ms(Duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

std::vector<std::string> names(std::string_view prefix, std::size_t count) {
  std::vector<std::string> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(std::string{prefix} + std::to_string(i));
  return made;
}

void expect(bool as_it_should_be, const char* otherwise) {
  if (!as_it_should_be)
    throw std::runtime_error(otherwise);
}

/// Puts 100 notifications to every target, spread over the threads; then all targets are drained.
std::vector<double> put_and_drain(const subject_factory& make, std::size_t threads) {
  constexpr std::size_t per_target = 100;
  const auto targets = names("target-", 1'000);
  const auto all = targets.size() * per_target;
  const auto tested = make(all);
  std::vector<std::unique_ptr<session>> sessions;
  for (std::size_t i = 0; i < threads; ++i)
    sessions.push_back(tested->open_session("sender-" + std::to_string(i)));
  std::vector<session::totals> totals(threads);
  const auto puts = timed_threads(threads, [&](std::size_t mine) {
    auto& own = *sessions[mine];
    for (std::size_t round = 0; round < per_target; ++round)
      for (auto i = mine; i < targets.size(); i += threads)
        own.put(targets[i], pack, 0ms);
    totals[mine].accepted = own.await_answers().accepted;
  });
  const auto drains = timed_threads(threads, [&](std::size_t mine) {
    auto& own = *sessions[mine];
    for (auto i = mine; i < targets.size(); i += threads)
      own.drain(targets[i]);
    totals[mine].drained = own.await_answers().drained;
  });
  session::totals sum;
  for (const auto& each : totals) {
    sum.accepted += each.accepted;
    sum.drained += each.drained;
  }
  expect(sum.accepted == all, "not every put was accepted");
  expect(sum.drained == all, "not every notification was drained");
  return {static_cast<double>(all) / (puts + drains) / 1e6};
}

template <std::size_t Threads>
std::vector<double> put_and_drain_by(const subject_factory& make, bool) {
  return put_and_drain(make, Threads);
}

std::vector<double> lone_put(const subject_factory& make, bool) {
  constexpr std::size_t count = 900; // below the cap: nothing is evicted
  const auto tested = make(4 * count);
  tested->put_chain("warm-chain", pack, count);
  tested->put_blocking("warm-blocking", pack, count);
  const auto chained = summarize(tested->put_chain("chain", pack, count));
  const auto blocking = summarize(tested->put_blocking("blocking", pack, count));
  return {as_us(chained.p50), as_us(chained.p99), as_us(blocking.p50), as_us(blocking.p99)};
}

std::vector<double> fan_out(const subject_factory& make, bool) {
  constexpr std::size_t rounds = 20;
  const auto tested = make(0);
  const auto clients = names("subscriber-", 10'000);
  countdown events{clients.size() * rounds};
  for (const auto& each : clients)
    tested->subscribe(tested->connect(each), "room", events);
  const auto owner = tested->connect("owner");
  const auto start = bench_clock::now();
  for (std::size_t i = 0; i < rounds; ++i)
    tested->set(owner, "room", "typing", small_payload);
  const std::chrono::duration<double> taken = events.wait() - start;
  tested->await_sets();
  return {static_cast<double>(clients.size() * rounds) / taken.count() / 1e6};
}

std::vector<double> list_one_topic(const subject_factory& make, bool) {
  constexpr std::size_t keys = 10;
  const auto tested = make(0);
  const auto topics = names("topic-", 10'000);
  const auto key_names = names("key-", keys);
  for (std::size_t i = 0; i < topics.size(); i += 25) { // 250 keys each, below the cap
    const auto owner = tested->connect("owner-" + std::to_string(i));
    for (std::size_t j = i; j < i + 25; ++j)
      for (const auto& key : key_names)
        tested->set(owner, topics[j], key, small_payload);
    tested->await_sets();
  }
  std::vector<std::chrono::nanoseconds> samples;
  const auto until = bench_clock::now() + 500ms;
  for (std::size_t i = 0; samples.size() < 20 || bench_clock::now() < until; ++i) {
    const auto start = bench_clock::now();
    const auto listed = tested->list(topics[i * 7919 % topics.size()]);
    samples.push_back(bench_clock::now() - start);
    expect(listed == keys, "the list is not complete");
  }
  return {as_us(summarize(samples).p50)};
}

/// A million puts expire at one instant while another thread puts 5,000 per second. Waits count
/// from the instant at which a put was due (no coordinated omission).
std::vector<double> expiry_stall(const subject_factory& make, bool quick) {
  constexpr std::size_t per_target = 100;
  constexpr auto interval = 200us;
  const auto targets = names("away-", quick ? 1'000 : 10'000);
  const auto all = targets.size() * per_target;
  const auto tested = make(all);
  const auto filler = tested->open_session("filler");
  const auto deadline = bench_clock::now() + (quick ? 2s : 8s);
  for (std::size_t round = 0; round < per_target; ++round)
    for (const auto& to : targets)
      filler->put(to, pack,
                  std::chrono::ceil<std::chrono::milliseconds>(deadline - bench_clock::now()));
  expect(filler->await_answers().accepted == all, "not every put was accepted");
  expect(bench_clock::now() + 100ms < deadline, "filled too slowly to see the expiry");

  const auto busy = names("busy-", 100);
  const auto putter = tested->open_session("putter");
  std::atomic<bool> expired = false;
  double taken = 0;
  std::jthread janitor{[&] {
    std::this_thread::sleep_until(deadline + 2ms);
    const auto start = bench_clock::now();
    tested->await_expired(all);
    taken = as_ms(bench_clock::now() - start);
    expired = true;
  }};
  auto due = deadline;
  const auto least = deadline + 2s;
  for (std::size_t i = 0; !expired || due < least; ++i, due += interval) {
    std::this_thread::sleep_until(due);
    putter->put_due(busy[i % busy.size()], pack, due);
  }
  janitor.join();
  const auto waits = summarize(putter->take_latencies());
  return {as_ms(waits.p999), as_ms(waits.longest), taken};
}

std::vector<double> cut(const subject_factory& make, bool) {
  constexpr std::size_t keys = 256;
  constexpr std::size_t rounds = 20;
  constexpr std::size_t subscribers = 10;
  const auto tested = make(0);
  const auto key_names = names("key-", keys);
  const auto clients = names("subscriber-", subscribers);
  std::vector<subject::connection_id> connections;
  for (const auto& each : clients)
    connections.push_back(tested->connect(each));
  std::vector<std::unique_ptr<countdown>> counts; // the countdown must outlive late events
  std::vector<std::chrono::nanoseconds> samples;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto topic = "room-" + std::to_string(round);
    const auto owner = tested->connect("owner-" + std::to_string(round));
    for (const auto& key : key_names)
      tested->set(owner, topic, key, small_payload);
    tested->await_sets();
    counts.push_back(std::make_unique<countdown>(keys * subscribers));
    for (const auto who : connections)
      tested->subscribe(who, topic, *counts.back());
    const auto start = bench_clock::now();
    tested->cut(owner);
    samples.push_back(counts.back()->wait() - start);
  }
  const auto taken = summarize(samples);
  return {as_ms(taken.p50), as_ms(taken.longest)};
}

std::vector<double> absent_clients(const subject_factory& make, bool quick) {
  const std::size_t count = quick ? 100'000 : 1'000'000;
  const auto tested = make(0);
  const auto putter = tested->open_session("sender");
  const auto resident = resident_bytes();
  const auto heap = heap_bytes();
  const auto ends = bench_clock::now() + (quick ? 3s : 20s);
  for (std::size_t i = 0; i < count; ++i) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends - bench_clock::now());
    putter->put("absent-client-" + std::to_string(i), pack, left);
    if (i % 10'000 == 0)
      putter->await_answers(); // operations under way must not count as retained memory
  }
  putter->await_answers();
  std::this_thread::sleep_for(100ms);
  const auto each = [count](std::size_t now, std::size_t before) {
    return static_cast<double>(now - std::min(now, before)) / static_cast<double>(count);
  };
  const auto kept = each(resident_bytes(), resident);
  expect(bench_clock::now() < ends, "filled too slowly: some have expired already");
  std::this_thread::sleep_until(ends + 2ms);
  tested->await_expired(count);
  std::this_thread::sleep_for(500ms);
  return {kept, each(heap_bytes(), heap)};
}

std::vector<double> connected_clients(const subject_factory& make, bool) {
  constexpr std::size_t count = 10'000;
  constexpr auto watched = 5s;
  const auto tested = make(0);
  tested->connect("first"); // one-time allocations must not count
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < count; ++i)
    tested->connect("idle-client-" + std::to_string(i));
  std::this_thread::sleep_for(1s);
  const auto resident = resident_bytes();
  const auto used = cpu_seconds();
  std::this_thread::sleep_for(watched);
  const auto busy = cpu_seconds() - used;
  return {static_cast<double>(resident - before) / count,
          busy / std::chrono::duration<double>(watched).count() * 100};
}

goal times(double amount) {
  return {goal::kind::ratio, amount};
}
goal value(double amount) {
  return {goal::kind::value, amount};
}

} // namespace

void add_scenarios(suite& to, const subject_factory& baseline, const subject_factory& restante) {
  const auto bind = [&to](const subject_factory& make, body measured) -> measurement {
    if (!make)
      return {};
    return [make, measured, quick = to.quick()] { return measured(make, quick); };
  };
  const auto both = [&](std::string name, body measured, std::vector<figure> figures,
                        std::size_t repetitions = 5) {
    to.add({std::move(name), std::move(figures), bind(baseline, measured), bind(restante, measured),
            repetitions, false, repetitions > 3});
  };
  const auto rate = "M notifications/s";
  both("put_drain/1", put_and_drain_by<1>, {{"put + drain, 1 thread", rate}}, 9);
  both("put_drain/2", put_and_drain_by<2>, {{"put + drain, 2 threads", rate}}, 9);
  both("put_drain/4", put_and_drain_by<4>, {{"put + drain, 4 threads", rate}}, 9);
  to.add({{"put + drain, best thread count", rate, better::higher, times(0.7)},
          {"put + drain, 1 thread", "put + drain, 2 threads", "put + drain, 4 threads"}});
  both("lone_put", lone_put,
       {{"lone put from a callback, p50", "us", better::lower, value(20)},
        {"lone put from a callback, p99", "us", better::lower},
        {"lone put, blocking, p50", "us", better::lower, value(150)},
        {"lone put, blocking, p99", "us", better::lower}});
  both("fan_out", fan_out, {{"one event to 10,000", "M deliveries/s", better::higher, value(3)}});
  both("list", list_one_topic, {{"list of 1 in 10,000 topics", "us", better::lower, times(300)}});
  both("expiry", expiry_stall,
       {{"put wait during expiry, p99.9", "ms", better::lower, value(2)},
        {"put wait during expiry, longest", "ms", better::lower},
        {"until all have gone", "ms", better::lower}},
       3);
  both("cut", cut,
       {{"256 keys cut, last event, p50", "ms", better::lower, value(1)},
        {"256 keys cut, last event, longest", "ms", better::lower}});
  // Hash tables keep their buckets when they become empty; that memory counts as zero here.
  to.add({"absent",
          {{"absent client with one notification", "bytes", better::lower, value(3 * 1024)},
           {"absent client with none", "bytes", better::lower, value(32)}},
          bind(baseline, absent_clients),
          bind(restante, absent_clients),
          1,
          true,
          false});
  // The baseline has no connections.
  to.add({"connected",
          {{"connected idle client", "bytes", better::lower, value(6 * 1024)},
           {"idle with 10,000 connected", "% of a core", better::lower, value(0.5)}},
          {},
          bind(restante, connected_clients),
          1,
          true,
          false});
}

} // namespace restante::benchmarks
