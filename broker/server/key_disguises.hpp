#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Text that a key may hide in, made plain.
namespace restante::serve {

/// What `text` would be without the escapes of JSON, shells and URLs; without what quotations,
/// comments and string literals put around its lines; without the `0x` of lists of bytes;
/// without the offsets and characters of dumps; and without the zeros of UTF-16 and UTF-32. Those
/// that are `text` itself are left out.
std::vector<std::string> undisguised(std::string_view text);

} // namespace restante::serve
