#include "restante/messages/errc.hpp"

#include <algorithm>

namespace restante {

const error_row& row_of(errc code) {
  const auto found = std::ranges::find(error_rows, code, &error_row::code);
  if (found != error_rows.end())
    return *found;
  return row_of(errc::internal);
}

std::optional<errc> errc_of(std::string_view name) {
  for (const auto& row : error_table()) {
    if (row.name == name)
      return row.code;
  }
  return std::nullopt;
}

std::string_view to_string(errc code) {
  return code == errc::none ? "none" : row_of(code).name;
}

std::string failure::text() const {
  return detail.empty() ? std::string{row_of(code).text} : detail;
}

std::string failure::line() const {
  return std::string{to_string(code)} + " (" + std::to_string(static_cast<unsigned>(code)) +
         "): " + text();
}

} // namespace restante
