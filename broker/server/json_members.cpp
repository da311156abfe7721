#include "restante/broker/server/json_members.hpp"

#include "restante/broker/server/jwt_claims.hpp"

namespace restante::serve {

const nlohmann::json* find_member(const nlohmann::json& in, const char* name) {
  const auto found = in.find(name);
  return found == in.end() ? nullptr : &*found;
}

std::optional<std::string> text_member(const nlohmann::json& in, const char* name) {
  const auto* value = find_member(in, name);
  if (value == nullptr)
    return std::nullopt;
  if (!value->is_string())
    throw bad_token{std::string{name} + " must be text"};
  return value->get<std::string>();
}

std::vector<std::string> texts_member(const nlohmann::json& in, const char* name) {
  std::vector<std::string> all;
  const auto* value = find_member(in, name);
  if (value == nullptr)
    return all;
  if (!value->is_array())
    throw bad_token{std::string{name} + " must be a list"};
  for (const auto& item : *value) {
    if (!item.is_string())
      throw bad_token{std::string{name} + " must be a list of text"};
    all.push_back(item.get<std::string>());
  }
  return all;
}

bool flag_member(const nlohmann::json& in, const char* name) {
  const auto* value = find_member(in, name);
  if (value != nullptr && !value->is_boolean())
    throw bad_token{std::string{name} + " must be true or false"};
  return value != nullptr && value->get<bool>();
}

} // namespace restante::serve
