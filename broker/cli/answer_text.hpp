#pragma once

#include "restante/broker/cli/printing.hpp"
#include "restante/messages/json/answers.hpp"

#include <string>

namespace restante::cli {

/// Times are printed as on the wire: milliseconds since the Unix epoch.
inline constexpr instant unix_epoch{};

/// An answer as `--json` prints it: the fields that follow `"ok":true` on the wire, as an object.
template <class Answer>
std::string object_of(const Answer& answer) {
  return printable_json("{" + json::fields_of(answer, unix_epoch) + "}");
}

/// The object for an operation whose answer has no fields.
inline std::string object_of_done() {
  return R"({"ok":true})";
}

} // namespace restante::cli
