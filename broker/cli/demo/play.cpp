#include "restante/broker/cli/demo/play.hpp"

#include "restante/broker/cli/demo/script.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>
#include <ostream>
#include <thread>

namespace restante::demo {

namespace {

constexpr int carried_out = 0;
constexpr int unreadable = 2;

/// The output has no reader any more.
struct output_closed {};

script_setup setup_of(const play_options& how) {
  script_setup made;
  made.seed = how.seed;
  if (!how.is_virtual)
    made.pause = [](duration span) { std::this_thread::sleep_for(span); };
  return made;
}

int complain(std::ostream& err, const std::string& file, const std::string& why) {
  err << "restante: " << (file == "-" ? "standard input" : file) << ": " << why << '\n';
  return unreadable;
}

} // namespace

bool read_line(std::istream& in, std::string& line, std::size_t most) {
  line.clear();
  auto* from = in.rdbuf();
  int next = from->sbumpc();
  const bool is_there = next != std::char_traits<char>::eof();
  for (; next != std::char_traits<char>::eof() && next != '\n'; next = from->sbumpc()) {
    if (line.size() < most)
      line += static_cast<char>(next);
  }
  return is_there;
}

int play(const play_options& how, std::istream& in, std::ostream& out, std::ostream& err) {
  std::ifstream opened;
  const bool is_file = how.file != "-";
  if (is_file)
    opened.open(how.file, std::ios::binary);
  if (is_file && !opened)
    return complain(err, how.file, std::strerror(errno));
  auto& from = is_file ? static_cast<std::istream&>(opened) : in;

  script played{setup_of(how), [&out](const std::string& line) {
                  out << line << '\n' << std::flush;
                  if (!out)
                    throw output_closed{};
                }};
  try {
    std::string line;
    // Reading one byte more than the limit of a frame is enough to refuse the line.
    while (read_line(from, line, json::frame_bytes_max + 1))
      played.line(line);
    if (!how.no_end)
      played.end();
  } catch (const output_closed&) {
    return carried_out;
  } catch (const std::ios_base::failure& failed) { // stream buffers throw their own errors
    return complain(err, how.file, failed.code().message());
  }
  return carried_out;
}

} // namespace restante::demo
