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

/// One figure. The short name is used in JSON, and the long name is made from it.
struct figure {
  std::string_view name;
  figure_kind kind;
  std::uint64_t value;
  std::string_view help;
};

using figures = std::vector<figure>;

template <template <class> class Counts>
void add_counts(figures& all, const Counts<std::uint64_t>& of) {
  for (const auto& row : Counts<std::uint64_t>::rows())
    all.push_back({row.name, row.kind, of.*row.member, row.help});
}

/// Adds the limits, and the figures that are read from the present state instead of a counter.
void add_state(figures& all, const broker_stats& core) {
  using enum figure_kind;
  const auto& bounds = core.bounds;
  all.insert(
      all.end(),
      {{"connections_limit", gauge, bounds.connections, "The limit of connections; 0 is none."},
       {"memory_bytes", gauge, core.memory_bytes, "Memory as counted against its limit."},
       {"memory_limit_bytes", gauge, bounds.memory_bytes, "The limit of memory_bytes."},
       {"namespace_memory_limit_bytes", gauge, bounds.namespace_memory_bytes,
        "The limit of memory_bytes of each namespace."},
       {"output_bytes", gauge, core.output_bytes, "Output that its readers have not taken yet."},
       {"output_limit_bytes", gauge, core.output_limit_bytes, "The limit of output_bytes."},
       {"expired", counter, core.expired, "Notifications expired, delivered ones too."}});
}

void add_state(figures& all, const gateway_stats& net) {
  using enum figure_kind;
  all.insert(all.end(), {{"sockets_limit", gauge, net.sockets_max, "The limit of sockets."},
                         {"log_lines_dropped", counter, net.log_lines_dropped,
                          "Lines that could not be logged."}});
}

void add_state(figures& all, const journal_stats& seen, const limits& bounds) {
  using enum figure_kind;
  all.insert(all.end(),
             {{"journal_failing", gauge, seen.is_failing ? 1U : 0U, "1 while it cannot write."},
              {"journal_waiting_changes_limit", gauge, bounds.journal_waiting_changes,
               "The limit of journal_waiting_changes."},
              {"journal_waiting_bytes_limit", gauge, bounds.journal_waiting_bytes,
               "The limit of journal_waiting_bytes."},
              {"journal_bytes", gauge, seen.bytes, "Size of the data directory."},
              {"journal_free_bytes", gauge, seen.free_bytes, "Free space on its disk."}});
}

/// All figures, in the order of display.
figures all_figures(const broker_stats& core, const gateway_stats& net) {
  figures all;
  add_counts<broker_counts>(all, core);
  add_state(all, core);
  add_counts<gateway_counts>(all, net);
  add_state(all, net);
  if (core.journal) {
    add_counts<journal_counts>(all, *core.journal);
    add_state(all, *core.journal, core.bounds);
  }
  return all;
}

/// Microseconds as seconds, in the shortest form.
std::string seconds_of(std::uint64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.15g", static_cast<double>(us) / 1e6);
  return text.data();
}

/// How many commits took at most `bound`; the bound `+Inf` counts all commits.
struct bucket {
  std::string bound;
  std::uint64_t count;
};

std::vector<bucket> buckets(const journal_stats& seen) {
  std::vector<bucket> all;
  std::uint64_t count = 0;
  for (std::size_t n = 0; n < seen.latencies.size(); ++n) {
    count += seen.latencies[n];
    const auto& bounds = commit_latency_bounds_us;
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

void add(std::string& page, std::string_view name, figure_kind what, std::string_view help,
         const std::string& value) {
  page.append("# HELP ").append(name).append(1, ' ').append(help).append("\n# TYPE ");
  page.append(name).append(what == figure_kind::gauge ? " gauge\n" : " counter\n");
  page.append(name).append(1, ' ').append(value).append(1, '\n');
}

/// Resident memory of the process, bytes; 0 if /proc does not show it.
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
    if (one.kind == figure_kind::counter)
      name += "_total";
    add(page, name, one.kind, one.help, std::to_string(one.value));
  }
  if (core.journal)
    add_latencies(page, *core.journal);
  page += "# HELP restante_build_info The version, as a label.\n# TYPE restante_build_info gauge\n";
  page.append("restante_build_info{version=\"").append(version).append("\"} 1\n");
  add(page, "process_resident_memory_bytes", figure_kind::gauge, "Resident memory.",
      std::to_string(resident_bytes()));
  add(page, "process_cpu_seconds_total", figure_kind::counter, "User and system time.",
      cpu_seconds());
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
