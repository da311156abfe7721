#include "restante/broker/server/key_encodings.hpp"

#include <algorithm>

namespace restante::serve {

namespace {

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

} // namespace

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

const encoding& base64() {
  static const encoding made{"base64",
                             &base64_digit,
                             6,
                             "",
                             {"MA", "MB", "MC", "MD", "ME", "MF", "MG", "MH", "MI", "AAAA",
                              "b3BlbnNz", "/u3+", "zs7O", "BgIA", "BwIA", "UlNB"}};
  return made;
}

const encoding& hex() {
  static const encoding made{"hex",
                             &hex_digit,
                             4,
                             ":,-",
                             {"30", "000000", "6f70656e", "6F70656E", "feedfeed", "FEEDFEED",
                              "cececece", "CECECECE", "0602", "0702"}};
  return made;
}

std::string bytes_of(const encoding& how, std::string_view digits) {
  std::string bytes;
  unsigned gathered = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    gathered = (gathered << how.bits) | static_cast<unsigned>(how.digit(c));
    bits += how.bits;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((gathered >> bits) & 0xff);
    }
  }
  return bytes;
}

bool is_meant(const encoding& how, std::string_view digits) {
  return how.bits != base64().bits ||
         std::ranges::any_of(digits, [](char c) { return hex_digit(c) < 0; });
}

std::vector<std::string> digits_in(const encoding& how, std::string_view text) {
  std::vector<std::string> runs(1);
  for (const char c : text) {
    if (how.digit(c) >= 0)
      runs.back() += c;
    else if (!is_blank(c) && how.separators.find(c) == std::string_view::npos &&
             !runs.back().empty())
      runs.emplace_back();
  }
  return runs;
}

} // namespace restante::serve
