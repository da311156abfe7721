#include "restante/tests/simulation/run_seed.hpp"

#include "restante/tests/simulation/compare.hpp"
#include "restante/tests/simulation/generator.hpp"
#include "restante/tests/simulation/reference.hpp"

#include <exception>
#include <utility>

namespace restante::simulation {

namespace {

step step_of(const std::string& line) {
  auto request = read_exact(line);
  if (!request || !request->is_object())
    return step::ordinary;
  auto op = request->find("op");
  return op != request->end() && *op == "advance" ? step::advance : step::ordinary;
}

std::string describe(const difference& what) {
  return "line " + std::to_string(what.line) + ": " + what.text + "\n";
}

} // namespace

std::string failure::report(const std::string& replay_command) const {
  auto result = "seed " + std::to_string(seed) + " differs at " + describe(first);
  result += "\nThe least script that does, " + std::to_string(minimal.size()) + " lines:\n\n";
  for (const auto& line : minimal)
    result += line + "\n";
  return result + "\nIt differs at " + describe(last) + "\nReplay: " + replay_command + "\n";
}

std::optional<difference> run_script(const script& lines, std::uint64_t seed, const limits& bounds,
                                     const make_subject& make) {
  std::size_t number = 0;
  try {
    reference expected{bounds};
    comparison compared;
    auto actual = make(seed, bounds);
    for (const auto& line : lines) {
      ++number;
      auto want = expected.text(line, number);
      if (auto wrong = compared.line(step_of(line), want, actual.line(line)))
        return difference{number, line + "\n  " + *wrong};
    }
    ++number;
    auto want = expected.end();
    if (auto wrong = compared.line(step::end, want, actual.end()))
      return difference{number, "the end of the input\n  " + *wrong};
  } catch (const std::exception& thrown) {
    return difference{number, std::string{"thrown: "} + thrown.what()};
  }
  return std::nullopt;
}

std::optional<failure> run_seed(std::uint64_t seed, const limits& bounds, const make_subject& make,
                                std::size_t lines) {
  auto written = generator{seed, bounds}.write(lines);
  auto first = run_script(written, seed, bounds, make);
  if (!first)
    return std::nullopt;
  auto fails = [&](const script& candidate) {
    return run_script(candidate, seed, bounds, make).has_value();
  };
  // Lines after the difference cannot have caused it. But a difference at the end of the input may
  // need the whole input.
  auto minimal = written;
  if (first->line < written.size())
    minimal.resize(first->line);
  minimal = shrink(std::move(minimal), fails, 1'000);
  auto last = run_script(minimal, seed, bounds, make);
  return failure{seed, *first, std::move(minimal), last.value_or(*first)};
}

} // namespace restante::simulation
