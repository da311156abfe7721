#include "restante/tests/simulation/echo.hpp"

#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <utility>

namespace restante::simulation {

namespace {

class echo {
public:
  echo(std::uint64_t seed, const limits& bounds, tamper fault)
      : world_{bounds}, random_{seed}, fault_{std::move(fault)} {}

  std::vector<std::string> line(const std::string& text) {
    return dress(world_.text(text, ++number_));
  }

  std::vector<std::string> end() { return dress(world_.end()); }

private:
  std::vector<std::string> dress(std::vector<json> output) {
    if (fault_)
      fault_(output);
    shuffle(output);
    std::vector<std::string> result;
    for (auto& each : output) {
      rename(each);
      result.push_back(write_exact(each));
    }
    return result;
  }

  /// Swaps neighbours whose order is not promised.
  void shuffle(std::vector<json>& output) {
    for (std::size_t i = 1; i < output.size(); ++i) {
      const auto& a = output[i - 1];
      const auto& b = output[i];
      if (a.contains("frame") && b.contains("frame") && a["t"] == b["t"] && a["to"] != b["to"] &&
          random_() % 2)
        std::swap(output[i - 1], output[i]);
    }
  }

  void rename(json& value) {
    if (value.is_array()) {
      for (auto& element : value)
        rename(element);
      return;
    }
    if (!value.is_object())
      return;
    for (auto i = value.begin(); i != value.end(); ++i) {
      const auto& name = i.key();
      if (name == "pack" || name == "reply" || name == "data")
        continue;
      if (name == "trace" || name == "evicted" || name == "collapsed")
        i.value() = traces_.try_emplace(i.value(), fresh_trace()).first->second;
      else if (name == "epoch" && i.value().is_string())
        i.value() = epochs_.try_emplace(i.value(), 1'000'000 + epochs_.size()).first->second;
      else
        rename(i.value());
    }
  }

  std::string fresh_trace() {
    std::string result;
    for (int i = 0; i < 32; ++i)
      result += "0123456789abcdef"[random_() % 16];
    return result;
  }

  reference world_;
  std::mt19937_64 random_;
  tamper fault_;
  std::uint64_t number_ = 0;
  std::map<std::string, std::string> traces_;
  std::map<std::string, std::uint64_t> epochs_;
};

} // namespace

make_subject make_echo(tamper fault) {
  return [fault](std::uint64_t seed, const limits& bounds) {
    auto it = std::make_shared<echo>(seed, bounds, fault);
    return subject{[it](const std::string& line) { return it->line(line); },
                   [it] { return it->end(); }};
  };
}

} // namespace restante::simulation
