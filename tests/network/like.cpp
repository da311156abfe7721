#include "restante/tests/network/like.hpp"

#include <algorithm>
#include <cctype>

namespace restante::testing {

namespace {

constexpr std::string_view any = "…";

bool is_of_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string_view name_in(std::string_view text) {
  return text.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_of_name) - text.begin()));
}

/// The number of bytes of `text` that are the rest of a string, without its closing quote.
std::size_t string_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && text[n] != '"')
    n += text[n] == '\\' ? 2 : 1;
  return std::min(n, text.size());
}

/// The number of bytes of `text` that are one JSON value.
std::size_t value_length(std::string_view text) {
  std::size_t n = 0;
  int depth = 0;
  while (n < text.size()) {
    const char c = text[n];
    if (depth == 0 && (c == ',' || c == '}' || c == ']'))
      break;
    if (c == '{' || c == '[')
      ++depth;
    if (c == '}' || c == ']')
      --depth;
    n += c == '"' ? string_length(text.substr(n + 1)) + 2 : 1;
    if (depth == 0 && (c == '"' || c == '}' || c == ']'))
      break;
  }
  return std::min(n, text.size());
}

} // namespace

std::string filled_in(std::string_view pattern, const captures& known) {
  std::string text;
  while (!pattern.empty()) {
    const auto name = pattern.front() == '$' ? name_in(pattern.substr(1)) : std::string_view{};
    if (const auto found = known.find(std::string{name}); found != known.end()) {
      text += found->second;
      pattern.remove_prefix(1 + name.size());
    } else {
      text += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return text;
}

std::string misfit(std::string_view pattern, std::string_view text, captures& known) {
  const auto whole = filled_in(pattern, known);
  std::string_view want{whole};
  std::string_view got = text;
  char before = 0;
  while (!want.empty()) {
    if (want.starts_with(any)) {
      want.remove_prefix(any.size());
      const auto n = before == '"' ? string_length(got) : value_length(got);
      if (n == 0 && before != '"')
        return "no value at: " + std::string{got};
      if (const auto name = name_in(want); !name.empty()) {
        known[std::string{name}] = got.substr(0, n);
        want.remove_prefix(name.size());
      }
      got.remove_prefix(n);
      before = 0;
      continue;
    }
    if (got.empty() || got.front() != want.front())
      return "wanted: " + std::string{want} + "\n  heard: " + std::string{got};
    before = want.front();
    want.remove_prefix(1);
    got.remove_prefix(1);
  }
  return got.empty() ? "" : "more than wanted: " + std::string{got};
}

} // namespace restante::testing
