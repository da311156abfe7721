#pragma once

#include "restante/broker/server/rights_text.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Rights as a JWT has them: `{"put":[…],"watch":[…],"read":[…],"write":[{"topic":…,"key":…}],
/// "publish":[…]}`. A list that is absent allows nothing. Throws bad_token.
rights_text rights_of_json(const nlohmann::json& in);

/// The rights of tokens that name none, from the text of the setting `default_rights`; nothing,
/// for an empty one: all that a client may do. Throws std::runtime_error.
std::optional<rights_text> default_rights_of(std::string_view setting);

/// Whether `default_rights_of` takes it.
bool is_rights_setting(const std::string& text);

} // namespace restante::serve
