#include "restante/messages/json/partial.hpp"

#include "restante/messages/limits.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace restante::json {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Reads JSON by its brackets, quotes and commas only.
class outline {
public:
  /// A byte order mark in front is skipped, as the parser does.
  explicit outline(std::string_view text) : rest_{text} {
    if (rest_.starts_with("\xef\xbb\xbf"))
      rest_.remove_prefix(3);
  }

  /// Takes `c` if it comes next. Returns whether it did.
  bool take(char c) {
    while (!rest_.empty() && is_space(rest_.front()))
      rest_.remove_prefix(1);
    if (rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Takes a string with its quotes. Nothing if no string comes next or the string has no end.
  std::optional<std::string_view> string() {
    const auto before = rest_;
    if (!take('"'))
      return std::nullopt;
    const auto* begin = rest_.data() - 1;
    if (!skip_string()) {
      rest_ = before;
      return std::nullopt;
    }
    return std::string_view{begin, static_cast<std::size_t>(rest_.data() - begin)};
  }

  /// Takes a value up to the next comma or bracket. Nothing if neither follows.
  std::optional<std::string_view> value() {
    while (!rest_.empty() && is_space(rest_.front()))
      rest_.remove_prefix(1);
    const auto* begin = rest_.data();
    std::size_t depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      const bool is_end = c == ']' || c == '}';
      if (depth == 0 && (is_end || c == ','))
        return trimmed({begin, static_cast<std::size_t>(rest_.data() - begin)});
      rest_.remove_prefix(1);
      if (c == '[' || c == '{')
        ++depth;
      else if (is_end)
        --depth;
      else if (c == '"' && !skip_string())
        break;
    }
    return std::nullopt;
  }

private:
  /// Skips a string; begins after the opening quote.
  bool skip_string() {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    rest_ = {};
    return false;
  }

  static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.back()))
      text.remove_suffix(1);
    return text;
  }

  std::string_view rest_;
};

/// The text of a JSON string; nothing if the string is malformed.
std::optional<std::string> text_of(std::string_view value) {
  const auto read = nlohmann::json::parse(value, nullptr, false);
  if (!read.is_string())
    return std::nullopt;
  return read.get<std::string>();
}

/// An id as the answer has it: a number as the client wrote it, a string with our own escapes.
std::string id_of(std::string_view value) {
  if (value.size() > id_bytes_max || value.find('\0') != std::string_view::npos)
    return {};
  const auto read = nlohmann::json::parse(value, nullptr, false);
  if (read.is_string())
    return read.dump();
  return read.is_number() ? std::string{value} : std::string{};
}

} // namespace

partial_request read_partially(std::string_view frame) {
  partial_request found;
  outline at{frame};
  if (!at.take('{'))
    return found;
  do {
    const auto name = at.string();
    if (!name || !at.take(':'))
      break;
    const auto value = at.value();
    if (!value)
      break;
    const auto member = text_of(*name);
    if (member == "id")
      found.id = id_of(*value);
    else if (member == "op")
      found.op = text_of(*value).value_or("");
  } while (at.take(','));
  return found;
}

} // namespace restante::json
