#include "restante/benchmarks/network/scenario.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t topics = 20;
constexpr std::size_t keys_each = 10;
constexpr std::size_t subscribers_each = 5; ///< subscribers of one topic

std::string topic_of(std::size_t index) {
  return "room-" + std::to_string(index % topics);
}

/// Owners of keys whose connections are cut one by one, and the subscribers that receive the
/// clears. MQTT has no such keys, so there each owner has one will.
class rooms final : public observer {
public:
  rooms(dialect in, endpoint with, std::size_t owners);

  /// Each owner sets its keys; waits until every subscriber has seen them.
  void furnish();
  /// The time from closing the connection until the last subscriber has the last clear.
  nanoseconds cut(std::size_t owner, ending how);
  /// Throws unless each clear arrived exactly once.
  void check_end();

private:
  void on_ready(conversation&) override { ++ready_; }
  void on_answer(conversation&, std::uint64_t) override { ++answers_; }
  void on_push(conversation&, std::string_view frame) override;
  void on_delivery(conversation&, std::string_view will) override;

  engine loop_;
  const std::size_t clears_each_; ///< over all subscribers, of one owner
  std::vector<std::unique_ptr<conversation>> owners_;
  std::vector<std::unique_ptr<conversation>> subscribers_;
  std::size_t ready_ = 0;
  std::size_t answers_ = 0;
  std::size_t sets_ = 0;
  std::size_t clears_ = 0;
  std::string expected_; ///< the owners whose keys may be cleared now
};

rooms::rooms(dialect in, endpoint with, std::size_t owners)
    : clears_each_(subscribers_each * (in == dialect::ws ? keys_each : 1)) {
  for (std::size_t i = 0; i < topics * subscribers_each; ++i) {
    role subscriber{.client = "subscriber-" + std::to_string(i), .topic = topic_of(i)};
    subscribers_.push_back(converse(in, loop_, with, *this, std::move(subscriber)));
  }
  for (std::size_t i = 0; i < owners; ++i) {
    role owner{.client = "owner-" + std::to_string(i), .will_topic = topic_of(i)};
    owners_.push_back(converse(in, loop_, with, *this, std::move(owner)));
  }
  const auto all = owners + subscribers_.size();
  wait_for(loop_, "everybody is connected", [&] { return ready_ == all; });
}

void rooms::furnish() {
  for (std::size_t i = 0; i < owners_.size(); ++i)
    for (std::size_t key = 0; key < keys_each; ++key)
      owners_[i]->set_key(topic_of(i), owners_[i]->plays().client + "/" + std::to_string(key));
  const auto all = owners_.size() * keys_each;
  wait_for(loop_, "every key is set and seen",
           [&] { return answers_ == all && sets_ == all * subscribers_each; });
}

nanoseconds rooms::cut(std::size_t owner, ending how) {
  const auto due = clears_ + clears_each_;
  expected_ = owners_[owner]->plays().client;
  const auto start = bench_clock::now();
  loop_.close(*owners_[owner], how);
  wait_for(loop_, "every clear has come", [&] { return clears_ == due; });
  return loop_.now() - start;
}

void rooms::check_end() {
  run_for(loop_, std::chrono::milliseconds{100});
  if (clears_ != owners_.size() * clears_each_)
    throw std::runtime_error("a clear came twice");
}

void rooms::on_push(conversation&, std::string_view frame) {
  constexpr std::string_view set = R"({"_orama":"ephemeral.set")";
  constexpr std::string_view clear = R"({"_orama":"ephemeral.clear")";
  if (frame.starts_with(set)) {
    ++sets_;
    return;
  }
  if (!frame.starts_with(clear) || frame.find(R"("reason":"disconnect")") == frame.npos ||
      frame.find("\"client_id\":\"" + expected_ + "\"") == frame.npos)
    throw std::runtime_error("not the clear that was due: " + std::string{frame});
  ++clears_;
}

void rooms::on_delivery(conversation&, std::string_view will) {
  if (will != expected_)
    throw std::runtime_error("not the will that was due: " + std::string{will});
  ++clears_;
}

std::vector<figure> rows() {
  const std::string name = "lost to cleared";
  std::vector<figure> all{
      {name + ", p50", "ms", better::lower},
      {name + ", p99", "ms", better::lower, {goal::kind::value, 5}},
      {name + ", p999", "ms", better::lower},
      {name + ", longest", "ms", better::lower},
  };
  add_cpu_figures(all, name);
  return all;
}

measured_values measure(const settings& set, dialect in, const server& with) {
  rooms all{in, with.at(), set.owners};
  if (in == dialect::ws)
    all.furnish();
  std::vector<nanoseconds> samples;
  const cpu_meter meter{with};
  for (std::size_t i = 0; i < set.owners; ++i)
    samples.push_back(all.cut(i, i / topics % 2 == 0 ? ending::fin : ending::rst));
  const auto cpu = meter.spent();
  all.check_end();
  const auto taken = summarize(std::move(samples));
  measured_values row{milliseconds(taken.p50), milliseconds(taken.p99), milliseconds(taken.p999),
                      milliseconds(taken.longest)};
  add_cpu_values(row, cpu);
  return row;
}

} // namespace

network_scenario lost_connections(const settings& set) {
  return {"lost",
          std::to_string(set.owners) +
              " connections with 10 keys each on one of 20 topics with 5 subscribers, closed one "
              "at a time, half of them by a reset; from the close to the last subscriber's last "
              "clear (Mosquitto: one will each instead of 10 keys)",
          rows(), [set](dialect in, const server& with) { return measure(set, in, with); }};
}

} // namespace restante::benchmarks::network
