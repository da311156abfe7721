#pragma once

#include "restante/broker/server/rights_text.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace restante::serve {

/// Rights as a JWT holds them: `{"put":[…],"watch":[…],"read":[…],"write":[{"topic":…,"key":…}],
/// "publish":[…]}`. An absent list allows nothing. Throws bad_token.
rights_text rights_of_json(const nlohmann::json& in);

/// The rights of tokens that name none, from the text of the setting `default_rights`. An empty
/// text gives nothing: everything a client may do. Throws std::runtime_error.
std::optional<rights_text> default_rights_of(std::string_view setting);

/// Whether `default_rights_of` accepts the text.
bool is_rights_setting(const std::string& text);

} // namespace restante::serve
