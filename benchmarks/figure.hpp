#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The lines of the final table: what is measured, what it has to reach, and
/// how that is put in words.
namespace restante::benchmarks {

enum class better { higher, lower };

/// What a figure has to reach: a multiple of the baseline's, or a fixed value.
struct goal {
  enum class kind { none, ratio, value } what = kind::none;
  double amount = 0;
};

/// One line of the final table. The ratio says how many times better Restante
/// is, whichever direction is better.
struct figure {
  std::string name;
  std::string unit;
  better direction = better::higher;
  goal target = {};
};

/// The mean of the middle two for an even number; zero for none.
double median(std::vector<double> values);

/// How many times better Restante is; zero when that cannot be said.
double ratio(const figure& of, double baseline, double restante);

/// One line, "reached", "missed by 12 %" or "-" without a target or a value.
std::string verdict(const figure& judged, std::optional<double> baseline,
                    std::optional<double> restante);

/// A number with about three digits.
std::string shown(double value);

/// The median, with the least and the greatest where there are several.
std::string shown(const std::vector<double>& values);

/// The target of a figure: ">= 0.70 x", "<= 20.0" or "-".
std::string shown_target(const figure& of);

} // namespace restante::benchmarks
