#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace restante::cli {

/// Whether colours are wanted on this file: it is a terminal that knows them, and NO_COLOR is
/// empty.
bool wants_colours(int file);

/// Whether somebody looks at it.
bool is_terminal(int file);

/// Whether what is written to this file is read by nobody any more: a pipe whose reader has left.
bool has_no_reader(int file);

/// Columns of the terminal behind standard error, 80 where that is not known.
std::size_t terminal_width();

enum class paint : unsigned char { bold, dim, red, green };

/// Where a command prints: results, one line each, on standard output and nothing else there;
/// complaints and notes on standard error. What is handed in is printable already.
class screen {
public:
  struct style {
    bool out_has_colours = false;
    bool err_has_colours = false;
  };

  screen(std::ostream& out, std::ostream& err, style how) : out_{out}, err_{err}, how_{how} {}

  /// A line of the result, flushed: whoever reads it has it when this returns. Throws
  /// output_closed when nobody reads it, command_failed when it cannot be written.
  void result(std::string_view line);

  /// Text that has its line ends already.
  void result_text(std::string_view text);

  /// `restante: …` on standard error.
  void complain(std::string_view line);

  /// Text for standard output in a colour, where that has colours.
  std::string painted(std::string_view text, paint how) const;

  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }

private:
  void flush();

  std::ostream& out_;
  std::ostream& err_;
  style how_;
};

} // namespace restante::cli
