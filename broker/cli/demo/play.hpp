#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace restante::demo {

/// How `restante demo` was called.
struct play_options {
  std::string file = "-";
  bool is_virtual = false;
  bool no_end = false;
  std::uint64_t seed = 1;
};

/// Reads the next line without its end; at most `most` bytes of it are kept, the rest is
/// skipped. False when there is none.
bool read_line(std::istream& in, std::string& line, std::size_t most);

/// Plays a script from its file, or from `in`, to `out`, each line flushed as it comes.
/// Answers the exit status: 0 when it was carried out or nobody reads the output any more;
/// 2 when the input could not be read, with a line on `err`.
int play(const play_options& how, std::istream& in, std::ostream& out, std::ostream& err);

} // namespace restante::demo
