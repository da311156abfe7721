#include "restante/broker/gateway/metrics.hpp"

#include "restante/broker/api/version.hpp"
#include "restante/messages/json/writer.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
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
      {"connections_limit", gauge, core.bounds.connections, "Their limit; 0 is none."},
      {"clients", gauge, core.clients, "Clients connected, or with something kept."},
      {"topics", gauge, core.topics, "Topics with keys or subscribers."},
      {"waiting", gauge, core.waiting, "Notifications that are not delivered yet."},
      {"actors", gauge, core.actors, "Actors of the broker."},
      {"memory_bytes", gauge, core.memory_bytes, "Memory as counted against its limit."},
      {"memory_limit_bytes", gauge, core.bounds.memory_bytes, "The limit of memory_bytes."},
      {"namespace_memory_limit_bytes", gauge, core.bounds.namespace_memory_bytes,
       "The same of each namespace."},
      {"memory_limits_met", counter, core.memory_limits, "Times that no room was found in one."},
      {"output_bytes", gauge, core.output_bytes, "Output that its readers have not taken yet."},
      {"output_limit_bytes", gauge, core.output_limit_bytes, "The limit of output_bytes."},
      {"puts", counter, core.puts, "Notifications accepted."},
      {"delivered", counter, core.delivered, "Notifications acknowledged."},
      {"evicted", counter, core.evicted, "Notifications evicted at a full target."},
      {"expired", counter, core.expired, "Notifications expired, delivered ones too."},
      {"refused_overloaded", counter, core.refused_overloaded, "Operations refused: overloaded."},
      {"events", counter, core.events, "Events on topics."},
      {"clears", counter, core.clears, "Keys that went, for whatever reason."},
      {"clock_steps", counter, core.clock_steps, "Times that the wall clock was set."},
      {"crashes", counter, core.crashes, "Actors that failed: always a bug."},
      {"sockets", gauge, net.sockets, "Sockets open."},
      {"sockets_limit", gauge, net.sockets_max, "The limit of sockets."},
      {"websockets", gauge, net.websockets, "Sockets that are WebSockets."},
      {"sockets_accepted", counter, net.accepted, "Sockets accepted."},
      {"sockets_refused", counter, net.refused_sockets, "Sockets refused beyond sockets_max."},
      {"http_requests", counter, net.http_requests, "HTTP requests, upgrades too."},
      {"frames_in", counter, net.frames_in, "Frames received."},
      {"frames_out", counter, net.frames_out, "Frames sent."},
      {"bytes_in", counter, net.bytes_in, "Bytes of frames received."},
      {"bytes_out", counter, net.bytes_out, "Bytes of frames sent."},
      {"bad_frames", counter, net.bad_frames, "Frames that could not be read."},
      {"unauthenticated", counter, net.unauthenticated, "Requests without a good token."},
      {"tokens_missing", counter, net.tokens_missing, "Of these, those without any."},
      {"tokens_expired", counter, net.tokens_expired, "Of these, those whose token had ended."},
      {"foreign", counter, net.foreign, "Requests refused for their Origin or Host."},
      {"lost_silent", counter, net.lost_silent, "Connections lost without a pong (4012)."},
      {"lost_stalled", counter, net.lost_stalled, "Connections that took no byte (4008)."},
      {"log_lines_dropped", counter, net.log_lines_dropped, "Lines that could not be logged."},
  };
}

std::vector<figure> figures(const journal_stats& seen, const limits& bounds) {
  using enum kind;
  return {
      {"journal_commits", counter, seen.commits, "Commits to the data directory."},
      {"journal_changes", counter, seen.changes, "Changes committed: puts, acks and so on."},
      {"journal_failures", counter, seen.failures, "Failures of the data directory or its disk."},
      {"journal_failing", gauge, seen.is_failing ? 1U : 0U, "1 while it cannot write."},
      {"journal_waiting_changes", gauge, seen.waiting_changes, "Changes on their way to the disk."},
      {"journal_waiting_changes_limit", gauge, bounds.journal_waiting_changes, "Their limit."},
      {"journal_waiting_bytes", gauge, seen.waiting_bytes, "The same in bytes."},
      {"journal_waiting_bytes_limit", gauge, bounds.journal_waiting_bytes, "Their limit."},
      {"journal_slots_damaged", gauge, seen.slots_damaged, "Slots that are refused."},
      {"journal_slots_to_restore", gauge, seen.slots_to_restore, "Slots not restored yet."},
      {"journal_bytes", gauge, seen.bytes, "Size of the data directory."},
      {"journal_free_bytes", gauge, seen.free_bytes, "Free space on its disk."},
  };
}

/// All of them, in the order in which they are shown.
std::vector<figure> all_figures(const broker_stats& core, const gateway_stats& net) {
  auto all = figures(core, net);
  if (core.journal) {
    const auto more = figures(*core.journal, core.bounds);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

/// Microseconds as seconds, as short as it goes.
std::string seconds_of(std::uint64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.15g", static_cast<double>(us) / 1e6);
  return text.data();
}

/// How many commits took no longer than a bound; `+Inf`: all of them.
struct bucket {
  std::string bound;
  std::uint64_t count;
};

std::vector<bucket> buckets(const journal_stats& seen) {
  std::vector<bucket> all;
  std::uint64_t count = 0;
  for (std::size_t n = 0; n < seen.latencies.size(); ++n) {
    count += seen.latencies[n];
    const auto& bounds = journal_counters::bounds_us;
    all.push_back({n < bounds.size() ? seconds_of(bounds[n]) : "+Inf", count});
  }
  return all;
}

constexpr std::string_view latency = "journal_commit_seconds";

void add_latencies(std::string& page, const journal_stats& seen) {
  const std::string name = "restante_" + std::string{latency};
  page += "# HELP " + name + " Time that a commit took.\n# TYPE " + name + " histogram\n";
  const auto all = buckets(seen);
  for (const auto& one : all)
    page += name + "_bucket{le=\"" + one.bound + "\"} " + std::to_string(one.count) + "\n";
  page += name + "_sum " + seconds_of(seen.commit_us) + "\n";
  page += name + "_count " + std::to_string(all.back().count) + "\n";
}

std::string latencies_json(const journal_stats& seen) {
  json::writer counts;
  const auto all = buckets(seen);
  for (const auto& one : all)
    counts.number(one.bound, one.count);
  json::writer out;
  out.raw("sum", seconds_of(seen.commit_us))
      .number("count", all.back().count)
      .raw("buckets", std::move(counts).object());
  return std::move(out).object();
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

std::string readiness_text(const journal_condition& journal) {
  std::string text{"ready"};
  if (journal.is_failing)
    text += ", but the journal fails: what is to be kept is refused";
  if (journal.slots_damaged > 0)
    text += ", but " + std::to_string(journal.slots_damaged) +
            " slots of the journal are damaged: their clients are refused";
  return text + "\n";
}

std::string prometheus_page(const broker_stats& core, const gateway_stats& net) {
  std::string page;
  for (const auto& one : all_figures(core, net)) {
    std::string name{"restante_"};
    name += one.name;
    if (one.what == kind::counter)
      name += "_total";
    add(page, name, one.what, one.help, std::to_string(one.value));
  }
  if (core.journal)
    add_latencies(page, *core.journal);
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
  for (const auto& one : all_figures(core, net))
    out.number(one.name, one.value);
  if (core.journal)
    out.raw(latency, latencies_json(*core.journal));
  return std::move(out).object() + "\n";
}

} // namespace restante::gateway
