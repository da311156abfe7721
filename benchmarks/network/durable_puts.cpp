#include "restante/benchmarks/disk.hpp"
#include "restante/benchmarks/network/scenario.hpp"
#include "restante/benchmarks/network/stamped_payload.hpp"

namespace restante::benchmarks::network {

namespace {

using std::chrono::nanoseconds;

/// Senders to many targets. Each sender waits for an answer before the next put.
class lone_senders final : public observer {
public:
  lone_senders(dialect in, endpoint with, const settings& set);

  /// Starts sending with the first `active` senders.
  void send(std::size_t active);
  void start_recording();
  /// Stops sending, and waits until every put is answered.
  void finish();

  engine& loop() noexcept { return loop_; }
  std::uint64_t answered() const noexcept { return answered_; }
  const std::vector<nanoseconds>& answers() const noexcept { return answers_; }

private:
  struct sender {
    std::unique_ptr<conversation> talks;
    bench_clock::time_point put_at;
  };

  void on_ready(conversation&) override { ++ready_; }
  void on_answer(conversation& of, std::uint64_t) override;
  void put(sender& from);

  engine loop_;
  std::vector<std::string> targets_;
  std::vector<sender> senders_;
  stamped_payload payload_;
  std::size_t ready_ = 0;
  std::size_t active_ = 0;
  std::size_t next_target_ = 0;
  std::uint32_t put_ = 0;
  std::uint64_t answered_ = 0;
  bool recording_ = false;
  std::vector<nanoseconds> answers_;
};

lone_senders::lone_senders(dialect in, endpoint with, const settings& set)
    : senders_(set.durable_senders) {
  for (std::size_t i = 0; i < set.durable_targets; ++i)
    targets_.push_back("target-" + std::to_string(i));
  for (std::size_t i = 0; i < senders_.size(); ++i) {
    role plays{.client = "sender-" + std::to_string(i), .number = i};
    senders_[i].talks = converse(in, loop_, with, *this, std::move(plays));
  }
  wait_for(loop_, "everybody is connected", [&] { return ready_ == senders_.size(); });
}

void lone_senders::send(std::size_t active) {
  active_ = active;
  for (std::size_t i = 0; i < active; ++i)
    put(senders_[i]);
}

void lone_senders::start_recording() {
  constexpr std::size_t expected = 1'000'000; // growing costs the client time
  answers_.clear();
  answers_.reserve(expected);
  recording_ = true;
}

void lone_senders::finish() {
  active_ = 0;
  recording_ = false;
  wait_for(loop_, "everything that was put is answered", [this] { return answered_ == put_; });
}

void lone_senders::put(sender& from) {
  from.put_at = loop_.now();
  from.talks->put(targets_[next_target_], payload_.write(from.put_at, put_));
  next_target_ = (next_target_ + 1) % targets_.size();
  ++put_;
}

void lone_senders::on_answer(conversation& of, std::uint64_t) {
  const auto index = of.plays().number;
  auto& from = senders_[index];
  ++answered_;
  if (recording_)
    answers_.push_back(loop_.now() - from.put_at);
  if (index < active_)
    put(from);
}

std::vector<figure> rows(double target) {
  const std::string name = "durable put";
  std::vector<figure> all{
      {name + "s", "thousand/s", better::higher, {goal::kind::ratio, target}},
      {name + ": put to answer, p50", "ms", better::lower},
      {name + ": put to answer, p99", "ms", better::lower},
      {name + ": server CPU", "us each", better::lower},
      {name + ": client CPU", "us each", better::lower},
  };
  add_cpu_figures(all, name);
  all.push_back({"lone durable put: put to answer, p50", "ms", better::lower});
  all.push_back({"the disk: 4 KiB appended and synced before", "/s", better::higher});
  return all;
}

measured_values measure(const settings& set, dialect in, const server& with) {
  const auto syncs = syncs_per_second(with.place(), set.warm_up);
  lone_senders all{in, with.at(), set};
  all.send(set.durable_senders);
  run_for(all.loop(), set.warm_up);
  const auto before = all.answered();
  const cpu_meter meter{with};
  all.start_recording();
  run_for(all.loop(), set.measured);
  const auto cpu = meter.spent();
  const auto count = static_cast<double>(all.answered() - before);
  const auto answer = summarize(all.answers());
  all.finish();
  measured_values row{count / cpu.seconds / 1e3, milliseconds(answer.p50), milliseconds(answer.p99),
                      cpu.server.total() / count * 1e6, cpu.client.total() / count * 1e6};
  add_cpu_values(row, cpu);

  all.send(1);
  run_for(all.loop(), set.warm_up / 4);
  all.start_recording();
  run_for(all.loop(), set.measured / 3);
  row.push_back(milliseconds(summarize(all.answers()).p50));
  all.finish();
  row.push_back(syncs);
  return row;
}

} // namespace

network_scenario durable_puts(const settings& set, party rival, double target) {
  const auto count = std::to_string(set.durable_senders);
  network_scenario made{
      "durable-" + std::string{name_of(rival)},
      count + " senders, each waiting for its answer before the next put, to " +
          std::to_string(set.durable_targets) + " targets in turn; 100-byte payloads",
      rows(target), [set](dialect in, const server& with) { return measure(set, in, with); }};
  made.rival = rival;
  made.kept = storage::disk;
  return made;
}

} // namespace restante::benchmarks::network
