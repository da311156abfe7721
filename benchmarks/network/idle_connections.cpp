#include "restante/benchmarks/network/scenario.hpp"

#include <algorithm>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr std::size_t connecting_max = 64;        ///< below the listen backlog of every server
constexpr std::size_t per_source = 10'000;        ///< one address has 28,232 ports by default
constexpr std::chrono::seconds ping_interval{10}; ///< Restante's default, used for the MQTT clients
constexpr std::chrono::milliseconds step{100};
constexpr std::chrono::seconds settling{2};

/// Clients that connect and then send only signs of life.
class crowd final : public observer {
public:
  crowd(dialect in, endpoint with) : dialect_(in), with_(with) {}

  /// Opens up to `count` connections; fewer when this process or the server has no descriptors
  /// left.
  void gather(std::size_t count);
  /// Does the timed work: each MQTT client sends one ping per interval.
  void idle(std::chrono::duration<double> time);

  std::size_t size() const noexcept { return ready_; }
  std::uint64_t pings() const;

private:
  void on_ready(conversation&) override { ++ready_; }
  void on_lost(conversation& lost, const std::string& why) override;
  bool add();

  dialect dialect_;
  endpoint with_;
  engine loop_;
  std::vector<std::unique_ptr<conversation>> clients_;
  std::size_t ready_ = 0;
  std::size_t refused_ = 0;
  bool gathering_ = true;
};

void crowd::gather(std::size_t count) {
  bool room = true;
  while (room && clients_.size() < count && refused_ == 0) {
    while (room && clients_.size() < count && clients_.size() - ready_ - refused_ < connecting_max)
      room = add();
    const auto before = ready_ + refused_;
    wait_for(loop_, "one more is connected", [&] { return ready_ + refused_ > before; });
  }
  wait_for(loop_, "everybody is connected or refused",
           [this] { return ready_ + refused_ == clients_.size(); });
  std::erase_if(clients_, [](const auto& each) { return !each->is_open(); });
  gathering_ = false;
}

bool crowd::add() {
  const auto number = clients_.size();
  role plays{.client = "idle-" + std::to_string(number),
             .keep_alive_s = static_cast<std::uint16_t>(ping_interval.count()),
             .source = static_cast<std::uint8_t>(1 + number / per_source),
             .number = number};
  try {
    clients_.push_back(converse(dialect_, loop_, with_, *this, std::move(plays)));
  } catch (const std::system_error&) { // no descriptor left
    return false;
  }
  return true;
}

void crowd::on_lost(conversation& lost, const std::string& why) {
  if (!gathering_)
    return observer::on_lost(lost, why);
  ++refused_;
}

void crowd::idle(std::chrono::duration<double> time) {
  const auto start = bench_clock::now();
  const auto steps = static_cast<std::size_t>(ping_interval / step);
  for (std::size_t i = 0; bench_clock::now() - start < time; ++i) {
    for (auto each = i % steps; each < clients_.size(); each += steps)
      clients_[each]->keep_alive();
    loop_.run_until([] { return false; }, start + (i + 1) * step);
  }
}

std::uint64_t crowd::pings() const {
  std::uint64_t sum = 0;
  for (const auto& each : clients_)
    sum += each->pings();
  return sum;
}

std::vector<figure> rows() {
  const std::string name = "idle";
  std::vector<figure> all{
      {name + ": connections", "", better::higher},
      {name + ": user memory of one", "KiB", better::lower, {goal::kind::value, 10}},
      {name + ": resident growth of one", "KiB", better::lower},
      {name + ": proportional growth of one", "KiB", better::lower},
      {name + ": user time", "% of a core", better::lower, {goal::kind::value, 2}},
      {name + ": system time", "% of a core", better::lower},
      {name + ": pings, of each connection", "", better::higher},
      {name + ": connected", "thousand/s", better::higher},
  };
  add_cpu_figures(all, name);
  return all;
}

measured_values measure(const settings& set, dialect in, const server& with) {
  crowd all{in, with.at()};
  const auto before = with.memory();
  const auto start = bench_clock::now();
  all.gather(set.idle_connections);
  const std::chrono::duration<double> gathered = bench_clock::now() - start;
  if (all.size() == 0)
    throw std::runtime_error("no connection was accepted");
  all.idle(settling);
  const auto pings = all.pings();
  const cpu_meter meter{with};
  all.idle(set.idle);
  const auto cpu = meter.spent();
  const auto after = with.memory();

  const auto count = static_cast<double>(all.size());
  const auto growth = [count](std::size_t later, std::size_t earlier) {
    return (static_cast<double>(later) - static_cast<double>(earlier)) / count / 1024;
  };
  // The written or the private memory of the process: the greater of the two.
  const auto own = std::max(growth(after.private_dirty, before.private_dirty),
                            growth(after.anonymous, before.anonymous));
  measured_values row{count,
                      own,
                      growth(after.resident, before.resident),
                      growth(after.proportional, before.proportional),
                      cpu.server.user / cpu.seconds * 100,
                      cpu.server.system / cpu.seconds * 100,
                      static_cast<double>(all.pings() - pings) / count,
                      count / gathered.count() / 1e3};
  add_cpu_values(row, cpu);
  return row;
}

} // namespace

network_scenario idle_connections(const settings& set) {
  return {"idle",
          "up to " + std::to_string(set.idle_connections) +
              " connections that say nothing, a ping each 10 s (by the broker in Restante, by the "
              "client in MQTT), watched for " +
              std::to_string(static_cast<int>(set.idle.count())) + " s",
          rows(), [set](dialect in, const server& with) { return measure(set, in, with); }, 1};
}

} // namespace restante::benchmarks::network
