#pragma once

#include "restante/messages/json/request_members.hpp"
#include "restante/messages/listing.hpp"

#include <span>

namespace restante::json {

/// Which clients or topics to list. The namespace is not in the table.
std::span<const request_member<id_range>> range_members();

} // namespace restante::json
