#pragma once

#include <string>
#include <string_view>

namespace restante::serve {

/// The digits of hex in dumps of xxd, hexdump, od and the like: without the offset in front of
/// each line and the characters behind. Empty: it is no dump. `is_swapped`: the bytes of
/// each word are in the other order, as hexdump and xxd -e write them.
std::string dumped_digits(std::string_view text, bool is_swapped);

} // namespace restante::serve
