// The settings in a TOML file.

#include "restante/broker/server/nearest.hpp"
#include "restante/broker/server/setting_sources.hpp"
#include "restante/broker/server/toml_file.hpp"
#include "restante/messages/json/writer.hpp"

#include <optional>
#include <sstream>

namespace restante::serve {

namespace {

/// The TOML type of each kind of setting. A number in quotation marks is an error that is reported.
enum class shape { text, list, flag, number };

shape shape_of(const setting& what) {
  serve_settings any;
  const auto target = what.target(any);
  if (std::holds_alternative<std::string*>(target) || std::holds_alternative<cap_policy*>(target))
    return shape::text;
  if (std::holds_alternative<std::vector<std::string>*>(target))
    return shape::list;
  return std::holds_alternative<bool*>(target) ? shape::flag : shape::number;
}

std::optional<std::vector<std::string>> list_of(const toml::node& node) {
  const auto* items = node.as_array();
  if (items == nullptr)
    return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& item : *items) {
    if (!item.is_string())
      return std::nullopt;
    texts.push_back(item.as_string()->get());
  }
  return texts;
}

/// The value as text; nothing when the value has another TOML type.
std::optional<std::vector<std::string>> texts_of(const toml::node& node, shape kind) {
  if (kind == shape::list)
    return list_of(node);
  if (kind == shape::text && node.is_string())
    return std::vector{node.as_string()->get()};
  if (kind == shape::flag && node.is_boolean())
    return std::vector<std::string>{node.as_boolean()->get() ? "true" : "false"};
  if (kind == shape::number && node.is_integer())
    return std::vector{std::to_string(node.as_integer()->get())};
  return std::nullopt;
}

/// The value in one line, as it would be written in a file.
std::string shown(const toml::node& node) {
  std::string text;
  std::ostringstream out;
  if (node.is_table())
    return "a table";
  if (node.is_array())
    return "an array";
  if (node.is_string()) {
    json::append_string(text, node.as_string()->get());
    return text;
  }
  node.visit([&out](const auto& value) { out << value; });
  return out.str();
}

settings_error unknown_key(const std::string& where, std::string_view key) {
  std::vector<std::string> known;
  for (const auto& what : settings_table())
    known.emplace_back(what.name);
  return settings_error{where + ": there is no setting " + std::string{key} + "; the nearest is " +
                        nearest(key, known)};
}

} // namespace

std::vector<given_value> read_toml(std::string_view text, const std::string& path) {
  std::vector<given_value> values;
  const auto table = [&] {
    try {
      return toml_of(text, path);
    } catch (const std::runtime_error& wrong) {
      throw settings_error{wrong.what()};
    }
  }();
  for (const auto& [key, node] : table) {
    const auto* what = find_setting(key.str());
    if (what == nullptr)
      throw unknown_key(place_of(path, key.source()), key.str());
    auto texts = texts_of(node, shape_of(*what));
    if (!texts)
      throw settings_error{place_of(path, node.source()) + ": " + std::string{what->name} + " = " +
                           shown(node) + ": must be " + allowed(*what)};
    values.push_back({what, std::move(*texts), place_of(path, node.source())});
  }
  return values;
}

std::vector<given_value> read_file(const std::string& path) {
  const auto text = [&path] {
    try {
      return file_text(path);
    } catch (const std::runtime_error& wrong) {
      throw settings_error{wrong.what()};
    }
  }();
  return read_toml(text, path);
}

} // namespace restante::serve
