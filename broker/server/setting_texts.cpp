#include "restante/broker/server/setting_texts.hpp"

#include "restante/broker/server/settings.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>

namespace restante::serve {

namespace {

constexpr std::string_view head = R"(# Restante's settings.
#
# Each is shown with its default. What is set in the environment (RESTANTE_LISTEN for listen)
# counts more than this file, and a flag (--listen) more than both. Keys must be known.
)";

/// Whether the type of the setting needs no further explanation.
bool is_plain(const setting& what) {
  return allowed(what) == "text" || allowed(what) == "a list of text";
}

/// A sentence as a comment, wrapped before column 100.
std::string comment(const std::string& sentence) {
  constexpr std::size_t columns = 98;
  std::string out;
  std::string line = "#";
  for (std::size_t at = 0; at < sentence.size();) {
    const auto blank = std::min(sentence.find(' ', at), sentence.size());
    const auto word = sentence.substr(at, blank - at);
    if (line.size() + 1 + word.size() > columns) {
      out += line + "\n";
      line = "#";
    }
    line += " " + word;
    at = blank + 1;
  }
  return out + line + "\n";
}

/// A file name may contain any bytes, but a TOML comment may not.
std::string in_comment(std::string text) {
  const bool is_text = is_valid_utf8(text);
  std::ranges::replace_if(
      text, [is_text](char c) { return (c >= 0 && c < ' ') || c == 0x7f || (c < 0 && !is_text); },
      '?');
  return text;
}

} // namespace

std::string default_config() {
  std::string out{head};
  for (const auto& what : settings_table()) {
    if (!what.group.empty())
      out.append("\n\n# --- ").append(what.group).append(" ---\n");
    std::string sentence{what.help};
    if (!is_plain(what))
      sentence += "; " + allowed(what);
    out += "\n" + comment(sentence + ".");
    out.append("#").append(what.name).append(" = ").append(toml_value(what, {})).append("\n");
  }
  return out;
}

std::string config_in_force(const serve_settings& how) {
  std::string out{"# What restante serve is set to, and where each setting was given.\n"};
  for (const auto& what : settings_table()) {
    if (!what.group.empty())
      out.append("\n# --- ").append(what.group).append(" ---\n");
    const auto origin = how.origins.find(what.name);
    out.append(what.name).append(" = ").append(toml_value(what, how)).append(" # ");
    out.append(origin == how.origins.end() ? "default" : in_comment(origin->second)).append("\n");
  }
  return out;
}

std::string settings_markdown() {
  std::string out = "| setting | default | allowed | SIGHUP | meaning |\n|---|---|---|---|---|\n";
  for (const auto& what : settings_table()) {
    if (!what.group.empty())
      out.append("| **").append(what.group).append("** | | | | |\n");
    out.append("| `").append(what.name).append("` | `").append(toml_value(what, {}));
    out.append("` | ").append(allowed(what)).append(" | ");
    out.append(what.at_reload == on_reload::taken ? "taken" : "restart").append(" | ");
    out.append(what.help).append(" |\n");
  }
  return out;
}

} // namespace restante::serve
