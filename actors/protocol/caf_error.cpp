#include "restante/actors/protocol/caf_error.hpp"

#include <algorithm>

namespace restante {

std::string to_string(caf_errc code) {
  const auto row = static_cast<std::size_t>(code);
  const auto& table = error_table();
  return row >= 1 && row <= table.size() ? std::string{table[row - 1].name} : "unknown";
}

caf::error to_caf_error(const failure& what) {
  const auto& table = error_table();
  const auto found = std::ranges::find(table, what.code, &error_row::code);
  const auto row = static_cast<std::uint8_t>(found - table.begin() + 1);
  return caf::make_error(static_cast<caf_errc>(row), what.text());
}

errc errc_of(const caf::error& what) {
  static const auto category = to_caf_error({errc::internal, {}}).category();
  const auto& table = error_table();
  const auto row = static_cast<std::size_t>(what.code());
  if (what.category() != category || row < 1 || row > table.size())
    return errc::internal;
  return table[row - 1].code;
}

failure failure_of(const caf::error& what) {
  const auto code = errc_of(what);
  const auto& context = what.context();
  const bool has_text = context.size() == 1 && context.match_element<std::string>(0);
  return {code, has_text ? context.get_as<std::string>(0) : std::string{}};
}

} // namespace restante
