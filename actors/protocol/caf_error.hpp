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

/// Makes a CAF error of a failure, as the answer to a request. The text becomes its context.
caf::error to_caf_error(const failure& what);

/// The code of an error that a connection answered; `internal` for an error of CAF itself.
errc errc_of(const caf::error& what);

/// The code and the text of an error that a connection answered.
failure failure_of(const caf::error& what);

} // namespace restante

CAF_ERROR_CODE_ENUM(restante::caf_errc, "restante")
