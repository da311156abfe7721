#include "restante/actors/protocol/thrown_log.hpp"

#include <algorithm>
#include <exception>

namespace restante {

namespace {

/// The most bytes of an exception's text in the log: a line for people, not a dump.
constexpr std::size_t text_bytes_max = 500;

/// Makes one line of printable text and never cuts inside a character.
std::string tidy(std::string_view text) {
  auto end = std::min(text.size(), text_bytes_max);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  std::string line{text.substr(0, end)};
  for (auto& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = ' ';
  }
  return end < text.size() ? line + "..." : line;
}

} // namespace

std::string thrown_line(std::string_view what) {
  const auto line = [what](std::string_view text) {
    return std::string{what} + " threw: " + tidy(text);
  };
  try {
    throw;
  } catch (const embedder_error& named) {
    return named.what();
  } catch (const std::exception& thrown) {
    return line(thrown.what());
  } catch (...) {
    return line("something that is no std::exception");
  }
}

void thrown_log::say(std::string_view whose, std::string_view what) {
  auto line = tidy(whose) + ": " + thrown_line(what);
  {
    const std::lock_guard lock{mutex_};
    const auto now = std::chrono::steady_clock::now();
    if (now - second_ >= std::chrono::seconds{1}) {
      second_ = now;
      said_ = 0;
    }
    if (said_ >= lines_per_second) {
      ++left_out_;
      return;
    }
    ++said_;
    if (const auto more = std::exchange(left_out_, 0); more > 0)
      line += " (and " + std::to_string(more) + " more were not logged)";
  }
  log_(line);
}

} // namespace restante
