#include "restante/benchmarks/network/report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sys/utsname.h>
#include <thread>

namespace restante::benchmarks::network {

namespace {

std::string label(const figure& row) {
  return row.unit.empty() ? row.name : row.name + ", " + row.unit;
}

} // namespace

void results::add(party measured, const measured_values& row) {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (row.at(i))
      values_[i][index(measured)].push_back(*row[i]);
}

void results::fail(party measured, const std::string& why) {
  failures_[index(measured)] = why;
  std::fprintf(stderr, "%s, %s: %s\n", scenario_.name.c_str(), name_of(measured), why.c_str());
}

bool results::is_complete() const {
  return !has_failed(scenario_.rival) && !has_failed(party::restante);
}

void results::print() const {
  std::printf("\n%s: %s\n\n", scenario_.name.c_str(), scenario_.setting.c_str());
  std::printf("| %-47s | %-26s | %-26s | %7s | %10s | %s\n", "figure", name_of(scenario_.rival),
              "restante", "ratio", "target", "verdict");
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const auto& row = scenario_.figures[i];
    const auto& [theirs, ours] = values_[i];
    const auto middle = [](const std::vector<double>& values) {
      return values.empty() ? std::nullopt : std::optional{median(values)};
    };
    const bool both = !theirs.empty() && !ours.empty();
    const auto multiple = both ? shown(ratio(row, median(theirs), median(ours))) : "-";
    std::printf("| %-47s | %-26s | %-26s | %7s | %10s | %s\n", label(row).c_str(),
                shown(theirs).c_str(), shown(ours).c_str(), multiple.c_str(),
                shown_target(row).c_str(), verdict(row, middle(theirs), middle(ours)).c_str());
  }
  print_company();
  for (const auto which : {scenario_.rival, party::restante})
    if (has_failed(which))
      std::printf("FAILED, %s: %s\n", name_of(which), failures_[index(which)].c_str());
  std::fflush(stdout);
}

void results::print_company() const {
  constexpr double cores_max = 0.2;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!scenario_.figures[i].name.ends_with(others_row))
      continue;
    const auto busy = std::max(median(values_[i][0]), median(values_[i][1]));
    if (busy > cores_max)
      std::printf(
          "NOT ALONE: others took %s cores meanwhile. Rates and latencies favour whoever has "
          "more threads; CPU per message can be compared.\n",
          shown(busy).c_str());
  }
}

void print_machine(const std::vector<std::string>& versions, std::size_t files_max) {
  utsname system{};
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  std::printf("%s %s, %u cores, load %.2f before the start, %zu files per process\n",
              system.sysname, system.release, std::thread::hardware_concurrency(), load, files_max);
  for (const auto& version : versions)
    if (!version.empty())
      std::printf("%s\n", version.c_str());
  std::printf("Medians (least..greatest) of rounds that took turns; ratio: how many times better "
              "Restante is than the other in this run.\n");
  std::fflush(stdout);
}

} // namespace restante::benchmarks::network
