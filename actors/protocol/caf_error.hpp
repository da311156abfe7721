#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/type_ids.hpp"

#include <cstdint>
#include <string>

namespace restante {

/// An `errc` as CAF carries it, in eight bits: the `wire_number` of its row.
enum class caf_errc : std::uint8_t {};

std::string to_string(caf_errc code);

/// A failure as the answer to a request; the text travels as its context.
caf::error to_caf_error(const failure& what);

/// The code behind an error that a connection answered; `internal` for one of CAF's own.
errc errc_of(const caf::error& what);

/// The same with its text.
failure failure_of(const caf::error& what);

#if RESTANTE_CAF_1
inline bool from_string(std::string_view, caf_errc&) {
  return false;
}
inline bool from_integer(std::uint8_t value, caf_errc& code) {
  code = static_cast<caf_errc>(value);
  return true;
}
template <class Inspector>
bool inspect(Inspector& f, caf_errc& x) {
  return caf::default_enum_inspect(f, x);
}
#endif

} // namespace restante

#if RESTANTE_CAF_1
CAF_BEGIN_TYPE_ID_BLOCK(restante_errors, restante::type_ids_end - 1)
CAF_ADD_TYPE_ID(restante_errors, (restante::caf_errc))
CAF_END_TYPE_ID_BLOCK(restante_errors)
#endif

RESTANTE_ERROR_ENUM(restante::caf_errc, "restante")
