#pragma once

#include "restante/messages/json/members.hpp"

#include <span>
#include <string_view>

namespace restante::json {

/// The names that mean something in a vocabulary; few enough to be looked through.
std::span<const std::string_view> names_of(vocabulary words);

/// Those of requests: what the operations have between them (ignored.cpp).
std::span<const std::string_view> request_names();

} // namespace restante::json
