#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace restante::serve {

// Members of the JSON objects in a token. Those that throw, throw bad_token.

/// The member, or null.
const nlohmann::json* find_member(const nlohmann::json& in, const char* name);

/// The text of a member; nothing if there is none. Throws when it is no text.
std::optional<std::string> text_member(const nlohmann::json& in, const char* name);

/// The texts in a list; none if there is none. Throws when it is another list.
std::vector<std::string> texts_member(const nlohmann::json& in, const char* name);

/// Whether a member says true. Throws when it says neither that nor false.
bool flag_member(const nlohmann::json& in, const char* name);

} // namespace restante::serve
