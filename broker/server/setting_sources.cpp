#include "restante/broker/server/setting_sources.hpp"

#include "restante/broker/server/nearest.hpp"

#include <algorithm>
#include <array>

namespace restante::serve {

namespace {

constexpr std::string_view prefix = "RESTANTE_";
constexpr std::string_view config_variable = "RESTANTE_CONFIG";

/// Variables that belong to this project's scripts and to the commands that speak to a broker.
constexpr std::array<std::string_view, 4> of_others{"RESTANTE_JOBS", "RESTANTE_SEEDS",
                                                    "RESTANTE_URL", "RESTANTE_TOKEN"};

bool is_list(const setting& what) {
  serve_settings any;
  return std::holds_alternative<std::vector<std::string>*>(what.target(any));
}

/// The items between commas, without blanks around them; no items for an empty text.
std::vector<std::string> items_of(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto item = text.substr(0, comma);
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item.remove_suffix(item.size() - (item.find_last_not_of(' ') + 1));
    if (!item.empty())
      items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::vector<std::string> texts_of(const setting& what, std::string_view text) {
  return is_list(what) ? items_of(text) : std::vector<std::string>{std::string{text}};
}

settings_error unknown_variable(std::string_view name) {
  std::vector<std::string> known{std::string{config_variable}};
  for (const auto& what : settings_table())
    known.push_back(variable_of(what));
  return settings_error{"environment: there is no variable " + std::string{name} +
                        "; the nearest is " + nearest(name, known)};
}

} // namespace

environment_values read_environment(const char* const* variables) {
  environment_values read;
  for (; *variables != nullptr; ++variables) {
    const std::string_view line{*variables};
    const auto name = line.substr(0, line.find('='));
    if (!name.starts_with(prefix) || std::ranges::find(of_others, name) != of_others.end())
      continue;
    const auto text = line.substr(std::min(name.size() + 1, line.size()));
    if (name == config_variable) {
      read.config = text;
      continue;
    }
    const auto is_it = [name](const setting& what) { return variable_of(what) == name; };
    const auto found = std::ranges::find_if(settings_table(), is_it);
    if (found == settings_table().end())
      throw unknown_variable(name);
    read.values.push_back({&*found, texts_of(*found, text), std::string{name}});
  }
  return read;
}

given_value read_flag(const setting& what, const std::vector<std::string>& texts) {
  given_value read{&what, texts, flag_of(what)};
  if (is_list(what)) {
    read.texts.clear();
    for (const auto& text : texts) {
      const auto items = items_of(text);
      read.texts.insert(read.texts.end(), items.begin(), items.end());
    }
  }
  return read;
}

settings_error unknown_flag(std::string_view flag, std::vector<std::string> known) {
  if (!flag.starts_with('-'))
    return settings_error{"command line: nothing is expected of '" + std::string{flag} +
                          "'; settings are flags, such as --listen 127.0.0.1:7467"};
  const auto name = flag.substr(0, flag.find('='));
  for (const auto& what : settings_table())
    known.push_back(flag_of(what));
  return settings_error{"command line: there is no flag " + std::string{name} +
                        "; the nearest is " + nearest(name, known)};
}

} // namespace restante::serve
