#pragma once

#include "restante/messages/json/members.hpp"

#include <span>
#include <string_view>

namespace restante::json {

/// The names of a vocabulary. The list is short enough for a linear search.
std::span<const std::string_view> names_of(vocabulary words);

/// The names of all members of requests (ignored.cpp).
std::span<const std::string_view> request_names();

} // namespace restante::json
