#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace restante::serve {

// Members of the JSON objects in a token. Functions that throw, throw bad_token.

/// The member, or null.
const nlohmann::json* find_member(const nlohmann::json& in, const char* name);

/// The text of a member; nothing if there is no such member. Throws when the member is not text.
std::optional<std::string> text_member(const nlohmann::json& in, const char* name);

/// The texts in a list; empty if there is no such member. Throws when the member is anything else.
std::vector<std::string> texts_member(const nlohmann::json& in, const char* name);

/// Whether a member is true. Throws when the member is neither true nor false.
bool flag_member(const nlohmann::json& in, const char* name);

} // namespace restante::serve
