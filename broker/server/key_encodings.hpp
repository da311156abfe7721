#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Bytes written as digits of base64 or hex.
namespace restante::serve {

/// A space or a line break.
bool is_blank(char c);

/// 0 to 15; -1: the character is not a hex digit.
int hex_digit(char c);

/// The value of a digit of base64, base64url or hex; -1: the character is not a digit.
using digit_value = int (*)(char);

/// A way to write bytes as text.
struct encoding {
  std::string_view name;
  digit_value digit;
  unsigned bits;               ///< bits per digit
  std::string_view separators; ///< allowed between digits, in addition to blanks

  /// How the text of a key may begin. Only these positions need a closer look.
  std::vector<std::string_view> beginnings;
};

/// base64 and base64url.
const encoding& base64();
const encoding& hex();

/// Decodes digits into bytes. Bits of the last digit that do not fill a byte are dropped.
std::string bytes_of(const encoding& how, std::string_view digits);

/// Whether this encoding is the likely one for digits without any structure: digits that are all
/// hex are not taken for base64.
bool is_meant(const encoding& how, std::string_view digits);

/// The runs of digits in a text, without the separators that the encoding allows between them.
std::vector<std::string> digits_in(const encoding& how, std::string_view text);

} // namespace restante::serve
