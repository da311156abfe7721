#include "restante/benchmarks/network/scenario.hpp"

#include <algorithm>
#include <stdexcept>

namespace restante::benchmarks::network {

const char* name_of(party which) {
  switch (which) {
  case party::mosquitto:
    return "mosquitto";
  case party::redis:
    return "redis";
  case party::jetstream:
    return "jetstream";
  case party::jetstream_synced:
    return "jetstream-synced";
  case party::restante:
    return "restante";
  }
  throw std::logic_error("nobody");
}

dialect dialect_of(party which) {
  switch (which) {
  case party::mosquitto:
    return dialect::mqtt;
  case party::redis:
    return dialect::resp;
  case party::jetstream:
  case party::jetstream_synced:
    return dialect::nats;
  case party::restante:
    return dialect::ws;
  }
  throw std::logic_error("nobody");
}

cpu_meter::cpu_meter(const server& watched)
    : server_(watched), start_(bench_clock::now()), server_start_(watched.cpu()),
      client_start_(own_cpu()), machine_start_(machine_cpu()) {}

spent_cpu cpu_meter::spent() const {
  const auto since = [](const cpu_time& now, const cpu_time& then) {
    return cpu_time{now.user - then.user, now.system - then.system};
  };
  spent_cpu spent;
  spent.seconds = std::chrono::duration<double>(bench_clock::now() - start_).count();
  spent.server = since(server_.cpu(), server_start_);
  spent.client = since(own_cpu(), client_start_);
  const auto known = spent.server.total() + spent.client.total();
  spent.others = std::max(0.0, machine_cpu() - machine_start_ - known);
  return spent;
}

void add_cpu_figures(std::vector<figure>& rows, const std::string& scenario) {
  rows.push_back({scenario + ": server, user", "cores", better::lower});
  rows.push_back({scenario + ": server, system", "cores", better::lower});
  rows.push_back({scenario + ": client", "cores", better::lower});
  rows.push_back({scenario + std::string{others_row}, "cores", better::lower});
}

void add_cpu_values(measured_values& row, const spent_cpu& cpu) {
  row.push_back(cpu.server.user / cpu.seconds);
  row.push_back(cpu.server.system / cpu.seconds);
  row.push_back(cpu.client.total() / cpu.seconds);
  row.push_back(cpu.others / cpu.seconds);
}

double milliseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

double microseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(time.count()) / 1e3;
}

void wait_for(engine& loop, const char* what, const std::function<bool()>& done,
              std::chrono::seconds limit) {
  if (!loop.run_until(done, bench_clock::now() + limit))
    throw std::runtime_error(std::string{"not within the limit: "} + what);
}

void run_for(engine& loop, std::chrono::duration<double> time) {
  loop.run_until([] { return false; },
                 bench_clock::now() + std::chrono::duration_cast<std::chrono::nanoseconds>(time));
}

} // namespace restante::benchmarks::network
