#include "restante/benchmarks/network/scenario.hpp"
#include "restante/benchmarks/network/stamped_payload.hpp"

#include <array>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t recent_max = 1'024; ///< number of puts whose send instants are kept

/// Senders and receivers. Each sender puts to its own receiver.
class pairs final : public observer {
public:
  pairs(dialect in, endpoint with, std::size_t count);

  /// Starts the first `active` senders, each with a given number of puts under way.
  void send(std::size_t active, std::size_t window, std::size_t backlog);
  void start_recording();
  void stop_recording() { recording_ = false; }
  /// Stops sending, and waits until every put has arrived and is answered.
  void finish();

  engine& loop() noexcept { return loop_; }
  std::uint64_t delivered() const noexcept { return delivered_; }
  std::vector<nanoseconds>& deliveries() noexcept { return deliveries_; }
  std::vector<nanoseconds>& answers() noexcept { return answers_; }

private:
  struct sender {
    std::unique_ptr<conversation> talks;
    std::uint32_t put = 0;
    std::uint32_t answered = 0;
    std::uint32_t delivered = 0;
    std::array<bench_clock::time_point, recent_max> put_at{};
  };

  void on_ready(conversation&) override { ++ready_; }
  void on_answer(conversation& of, std::uint64_t number) override;
  void on_delivery(conversation& to, std::string_view payload) override;
  void refill(std::size_t index);

  engine loop_;
  std::vector<sender> senders_;
  std::vector<std::unique_ptr<conversation>> receivers_;
  std::vector<std::string> addresses_;
  stamped_payload payload_;
  std::size_t ready_ = 0;
  std::size_t active_ = 0;
  std::size_t window_ = 0;
  std::size_t backlog_ = 0;
  bool recording_ = false;
  std::uint64_t delivered_ = 0;
  std::vector<nanoseconds> deliveries_;
  std::vector<nanoseconds> answers_;
};

pairs::pairs(dialect in, endpoint with, std::size_t count) : senders_(count) {
  for (std::size_t i = 0; i < count; ++i) {
    addresses_.push_back("receiver-" + std::to_string(i));
    role receiver{.client = addresses_[i], .has_inbox = true, .number = i};
    receivers_.push_back(converse(in, loop_, with, *this, std::move(receiver)));
    role sender{.client = "sender-" + std::to_string(i), .is_durable = true, .number = i};
    senders_[i].talks = converse(in, loop_, with, *this, std::move(sender));
  }
  wait_for(loop_, "everybody is connected", [&] { return ready_ == 2 * count; });
}

void pairs::send(std::size_t active, std::size_t window, std::size_t backlog) {
  active_ = active;
  window_ = window;
  backlog_ = backlog;
  for (std::size_t i = 0; i < active; ++i)
    refill(i);
}

void pairs::start_recording() {
  constexpr std::size_t expected = 1'000'000; // growing costs the client time
  for (auto* each : {&deliveries_, &answers_}) {
    each->clear();
    each->reserve(expected);
  }
  recording_ = true;
}

void pairs::finish() {
  active_ = 0;
  wait_for(loop_, "everything that was put is delivered and answered", [this] {
    for (const auto& each : senders_)
      if (each.answered != each.put || each.delivered != each.put)
        return false;
    return true;
  });
}

void pairs::refill(std::size_t index) {
  auto& from = senders_[index];
  while (index < active_ && from.put - from.answered < window_ &&
         from.put - from.delivered < backlog_) {
    const auto now = loop_.now();
    const auto number = from.talks->put(addresses_[index], payload_.write(now, from.put));
    from.put_at[number % recent_max] = now;
    ++from.put;
  }
}

void pairs::on_answer(conversation& of, std::uint64_t number) {
  const auto index = of.plays().number;
  auto& from = senders_[index];
  ++from.answered;
  if (recording_)
    answers_.push_back(loop_.now() - from.put_at[number % recent_max]);
  refill(index);
}

void pairs::on_delivery(conversation& to, std::string_view payload) {
  const auto index = to.plays().number;
  auto& from = senders_[index];
  const auto stamp = stamped_payload::read(payload);
  if (stamp.number != from.delivered)
    throw std::runtime_error("message " + std::to_string(stamp.number) + " came where " +
                             std::to_string(from.delivered) + " was due");
  ++from.delivered;
  ++delivered_;
  if (recording_)
    deliveries_.push_back(loop_.now() - stamp.at);
  refill(index);
}

std::vector<figure> rows() {
  const std::string name = "round";
  std::vector<figure> all{
      {name + "s", "thousand/s", better::higher, {goal::kind::ratio, 2}},
      {name + ": server CPU", "us each", better::lower, {goal::kind::ratio, 1}},
      {name + ": put to delivery, p50", "ms", better::lower},
      {name + ": put to delivery, p99", "ms", better::lower},
      {name + ": put to answer, p50", "ms", better::lower},
      {name + ": put to answer, p99", "ms", better::lower},
      {name + ": client CPU", "us each", better::lower},
  };
  add_cpu_figures(all, name);
  all.push_back({"lone round: put to delivery, p50", "us", better::lower});
  all.push_back({"lone round: put to delivery, p99", "us", better::lower});
  return all;
}

measured_values measure(const settings& set, dialect in, const server& with) {
  pairs all{in, with.at(), set.pairs};
  all.send(set.pairs, set.window, set.backlog);
  run_for(all.loop(), set.warm_up);
  const auto before = all.delivered();
  const cpu_meter meter{with};
  all.start_recording();
  run_for(all.loop(), set.measured);
  const auto cpu = meter.spent();
  const auto count = static_cast<double>(all.delivered() - before);
  all.stop_recording();
  all.finish();
  const auto delivery = summarize(all.deliveries());
  const auto answer = summarize(all.answers());
  measured_values row{count / cpu.seconds / 1e3,       cpu.server.total() / count * 1e6,
                      milliseconds(delivery.p50),      milliseconds(delivery.p99),
                      milliseconds(answer.p50),        milliseconds(answer.p99),
                      cpu.client.total() / count * 1e6};
  add_cpu_values(row, cpu);

  all.send(1, 1, 1);
  run_for(all.loop(), set.warm_up / 4);
  all.start_recording();
  run_for(all.loop(), set.measured / 3);
  all.finish();
  const auto lone = summarize(all.deliveries());
  row.push_back(microseconds(lone.p50));
  row.push_back(microseconds(lone.p99));
  return row;
}

} // namespace

network_scenario notification_rounds(const settings& set) {
  const auto count = std::to_string(set.pairs);
  return {"rounds",
          count + " senders, each putting to one of " + count + " receivers, at most " +
              std::to_string(set.window) + " unanswered and " + std::to_string(set.backlog) +
              " undelivered; 100-byte payloads; every delivery acknowledged on its own",
          rows(), [set](dialect in, const server& with) { return measure(set, in, with); }};
}

} // namespace restante::benchmarks::network
