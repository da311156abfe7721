#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace restante::cli {

/// `[######------] text`, fitted to a line of `width` columns; `part` is 0 to 1.
std::string bar_text(double part, std::string_view text, std::size_t width);

/// A progress bar for people who wait, redrawn in place. It draws nothing where it is not wanted.
/// The destructor removes it.
class progress_bar {
public:
  progress_bar(std::ostream& to, bool is_wanted) : to_{to}, is_wanted_{is_wanted} {}
  ~progress_bar() { clear(); }

  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void draw(double part, std::string_view text);
  void clear();

private:
  std::ostream& to_;
  bool is_wanted_;
  bool is_there_ = false;
};

} // namespace restante::cli
