#include "restante/actors/protocol/caf_error.hpp"

#include <algorithm>

namespace restante {

namespace {

/// Returns null for an error of a newer program, and for a number that is no error of ours.
const error_row* row_on_wire(std::uint8_t wire_number) {
  const auto found = std::ranges::find(error_rows, wire_number, &error_row::wire_number);
  return found != error_rows.end() ? found : nullptr;
}

} // namespace

std::string to_string(caf_errc code) {
  const auto* row = row_on_wire(static_cast<std::uint8_t>(code));
  return row != nullptr ? std::string{row->name} : "unknown";
}

caf::error to_caf_error(const failure& what) {
  return caf::make_error(static_cast<caf_errc>(row_of(what.code).wire_number), what.text());
}

errc errc_of(const caf::error& what) {
  static const auto category = to_caf_error({errc::internal, {}}).category();
  const auto* row = what.category() == category ? row_on_wire(what.code()) : nullptr;
  return row != nullptr ? row->code : errc::internal;
}

failure failure_of(const caf::error& what) {
  const auto code = errc_of(what);
  const auto& context = what.context();
  const bool has_text = context.size() == 1 && context.match_element<std::string>(0);
  return {code, has_text ? context.get_as<std::string>(0) : std::string{}};
}

} // namespace restante
