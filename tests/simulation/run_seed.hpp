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

/// Something that carries out scripts: the broker's script engine, or a substitute.
struct subject {
  /// Carries out one line, which may be blank or a comment, and runs until nothing is left to do.
  /// Returns the output.
  std::function<std::vector<std::string>(const std::string& line)> line;

  /// Ends the input and returns the output.
  std::function<std::vector<std::string>()> end;
};

/// Makes a new subject with these bounds. `seed` draws its random bits and its schedule.
using make_subject = std::function<subject(std::uint64_t seed, const limits& bounds)>;

/// The first difference between a script's output and the reference.
struct difference {
  /// Counted from 1; one past the last line is the end of the input.
  std::size_t line = 0;
  std::string text;
};

/// A seed that found a difference, with its script shrunk.
struct failure {
  std::uint64_t seed = 0;
  difference first;
  /// The shortest script that still fails, and how it fails.
  script minimal;
  difference last;

  /// A report for people: the difference, the script as JSON lines, and the command that replays
  /// it.
  std::string report(const std::string& replay_command) const;
};

/// Runs `lines` on a new subject and on a new reference, up to the first difference. An exception
/// of the subject is a difference too.
std::optional<difference> run_script(const script& lines, std::uint64_t seed, const limits& bounds,
                                     const make_subject& make);

/// Writes a script of `lines` lines from `seed`, runs it, and shrinks it when there is a
/// difference. Nothing when there is no difference.
std::optional<failure> run_seed(std::uint64_t seed, const limits& bounds, const make_subject& make,
                                std::size_t lines = 300);

} // namespace restante::simulation
