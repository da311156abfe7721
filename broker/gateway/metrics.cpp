#include "restante/broker/gateway/metrics.hpp"

#include "restante/broker/version.hpp"
#include "restante/messages/json/writer.hpp"

#include <cstdint>
#include <fstream>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace restante::gateway {

namespace {

enum class kind { gauge, counter };

/// One figure: its short name is that of the JSON, the long one is made of it.
struct figure {
  std::string_view name;
  kind what;
  std::uint64_t value;
  std::string_view help;
};

std::vector<figure> figures(const broker_stats& core, const gateway_stats& net) {
  using enum kind;
  return {
      {"connections", gauge, core.connections, "Client connections, detached ones too."},
      {"clients", gauge, core.clients, "Clients connected, or with something kept."},
      {"topics", gauge, core.topics, "Topics with keys or subscribers."},
      {"waiting", gauge, core.waiting, "Notifications that are not delivered yet."},
      {"actors", gauge, core.actors, "Actors of the broker."},
      {"memory_bytes", gauge, core.memory_bytes, "Memory as counted against limits.memory_bytes."},
      {"puts", counter, core.puts, "Notifications accepted."},
      {"delivered", counter, core.delivered, "Notifications acknowledged."},
      {"evicted", counter, core.evicted, "Notifications evicted at a full target."},
      {"expired", counter, core.expired, "Notifications expired, delivered ones too."},
      {"refused_overloaded", counter, core.refused_overloaded, "Operations refused: overloaded."},
      {"events", counter, core.events, "Events on topics."},
      {"clears", counter, core.clears, "Keys that went, for whatever reason."},
      {"crashes", counter, core.crashes, "Actors that failed: always a bug."},
      {"sockets", gauge, net.sockets, "Sockets open."},
      {"websockets", gauge, net.websockets, "Sockets that are WebSockets."},
      {"sockets_accepted", counter, net.accepted, "Sockets accepted."},
      {"sockets_refused", counter, net.refused_sockets, "Sockets refused beyond sockets_max."},
      {"http_requests", counter, net.http_requests, "HTTP requests, upgrades too."},
      {"frames_in", counter, net.frames_in, "Frames received."},
      {"frames_out", counter, net.frames_out, "Frames sent."},
      {"bytes_in", counter, net.bytes_in, "Bytes of frames received."},
      {"bytes_out", counter, net.bytes_out, "Bytes of frames sent."},
      {"bad_frames", counter, net.bad_frames, "Frames that could not be read."},
      {"unauthenticated", counter, net.unauthenticated, "Tokens refused."},
      {"foreign", counter, net.foreign, "Requests refused for their Origin or Host."},
      {"lost_silent", counter, net.lost_silent, "Connections lost without a pong (4012)."},
      {"lost_stalled", counter, net.lost_stalled, "Connections that took no byte (4008)."},
  };
}

void add(std::string& page, std::string_view name, kind what, std::string_view help,
         const std::string& value) {
  page.append("# HELP ").append(name).append(1, ' ').append(help).append("\n# TYPE ");
  page.append(name).append(what == kind::gauge ? " gauge\n" : " counter\n");
  page.append(name).append(1, ' ').append(value).append(1, '\n');
}

/// Resident memory of the process, bytes; 0 where /proc does not tell.
std::uint64_t resident_bytes() {
  std::uint64_t whole = 0;
  std::uint64_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> whole >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return std::to_string(seconds(used.ru_utime) + seconds(used.ru_stime));
}

} // namespace

std::string prometheus_page(const broker_stats& core, const gateway_stats& net) {
  std::string page;
  for (const auto& one : figures(core, net)) {
    std::string name{"restante_"};
    name += one.name;
    if (one.what == kind::counter)
      name += "_total";
    add(page, name, one.what, one.help, std::to_string(one.value));
  }
  page += "# HELP restante_build_info The version, as a label.\n# TYPE restante_build_info gauge\n";
  page.append("restante_build_info{version=\"").append(version).append("\"} 1\n");
  add(page, "process_resident_memory_bytes", kind::gauge, "Resident memory.",
      std::to_string(resident_bytes()));
  add(page, "process_cpu_seconds_total", kind::counter, "User and system time.", cpu_seconds());
  return page;
}

std::string stats_page(const broker_stats& core, const gateway_stats& net) {
  json::writer out;
  out.text("version", version);
  for (const auto& one : figures(core, net))
    out.number(one.name, one.value);
  return std::move(out).object() + "\n";
}

} // namespace restante::gateway
