#include "restante/messages/close_code.hpp"

#include <algorithm>

namespace restante {

const close_row* find_row(close_code code) {
  const auto found = std::ranges::find(close_rows, code, &close_row::code);
  return found != close_rows.end() ? found : nullptr;
}

bool should_reconnect(close_code code) {
  if (const auto* row = find_row(code))
    return row->advice == reconnect::yes;
  return number_of(code) < 4500 || number_of(code) > 4999;
}

} // namespace restante
