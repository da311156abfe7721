#pragma once

#include "restante/benchmarks/network/scenario.hpp"

#include <array>
#include <string>
#include <vector>

namespace restante::benchmarks::network {

/// The figures of all rounds of one scenario, for Restante and the other server.
class results {
public:
  explicit results(const network_scenario& of) : scenario_(of), values_(of.figures.size()) {}

  void add(party measured, const measured_values& row);
  void fail(party measured, const std::string& why);

  bool has_failed(party which) const { return !failures_[index(which)].empty(); }
  bool is_complete() const;

  /// The lines of the table: medians, least and greatest value, ratio, target, verdict.
  void print() const;

private:
  /// Prints a warning when other processes were busy. Then rates and latencies are affected too,
  /// and the server with more threads gets more of the machine. CPU time per message stays
  /// comparable.
  void print_company() const;

  static std::size_t index(party which) { return which == party::restante ? 1 : 0; }

  const network_scenario& scenario_;
  std::vector<std::array<std::vector<double>, 2>> values_; ///< by figure: other server, Restante
  std::array<std::string, 2> failures_;
};

/// The facts needed to judge the figures: machine, versions, other load.
void print_machine(const std::vector<std::string>& versions, std::size_t files_max);

} // namespace restante::benchmarks::network
