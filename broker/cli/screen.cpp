#include "restante/broker/cli/screen.hpp"

#include "restante/broker/cli/exit_code.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace restante::cli {

namespace {

constexpr std::string_view plain = "\x1b[0m";

std::string_view start_of(paint how) {
  switch (how) {
  case paint::bold:
    return "\x1b[1m";
  case paint::dim:
    return "\x1b[2m";
  case paint::red:
    return "\x1b[31m";
  case paint::green:
    return "\x1b[32m";
  }
  return "";
}

std::string_view variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string_view{} : text;
}

} // namespace

bool is_terminal(int file) {
  return ::isatty(file) == 1;
}

bool has_no_reader(int file) {
  pollfd asked{file, POLLOUT, 0};
  return ::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLERR | POLLNVAL)) != 0;
}

bool wants_colours(int file) {
  return is_terminal(file) && variable("NO_COLOR").empty() && !variable("TERM").empty() &&
         variable("TERM") != "dumb";
}

std::size_t terminal_width() {
  winsize size{};
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

void screen::result(std::string_view line) {
  errno = 0;
  out_ << line << '\n';
  flush();
}

void screen::result_text(std::string_view text) {
  errno = 0;
  out_ << text;
  flush();
}

void screen::flush() {
  out_ << std::flush;
  if (out_)
    return;
  const int why = errno;
  const std::string line =
      std::string{"cannot write to standard output: "} + std::strerror(why != 0 ? why : EIO);
  if (why == EPIPE)
    throw output_closed{exit_code::failed, line};
  throw command_failed{exit_code::failed, line};
}

void screen::complain(std::string_view line) {
  if (how_.err_has_colours)
    err_ << start_of(paint::red) << "restante:" << plain;
  else
    err_ << "restante:";
  err_ << ' ' << line << std::endl;
}

std::string screen::painted(std::string_view text, paint how) const {
  if (!how_.out_has_colours)
    return std::string{text};
  return std::string{start_of(how)}.append(text).append(plain);
}

} // namespace restante::cli
