#pragma once

#include <string>
#include <string_view>

namespace restante::serve {

/// The hex digits in dumps of xxd, hexdump, od and similar programs, without the offset before each
/// line and the characters after it. Empty: the text is no dump. `is_swapped`: the bytes of each
/// word are in reverse order, as hexdump and xxd -e write them.
std::string dumped_digits(std::string_view text, bool is_swapped);

} // namespace restante::serve
