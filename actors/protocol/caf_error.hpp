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

/// The failure behind an error that a connection answered: the code and the text.
failure failure_of(const caf::error& what);

} // namespace restante

CAF_ERROR_CODE_ENUM(restante::caf_errc, "restante")
