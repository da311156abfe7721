#include "restante/broker/cli/printing.hpp"

#include "restante/messages/json/writer.hpp"
#include "restante/messages/validate.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace restante::cli {

namespace {

constexpr char32_t replacement = 0xfffd;

/// Removes the next code point from `text`, which is not empty, and returns it. An invalid byte
/// becomes `replacement`, one byte at a time.
char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const auto part = text.substr(0, length);
  if (!is_valid_utf8(part)) {
    text.remove_prefix(1);
    return replacement;
  }
  text.remove_prefix(length);
  if (length == 1)
    return first;
  char32_t point = first & (0xffU >> (length + 1));
  for (const char c : part.substr(1))
    point = point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return point;
}

/// Control characters of both kinds, and characters that reorder text or break lines invisibly.
bool is_dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void append_escape(std::string& out, char32_t c) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(c));
  out += text.data();
}

/// Writes dangerous characters as escapes; `short_forms`: `\n` instead of `\u000a`.
std::string spelled_out(std::string_view text, bool short_forms) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto before = text;
    const auto point = take_code_point(text);
    if (short_forms && (point == '\n' || point == '\t' || point == '\r'))
      out += point == '\n' ? "\\n" : point == '\t' ? "\\t" : "\\r";
    else if (is_dangerous(point))
      append_escape(out, point);
    else if (point == replacement)
      out += "\xef\xbf\xbd";
    else
      out += before.substr(0, before.size() - text.size());
  }
  return out;
}

} // namespace

std::string printable(std::string_view text) {
  return spelled_out(text, true);
}

std::string printable_json(std::string_view json) {
  return spelled_out(json, false);
}

std::string text_of(const body& value) {
  if (value.kind() == content::bytes && is_valid_utf8(value.view()))
    return printable(value.view());
  if (value.kind() == content::json && value.view().starts_with('"')) {
    const auto read = nlohmann::json::parse(value.view(), nullptr, false);
    if (read.is_string())
      return printable(read.get_ref<const std::string&>());
  }
  std::string json;
  json::append_body(json, value);
  return printable_json(json);
}

std::string time_text(instant at) {
  const auto ms = at.milliseconds();
  const auto part = ((ms % 1000) + 1000) % 1000;
  const auto seconds = static_cast<std::time_t>((ms - part) / 1000);
  std::tm when{};
  gmtime_r(&seconds, &when);
  std::array<char, 64> day{};
  std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &when);
  std::array<char, 16> rest{};
  std::snprintf(rest.data(), rest.size(), ".%03dZ", static_cast<int>(part));
  return std::string{day.data()} + rest.data();
}

std::string seconds_text(duration span) {
  const double seconds = std::chrono::duration<double>(span).count();
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.10g s", seconds);
  return text.data();
}

std::string details_of(const notification_view& view) {
  std::string out;
  const auto add = [&out](std::string_view name, const std::string& value) {
    if (!out.empty())
      out += '\n';
    out.append(name).append(10 - name.size(), ' ').append(value);
  };
  add("trace", to_string(view.trace));
  add("state", std::string{to_string(view.state)});
  add("from", printable(view.from));
  add("to", printable(view.to.client));
  add("suit", view.kind == notification_kind::suit ? "yes" : "no");
  add("created", time_text(view.created_at));
  if (view.scheduled())
    add("due", time_text(view.due_at));
  add("expires", time_text(view.expires_at));
  if (view.delivered())
    add("delivered", time_text(view.delivered_at));
  if (view.replied())
    add("replied", time_text(view.replied_at));
  add("attempts", std::to_string(view.attempts));
  add("pack", text_of(view.pack));
  if (view.replied())
    add("reply", text_of(view.reply));
  return out;
}

} // namespace restante::cli
