#include "restante/broker/server/key_dumps.hpp"

#include "restante/broker/server/key_encodings.hpp"

#include <algorithm>

namespace restante::serve {

namespace {

bool is_hex(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) { return hex_digit(c) >= 0; });
}

/// Removes blanks and returns the text up to the next blank.
std::string_view next_word(std::string_view& line) {
  const auto begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  const auto end = std::min(line.find_first_of(" \t\r", begin), line.size());
  const auto word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

/// Removes the offset, such as `00000010:` or `0000010`. Whether the line began with an offset.
bool take_offset(std::string_view& line, bool& has_colon) {
  constexpr std::size_t digits_min = 4;
  constexpr std::size_t digits_max = 16;
  auto word = next_word(line);
  has_colon = word.ends_with(':');
  if (has_colon)
    word.remove_suffix(1);
  return word.size() >= digits_min && word.size() <= digits_max && is_hex(word);
}

/// Removes the column of characters behind the bytes.
std::string_view without_characters(std::string_view line, bool has_colon) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  for (const std::string_view begin : {"  |", "  >", "   ", " \t"})
    line = line.substr(0, line.find(begin));
  // hexdump puts two blanks between groups of 8 bytes.
  return has_colon ? line.substr(0, line.find("  ")) : line;
}

/// The bytes of a word in reverse order.
std::string swapped(std::string_view word) {
  std::string digits;
  for (auto at = word.size(); at > 0; at -= 2)
    digits += word.substr(at - 2, 2);
  return digits;
}

} // namespace

std::string dumped_digits(std::string_view text, bool is_swapped) {
  std::string digits;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    bool has_colon = false;
    if (!take_offset(line, has_colon))
      continue;
    line = without_characters(line, has_colon);
    for (auto word = next_word(line); is_hex(word) && word.size() % 2 == 0; word = next_word(line))
      digits += is_swapped ? swapped(word) : std::string{word};
  }
  return digits;
}

} // namespace restante::serve
