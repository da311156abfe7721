#include "restante/benchmarks/figure.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace restante::benchmarks {

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string shown(double value) {
  std::array<char, 32> text{};
  const int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string shown(const std::vector<double>& values) {
  if (values.empty())
    return "-";
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (values.size() == 1)
    return shown(values.front());
  return shown(median(values)) + " (" + shown(*least) + ".." + shown(*greatest) + ")";
}

double ratio(const figure& of, double baseline, double restante) {
  const auto [top, bottom] = of.direction == better::higher ? std::pair{restante, baseline}
                                                            : std::pair{baseline, restante};
  return bottom > 0 ? top / bottom : 0;
}

std::string shown_target(const figure& of) {
  const auto& target = of.target;
  if (target.what == goal::kind::none)
    return "-";
  if (target.what == goal::kind::ratio)
    return ">= " + shown(target.amount) + " x";
  return (of.direction == better::higher ? ">= " : "<= ") + shown(target.amount);
}

std::string verdict(const figure& judged, std::optional<double> baseline,
                    std::optional<double> restante) {
  const auto& target = judged.target;
  if (target.what == goal::kind::none || !restante)
    return "-";
  double by = 0;
  if (target.what == goal::kind::ratio) {
    if (!baseline)
      return "-";
    by = 1 - ratio(judged, *baseline, *restante) / target.amount;
  } else if (judged.direction == better::higher) {
    by = 1 - *restante / target.amount;
  } else {
    by = *restante / target.amount - 1;
  }
  return by <= 0 ? "reached" : "missed by " + shown(by * 100) + " %";
}

} // namespace restante::benchmarks
