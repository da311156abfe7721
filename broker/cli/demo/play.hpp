#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace restante::demo {

/// The options of `restante demo`.
struct play_options {
  std::string file = "-";
  bool is_virtual = false;
  bool no_end = false;
  std::uint64_t seed = 1;
};

/// Reads the next line without its end. At most `most` bytes of the line are kept; the rest is
/// skipped. False at the end of the input.
bool read_line(std::istream& in, std::string& line, std::size_t most);

/// Plays a script from its file, or from `in`, to `out`, and flushes each line. Answers the exit
/// status: 0 when the script was played or the output has no reader any more; 2 when the input
/// could not be read, with a line on `err`.
int play(const play_options& how, std::istream& in, std::ostream& out, std::ostream& err);

} // namespace restante::demo
