#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <string_view>

namespace restante::testing {

/// What stood where a pattern had a name.
using captures = std::map<std::string, std::string>;

/// Compares text with a pattern, byte by byte. In the pattern `…` stands for any JSON value,
/// or, inside of quotes, for any string; a name behind it (`…t1`) keeps what stood there,
/// and `$t1` stands for that. Empty when it fits, else what does not.
std::string misfit(std::string_view pattern, std::string_view text, captures& known);

/// `pattern` with the values in it that are known.
std::string filled_in(std::string_view pattern, const captures& known);

MATCHER_P(Like, pattern, "is like " + std::string{pattern}) {
  captures none;
  const auto wrong = misfit(pattern, arg, none);
  *result_listener << wrong;
  return wrong.empty();
}

/// The same, with names.
MATCHER_P2(LikeWith, pattern, known, "is like " + std::string{pattern}) {
  const auto wrong = misfit(pattern, arg, *known);
  *result_listener << wrong;
  return wrong.empty();
}

} // namespace restante::testing
