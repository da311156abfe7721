#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Bytes that are written as digits of base64 or hex.
namespace restante::serve {

/// A space or a line break.
bool is_blank(char c);

/// 0 to 15; -1: it is no digit of hex.
int hex_digit(char c);

/// The value of a digit of base64 or base64url, or of hex; -1: it is none.
using digit_value = int (*)(char);

/// A way to write bytes as text.
struct encoding {
  std::string_view name;
  digit_value digit;
  unsigned bits;               ///< in a digit
  std::string_view separators; ///< that may stand between digits, beside blanks

  /// How a key's text may begin: fewer places to look at closely.
  std::vector<std::string_view> beginnings;
};

/// base64 and base64url.
const encoding& base64();
const encoding& hex();

/// Bytes of digits; of the last one those bits that fill a byte.
std::string bytes_of(const encoding& how, std::string_view digits);

/// Whether digits without any structure are meant this way: what is nothing but hex is no base64.
bool is_meant(const encoding& how, std::string_view digits);

/// Stretches of digits without what may stand between them.
std::vector<std::string> digits_in(const encoding& how, std::string_view text);

} // namespace restante::serve
