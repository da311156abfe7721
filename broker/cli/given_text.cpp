#include "restante/broker/cli/given_text.hpp"

#include "restante/broker/cli/exit_code.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/members.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/messages/validate.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace restante::cli {

namespace {

std::string name_of(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

std::string read_all(std::istream& from, const std::string& path, std::size_t most) {
  std::string text;
  for (char part[4096]; from && text.size() <= most;) {
    from.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(from.gcount()));
  }
  if (text.size() > most)
    throw bad_usage(name_of(path) + ": is longer than " + std::to_string(most) + " bytes");
  if (!from.eof())
    throw bad_usage(name_of(path) + ": " + std::strerror(errno != 0 ? errno : EIO));
  return text;
}

std::string text_of(const given_value& from) {
  return from.text == "-" ? text_in("-", json::frame_bytes_max) : from.text;
}

/// The compact text of one JSON value. Numbers keep the form in which they were written (spec N1).
std::string compact(const std::string& text, const std::string& name) {
  if (!nlohmann::json::accept(text))
    throw bad_usage(name + " is not JSON");
  const auto read = json::members::read("{\"pack\":" + text + "}", 2 * json::frame_bytes_max);
  if (const auto* wrong = read.why())
    throw bad_usage(name + ": " + wrong->text());
  return *read->find("pack");
}

} // namespace

std::string text_in(const std::string& path, std::size_t most) {
  std::error_code failed;
  if (path != "-" && std::filesystem::is_directory(path, failed))
    throw bad_usage(path + ": is a directory");
  errno = 0;
  std::ifstream opened;
  if (path != "-") {
    opened.open(path, std::ios::binary);
    if (!opened)
      throw bad_usage(path + ": " + std::strerror(errno != 0 ? errno : EIO));
  }
  auto text = read_all(path == "-" ? static_cast<std::istream&>(std::cin) : opened, path, most);
  if (text.ends_with('\n'))
    text.pop_back();
  if (text.ends_with('\r'))
    text.pop_back();
  return text;
}

void add_value(CLI::App& app, given_value& into, const std::string& name,
               const std::string& json_flag, bool is_required) {
  into.name = name;
  app.add_option(name, into.text, "Text; - takes it from standard input")
      ->type_name("TEXT")
      ->required(is_required);
  if (!json_flag.empty())
    app.add_flag(json_flag, into.is_json, name + " is JSON already, not text");
}

body json_of(const given_value& from) {
  const auto text = text_of(from);
  if (from.is_json)
    return body::json(compact(text, from.name));
  if (!is_valid_utf8(text))
    throw bad_usage(from.name + " is not valid UTF-8");
  std::string json;
  json::append_string(json, text);
  return body::json(json);
}

body bytes_of(const given_value& from) {
  return body::bytes(text_of(from));
}

} // namespace restante::cli
