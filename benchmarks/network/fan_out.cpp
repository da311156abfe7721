#include "restante/benchmarks/network/scenario.hpp"
#include "restante/benchmarks/network/stamped_payload.hpp"

#include <array>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

using std::chrono::nanoseconds;

constexpr const char* topic = "news";
constexpr std::size_t window_max = 64;

/// One publisher and the subscribers of one topic.
class audience final : public observer {
public:
  audience(dialect in, endpoint with, std::size_t size, std::size_t window);

  void start();
  void start_recording();
  /// Stops publishing, and waits until every subscriber has received every message.
  void finish();

  engine& loop() noexcept { return loop_; }
  std::uint64_t delivered() const noexcept { return delivered_; }
  std::vector<nanoseconds>& completions() noexcept { return completions_; }

private:
  void on_ready(conversation&) override { ++ready_; }
  void on_delivery(conversation& to, std::string_view payload) override;
  void on_push(conversation&, std::string_view frame) override;
  void publish_next();

  engine loop_;
  std::unique_ptr<conversation> publisher_;
  std::vector<std::unique_ptr<conversation>> subscribers_;
  std::vector<std::uint32_t> received_; ///< events received by each subscriber
  std::array<std::size_t, window_max> received_by_{};
  stamped_payload payload_;
  std::size_t window_;
  std::size_t ready_ = 0;
  std::uint32_t published_ = 0;
  std::uint32_t completed_ = 0;
  bool publishing_ = false;
  bool recording_ = false;
  std::uint64_t delivered_ = 0;
  std::vector<nanoseconds> completions_;
};

audience::audience(dialect in, endpoint with, std::size_t size, std::size_t window)
    : received_(size), window_(window) {
  publisher_ = converse(in, loop_, with, *this, {.client = "publisher"});
  for (std::size_t i = 0; i < size; ++i) {
    role subscriber{.client = "subscriber-" + std::to_string(i), .topic = topic, .number = i};
    subscribers_.push_back(converse(in, loop_, with, *this, std::move(subscriber)));
  }
  wait_for(loop_, "everybody has subscribed", [&] { return ready_ == size + 1; });
}

void audience::start() {
  publishing_ = true;
  for (std::size_t i = 0; i < window_; ++i)
    publish_next();
}

void audience::start_recording() {
  recording_ = true;
}

void audience::finish() {
  publishing_ = false;
  recording_ = false;
  wait_for(loop_, "everything is delivered", [this] { return completed_ == published_; });
}

void audience::publish_next() {
  if (!publishing_)
    return;
  received_by_[published_ % window_max] = 0;
  publisher_->publish(topic, payload_.write(loop_.now(), published_));
  ++published_;
}

void audience::on_delivery(conversation& to, std::string_view payload) {
  const auto stamp = stamped_payload::read(payload);
  auto& due = received_[to.plays().number];
  if (stamp.number != due)
    throw std::runtime_error("message " + std::to_string(stamp.number) + " came where " +
                             std::to_string(due) + " was due");
  ++due;
  ++delivered_;
  if (++received_by_[stamp.number % window_max] < subscribers_.size())
    return;
  ++completed_;
  if (recording_)
    completions_.push_back(loop_.now() - stamp.at);
  publish_next();
}

void audience::on_push(conversation&, std::string_view frame) {
  throw std::runtime_error("something else than a message: " + std::string{frame});
}

std::vector<figure> rows(const std::string& name) {
  std::vector<figure> all{
      {name + ": deliveries", "thousand/s", better::higher},
      {name + ": per core of server CPU", "thousand/s", better::higher, {goal::kind::ratio, 1}},
      {name + ": server CPU", "us each", better::lower},
      {name + ": publish to last delivery, p50", "ms", better::lower},
      {name + ": publish to last delivery, p99", "ms", better::lower},
      {name + ": client CPU", "us each", better::lower},
  };
  add_cpu_figures(all, name);
  return all;
}

measured_values measure(const settings& set, std::size_t window, dialect in, const server& with) {
  audience all{in, with.at(), set.subscribers, window};
  all.start();
  run_for(all.loop(), set.warm_up);
  const auto before = all.delivered();
  const cpu_meter meter{with};
  all.start_recording();
  run_for(all.loop(), set.measured);
  const auto cpu = meter.spent();
  const auto count = static_cast<double>(all.delivered() - before);
  all.finish();
  const auto completion = summarize(all.completions());
  measured_values row{count / cpu.seconds / 1e3,        count / cpu.server.total() / 1e3,
                      cpu.server.total() / count * 1e6, milliseconds(completion.p50),
                      milliseconds(completion.p99),     cpu.client.total() / count * 1e6};
  add_cpu_values(row, cpu);
  return row;
}

} // namespace

network_scenario fan_out(const settings& set, std::size_t window) {
  const auto name = "fan-out" + (window == 1 ? std::string{} : "-" + std::to_string(window));
  return {name,
          "one publisher, " + std::to_string(set.subscribers) +
              " subscribers, 100-byte messages, " + std::to_string(window) + " on the way at once",
          rows(name),
          [set, window](dialect in, const server& with) { return measure(set, window, in, with); }};
}

} // namespace restante::benchmarks::network
