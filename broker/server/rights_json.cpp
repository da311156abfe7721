#include "restante/broker/server/rights_json.hpp"

#include "restante/broker/server/json_members.hpp"
#include "restante/broker/server/jwt_claims.hpp"

#include <algorithm>
#include <stdexcept>

namespace restante::serve {

namespace {

using tree = nlohmann::json;

/// Refuses unknown members: such a member may be meant to forbid something.
void check_members(const tree& in, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : in.items()) {
    if (std::ranges::find(known, name) == known.end())
      throw bad_token{"rights have a member that is not known"};
  }
}

} // namespace

rights_text rights_of_json(const nlohmann::json& in) {
  if (!in.is_object())
    throw bad_token{"rights must be an object"};
  check_members(in, {"put", "watch", "read", "write", "publish"});
  rights_text made{texts_member(in, "put"),
                   texts_member(in, "watch"),
                   texts_member(in, "read"),
                   {},
                   texts_member(in, "publish")};
  const auto* write = find_member(in, "write");
  if (write == nullptr)
    return made;
  if (!write->is_array())
    throw bad_token{"write must be a list"};
  for (const auto& item : *write) {
    if (!item.is_object())
      throw bad_token{"write must be a list of objects"};
    check_members(item, {"topic", "key"});
    auto topic = text_member(item, "topic");
    auto key = text_member(item, "key");
    if (!topic || !key)
      throw bad_token{"an item of write has a topic and a key"};
    made.write.push_back({std::move(*topic), std::move(*key)});
  }
  return made;
}

std::optional<rights_text> default_rights_of(std::string_view setting) {
  if (setting.empty())
    return std::nullopt;
  try {
    return rights_of_json(tree::parse(setting, nullptr, false));
  } catch (const bad_token& wrong) {
    throw std::runtime_error{"default_rights: " + wrong.why.detail};
  }
}

bool is_rights_setting(const std::string& text) {
  try {
    default_rights_of(text);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

} // namespace restante::serve
