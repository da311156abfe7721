#pragma once

#include "restante/benchmarks/figure.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// Runs scenarios under Google Benchmark, baseline and Restante in turns, and then prints one table
/// of ratios against the baseline of this run.
namespace restante::benchmarks {

enum class side { baseline, restante };
/// Returns one number for each figure of its scenario; throws when the measured operations gave a
/// wrong result.
using measurement = std::function<std::vector<double>()>;

struct scenario {
  std::string name;
  std::vector<figure> figures;
  measurement baseline; ///< empty: the scenario has no baseline
  measurement restante;
  std::size_t repetitions = 5;
  /// Measured in a process of its own, for memory and idle time.
  bool apart = false;
  /// Runs once without counting before the first measurement. Otherwise the first subject would pay
  /// for fresh memory, up to a third of a put.
  bool warm_up = false;
};

/// A figure that takes the best value of other figures, "at its best thread count". The table shows
/// it below the last of them.
struct best_figure {
  figure shown;
  std::vector<std::string> of; ///< figure names
};

/// Runs scenarios and prints the table. Accepts `--quick`, which runs one repetition, and every
/// flag of Google Benchmark (`--benchmark_filter=…`).
class suite {
public:
  suite(int argc, char** argv);

  /// Scenarios should take smaller sizes.
  bool quick() const noexcept { return quick_; }

  void add(scenario added);
  void add(best_figure added) { best_.push_back(std::move(added)); }

  /// Returns the exit code: 1 when a scenario failed. A missed target is no failure: machines
  /// differ, and the table shows by how much the target was missed.
  int run();

private:
  using samples = std::map<std::pair<std::string, side>, std::vector<double>>;

  std::vector<double> measure(const scenario& measured, side which) const;
  std::vector<double> measure_apart(const scenario& measured, side which) const;
  int run_apart();
  void enroll(const scenario& enrolled, side which);
  std::vector<double> samples_of(const std::string& name, side which) const;
  std::vector<double> best_of(const best_figure& summary, side which) const;
  void print_table() const;
  void print_row(const figure& shown, const std::vector<double>& baseline,
                 const std::vector<double>& restante) const;

  std::vector<char*> arguments_;
  bool quick_ = false;
  bool failed_ = false;
  std::string apart_;
  std::vector<scenario> scenarios_;
  std::vector<best_figure> best_;
  samples samples_;
};

} // namespace restante::benchmarks
