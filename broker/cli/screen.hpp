#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace restante::cli {

/// Whether this file should get colours: it is a terminal with colours, and NO_COLOR is empty.
bool wants_colours(int file);

/// Whether the file is a terminal.
bool is_terminal(int file);

/// Whether the output of this file has no reader any more: a pipe whose reader has left.
bool has_no_reader(int file);

/// Columns of the terminal at standard error; 80 if unknown.
std::size_t terminal_width();

enum class paint : unsigned char { bold, dim, red, green };

/// The output of a command. Results go to standard output, one line each, and nothing else goes
/// there. Errors and notes go to standard error. The text passed in must be printable already.
class screen {
public:
  struct style {
    bool out_has_colours = false;
    bool err_has_colours = false;
  };

  screen(std::ostream& out, std::ostream& err, style how) : out_{out}, err_{err}, how_{how} {}

  /// Prints a line of the result and flushes it: the reader has the line when this returns. Throws
  /// output_closed when there is no reader, and command_failed when the line cannot be written.
  void result(std::string_view line);

  /// Prints text that already contains its line ends.
  void result_text(std::string_view text);

  /// Prints `restante: …` on standard error.
  void complain(std::string_view line);

  /// Text for standard output in a colour, if standard output has colours.
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
