#include "restante/benchmarks/suite.hpp"

#include "restante/benchmarks/harness.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace restante::benchmarks {

namespace {

constexpr std::string_view apart_flag = "--apart=";

std::string label(const scenario& named, side which) {
  return named.name + (which == side::baseline ? "/baseline" : "/restante");
}

std::string own_path() {
  std::array<char, 4096> path{};
  const auto length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  if (length < 0)
    throw std::runtime_error("cannot find the own program");
  return {path.data(), static_cast<std::size_t>(length)};
}

} // namespace

suite::suite(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument{argv[i]};
    if (argument == "--quick")
      quick_ = true;
    else if (argument.starts_with(apart_flag))
      apart_ = argument.substr(apart_flag.size());
    else
      arguments_.push_back(argv[i]);
  }
}

void suite::add(scenario added) {
  scenarios_.push_back(std::move(added));
}

int suite::run() {
  if (!apart_.empty())
    return run_apart();
  // Baseline and Restante take turns, so that other load on the machine and the age of the heap
  // affect both. A flag given by the user comes later and wins.
  std::string in_turns = "--benchmark_enable_random_interleaving=true";
  arguments_.insert(arguments_.begin() + 1, in_turns.data());
  int count = static_cast<int>(arguments_.size());
  benchmark::Initialize(&count, arguments_.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments_.data()))
    return 2;
  for (const auto& each : scenarios_) {
    if (each.baseline)
      enroll(each, side::baseline);
    if (each.restante)
      enroll(each, side::restante);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  print_table();
  return failed_ ? 1 : 0;
}

void suite::enroll(const scenario& enrolled, side which) {
  const auto body = [this, &enrolled, which](benchmark::State& state) {
    for (auto _ : state) {
      try {
        if (enrolled.warm_up && samples_of(enrolled.figures.front().name, which).empty())
          measure(enrolled, which);
        const auto start = bench_clock::now();
        const auto values = measure(enrolled, which);
        state.SetIterationTime(std::chrono::duration<double>(bench_clock::now() - start).count());
        for (std::size_t i = 0; i < enrolled.figures.size(); ++i) {
          samples_[{enrolled.figures[i].name, which}].push_back(values.at(i));
          state.counters[enrolled.figures[i].name] = values[i];
        }
      } catch (const std::exception& problem) {
        failed_ = true;
        state.SkipWithError(problem.what());
        break;
      }
    }
  };
  auto* enlisted = benchmark::RegisterBenchmark(label(enrolled, which).c_str(), body);
  enlisted->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
  if (!quick_)
    enlisted->Repetitions(static_cast<int>(enrolled.repetitions))->ReportAggregatesOnly();
}

std::vector<double> suite::measure(const scenario& measured, side which) const {
  if (measured.apart)
    return measure_apart(measured, which);
  return which == side::baseline ? measured.baseline() : measured.restante();
}

std::vector<double> suite::measure_apart(const scenario& measured, side which) const {
  const auto command = "'" + own_path() + "' " + std::string{apart_flag} + "'" +
                       label(measured, which) + "'" + (quick_ ? " --quick" : "");
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr)
    throw std::runtime_error("cannot start a process");
  std::vector<double> values;
  for (double value = 0; std::fscanf(output, "%lf", &value) == 1;)
    values.push_back(value);
  if (pclose(output) != 0 || values.size() != measured.figures.size())
    throw std::runtime_error("the process of its own failed");
  return values;
}

int suite::run_apart() {
  for (const auto& each : scenarios_)
    for (const auto which : {side::baseline, side::restante}) {
      if (label(each, which) != apart_)
        continue;
      const auto& measured = which == side::baseline ? each.baseline : each.restante;
      try {
        for (const auto value : measured())
          std::printf("%.17g\n", value);
        return 0;
      } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s: %s\n", apart_.c_str(), problem.what());
        return 1;
      }
    }
  std::fprintf(stderr, "no scenario %s\n", apart_.c_str());
  return 2;
}

std::vector<double> suite::samples_of(const std::string& name, side which) const {
  const auto found = samples_.find({name, which});
  return found == samples_.end() ? std::vector<double>{} : found->second;
}

std::vector<double> suite::best_of(const best_figure& summary, side which) const {
  std::vector<double> chosen;
  for (const auto& name : summary.of) {
    auto values = samples_of(name, which);
    if (values.empty())
      continue;
    const bool more = chosen.empty() || median(values) > median(chosen);
    if (chosen.empty() || more == (summary.shown.direction == better::higher))
      chosen = std::move(values);
  }
  return chosen;
}

void suite::print_table() const {
  std::printf("\nMedians (least..greatest); ratio: how many times better than the baseline of this "
              "run.\n\n");
  std::printf("| %-50s | %-24s | %-24s | %7s | %10s | %s\n", "figure", "baseline", "restante",
              "ratio", "target", "verdict");
  for (const auto& each : scenarios_)
    for (const auto& row : each.figures) {
      print_row(row, samples_of(row.name, side::baseline), samples_of(row.name, side::restante));
      for (const auto& summary : best_)
        if (summary.of.back() == row.name)
          print_row(summary.shown, best_of(summary, side::baseline),
                    best_of(summary, side::restante));
    }
}

void suite::print_row(const figure& row, const std::vector<double>& baseline,
                      const std::vector<double>& restante) const {
  if (baseline.empty() && restante.empty())
    return; // filtered out
  const auto middle = [](const std::vector<double>& values) {
    return values.empty() ? std::nullopt : std::optional{median(values)};
  };
  const bool both = !baseline.empty() && !restante.empty();
  const auto multiple = both ? shown(ratio(row, median(baseline), median(restante))) : "-";
  std::printf("| %-50s | %-24s | %-24s | %7s | %10s | %s\n", (row.name + ", " + row.unit).c_str(),
              shown(baseline).c_str(), shown(restante).c_str(), multiple.c_str(),
              shown_target(row).c_str(), verdict(row, middle(baseline), middle(restante)).c_str());
}

} // namespace restante::benchmarks
