#pragma once

#include "restante/tests/simulation/limits.hpp"
#include "restante/tests/simulation/shrink.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace restante::simulation {

/// Something that carries out scripts: the broker's script engine, or a stand-in.
struct subject {
  /// Carries out one line, blank ones and comments included, and lets everything
  /// settle; the result is what it printed meanwhile.
  std::function<std::vector<std::string>(const std::string& line)> line;

  /// The end of the input; the result as above.
  std::function<std::vector<std::string>()> end;
};

/// Starts a fresh one with these bounds, its random bits and its schedule drawn
/// from `seed`.
using make_subject = std::function<subject(std::uint64_t seed, const limits& bounds)>;

/// Where a script and the reference part.
struct difference {
  /// Counted from 1; one past the last line is the end of the input.
  std::size_t line = 0;
  std::string text;
};

/// A seed that found something, made small.
struct failure {
  std::uint64_t seed = 0;
  difference first;
  /// The least script that still fails, and how it fails.
  script minimal;
  difference last;

  /// For people: the difference, the script as JSON lines, how to replay it.
  std::string report(const std::string& replay_command) const;
};

/// Runs `lines` on a new subject and on a new reference, up to the first
/// difference. A subject that throws is a difference too.
std::optional<difference> run_script(const script& lines, std::uint64_t seed, const limits& bounds,
                                     const make_subject& make);

/// Writes a script of `lines` lines from `seed`, runs it, and shrinks it when
/// something is different. Nothing when all is well.
std::optional<failure> run_seed(std::uint64_t seed, const limits& bounds, const make_subject& make,
                                std::size_t lines = 300);

} // namespace restante::simulation
