#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The lines of the final table: the measured figure, its target, and the words that say whether
/// the target was reached.
namespace restante::benchmarks {

enum class better { higher, lower };

/// The target of a figure: a multiple of the baseline's value, or a fixed value.
struct goal {
  enum class kind { none, ratio, value } what = kind::none;
  double amount = 0;
};

/// One line of the final table. The ratio says how many times better Restante is, whether a greater
/// or a smaller value is better.
struct figure {
  std::string name;
  std::string unit;
  better direction = better::higher;
  goal target = {};
};

/// The median. For an even number of values, the mean of the middle two; zero for no values.
double median(std::vector<double> values);

/// How many times better Restante is; zero when the ratio cannot be computed.
double ratio(const figure& of, double baseline, double restante);

/// The verdict in one line: "reached", "missed by 12 %", or "-" without a target or a value.
std::string verdict(const figure& judged, std::optional<double> baseline,
                    std::optional<double> restante);

/// A number with about three digits.
std::string shown(double value);

/// The median, with the least and the greatest value where there are several.
std::string shown(const std::vector<double>& values);

/// The target of a figure: ">= 0.70 x", "<= 20.0" or "-".
std::string shown_target(const figure& of);

} // namespace restante::benchmarks
