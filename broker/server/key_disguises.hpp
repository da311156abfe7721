#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Removes the notations that may hide a key in a text.
namespace restante::serve {

/// `text` without the escapes of JSON, shells and URLs; without the characters of quotations,
/// comments and string literals around its lines; without the `0x` of lists of bytes; without the
/// offsets and characters of dumps; and without the zeros of UTF-16 and UTF-32. Results that equal
/// `text` are left out.
std::vector<std::string> undisguised(std::string_view text);

} // namespace restante::serve
