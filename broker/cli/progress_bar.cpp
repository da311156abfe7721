#include "restante/broker/cli/progress_bar.hpp"

#include "restante/broker/cli/screen.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace restante::cli {

namespace {

constexpr std::size_t bar_width_max = 40;
constexpr std::size_t bar_width_min = 4;

} // namespace

std::string bar_text(double part, std::string_view text, std::size_t width) {
  // Two brackets, a blank, and a column that stays free, because a full line would wrap.
  const std::size_t others = text.size() + 4;
  const std::size_t room = width > others ? width - others : 0;
  if (room < bar_width_min)
    return std::string{text.substr(0, width > 0 ? width - 1 : 0)};
  const auto bar = std::min(room, bar_width_max);
  const auto full = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(bar));
  return "[" + std::string(full, '#') + std::string(bar - full, '-') + "] " + std::string{text};
}

void progress_bar::draw(double part, std::string_view text) {
  if (!is_wanted_)
    return;
  is_there_ = true;
  to_ << "\r\x1b[K" << bar_text(part, text, terminal_width()) << std::flush;
}

void progress_bar::clear() {
  if (std::exchange(is_there_, false))
    to_ << "\r\x1b[K" << std::flush;
}

} // namespace restante::cli
