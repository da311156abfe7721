#pragma once

#include "restante/messages/json/decode.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace restante::json {

/// Where a request comes from. The common members depend on it.
enum class venue : std::uint8_t {
  script, ///< `as` names the client that asks
  socket,
  http, ///< the HTTP request has the operation and the client, and the answer has no `id`
};

/// The members of an operation, without the members that all requests have in common.
std::span<const std::string_view> fields_of(operation op);

/// The ignored members of a request, as `note_ignored` keeps them. `own_ns` is the namespace of a
/// client; empty for a server identity, whose requests may name any namespace.
std::vector<std::string> ignored_names(const request& asked, venue where,
                                       std::optional<std::string_view> own_ns = {});

/// `"ignored":[…]`, which follows the members of the answer; empty if there are no names.
std::string ignored_member(std::span<const std::string> names);

/// `"ignored":[…]` with the `ignored_names` of a request.
std::string ignored_member(const request& asked, venue where,
                           std::optional<std::string_view> own_ns = {});

} // namespace restante::json
