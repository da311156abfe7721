#include "restante/broker/server/reload.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace restante::serve {

namespace {

void copy_value(const setting& what, serve_settings& to, serve_settings from) {
  std::visit(
      [&](auto* target) {
        using kind = std::remove_pointer_t<decltype(target)>;
        *target = *std::get<kind*>(what.target(from));
      },
      what.target(to));
}

bool is_one_of(const setting& what, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, what.name) != names.end();
}

} // namespace

settings_change change_between(const serve_settings& in_force, const serve_settings& read) {
  const bool changes_identity = in_force.auth.is_needed() != read.auth.is_needed();
  const bool changes_tls = in_force.network.tls_cert.empty() != read.network.tls_cert.empty();
  settings_change change;
  for (const auto& what : settings_table()) {
    if (toml_value(what, in_force) == toml_value(what, read))
      continue;
    const bool is_fixed = what.at_reload == on_reload::restart ||
                          (changes_identity && is_one_of(what, {"tokens_file", "jwt_key_file"})) ||
                          (changes_tls && is_one_of(what, {"tls_cert", "tls_key"}));
    (is_fixed ? change.at_restart : change.taken).push_back(&what);
  }
  return change;
}

serve_settings with_values(serve_settings in_force, const serve_settings& read,
                           const std::vector<const setting*>& which) {
  for (const auto* what : which) {
    copy_value(*what, in_force, read);
    const std::string name{what->name};
    if (const auto origin = read.origins.find(name); origin != read.origins.end())
      in_force.origins[name] = origin->second;
    else
      in_force.origins.erase(name);
  }
  return in_force;
}

std::string names_of(const std::vector<const setting*>& which) {
  std::string names;
  for (const auto* what : which)
    names.append(names.empty() ? "" : ", ").append(what->name);
  return names;
}

} // namespace restante::serve
