#include "restante/broker/server/logging.hpp"
#include "restante/messages/json/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace restante::serve {

namespace {

using gateway::severity;

std::string_view name_of(severity how) {
  switch (how) {
  case severity::debug:
    return "debug";
  case severity::info:
    return "info";
  case severity::warning:
    return "warning";
  case severity::error:
    return "error";
  }
  return "error";
}

std::string time_text(std::chrono::system_clock::time_point at) {
  using namespace std::chrono;
  const auto seconds = floor<std::chrono::seconds>(at);
  const auto ms = floor<milliseconds>(at) - seconds;
  const std::time_t time = system_clock::to_time_t(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%FT%T", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms.count()));
  return std::string{date.data()} + fraction.data();
}

/// Escapes characters that JSON allows but that a terminal or an editor may take for a command or a
/// line end: DEL, the C1 controls (U+0080 to U+009F), U+2028 and U+2029. The result is `\uXXXX`, or
/// empty for any other character.
std::string_view escape_at(std::string_view text, std::size_t at, std::string& made) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  unsigned code = 0;
  std::size_t size = 0;
  if (byte(0) == 0x7f) {
    code = 0x7f;
    size = 1;
  } else if (byte(0) == 0xc2 && text.size() - at > 1 && byte(1) < 0xa0) {
    code = byte(1);
    size = 2;
  } else if (byte(0) == 0xe2 && text.size() - at > 2 && byte(1) == 0x80 &&
             (byte(2) == 0xa8 || byte(2) == 0xa9)) {
    code = 0x2000U + byte(2) - 0x80U;
    size = 3;
  }
  if (size == 0)
    return {};
  std::array<char, 8> escaped{};
  std::snprintf(escaped.data(), escaped.size(), "\\u%04x", code);
  made = escaped.data();
  return text.substr(at, size);
}

constexpr std::size_t value_bytes_max = 2048;

/// Cuts a value off so that its line stays readable. Never splits a character.
std::string clipped(std::string_view value) {
  if (value.size() <= value_bytes_max)
    return std::string{value};
  auto end = value_bytes_max;
  while (end > value_bytes_max - 3 && (static_cast<unsigned char>(value[end]) & 0xc0) == 0x80)
    --end;
  return std::string{value.substr(0, end)} + "\xe2\x80\xa6";
}

void append_quoted(std::string& out, std::string_view value) {
  std::string quoted;
  json::append_string(quoted, clipped(value));
  std::string escaped;
  for (std::size_t at = 0; at < quoted.size();) {
    const auto replaced = escape_at(quoted, at, escaped);
    if (replaced.empty())
      out += quoted[at++];
    else
      out += escaped;
    at += replaced.size();
  }
}

/// Whether the value needs no quotation marks to stand apart from the text around it.
bool is_bare(std::string_view value) {
  constexpr std::string_view others = "_-.:/@+[]*";
  return !value.empty() && std::ranges::all_of(value, [others](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           others.find(c) != std::string_view::npos;
  });
}

} // namespace

std::string log_line(log_format format, std::chrono::system_clock::time_point at, severity how,
                     std::string_view event, std::span<const gateway::log_field> fields) {
  std::string line;
  if (format == log_format::text) {
    line.append(time_text(at)).append(" ").append(name_of(how)).append(" ").append(event);
    for (const auto& field : fields) {
      line.append(" ").append(field.name).append("=");
      if (field.is_number || (is_bare(field.text) && field.text.size() <= value_bytes_max))
        line += field.text;
      else
        append_quoted(line, field.text);
    }
    return line;
  }
  line.append(R"({"time":")").append(time_text(at)).append(R"(","level":")");
  line.append(name_of(how)).append(R"(","event":)");
  append_quoted(line, event);
  for (const auto& field : fields) {
    line += ',';
    append_quoted(line, field.name);
    line += ':';
    if (field.is_number)
      line += field.text;
    else
      append_quoted(line, field.text);
  }
  return line + "}";
}

} // namespace restante::serve
