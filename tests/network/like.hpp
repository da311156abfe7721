#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <string_view>

namespace restante::testing {

/// The matched text of each name in a pattern.
using captures = std::map<std::string, std::string>;

/// Compares text with a pattern, byte by byte. In the pattern `…` matches any JSON value or, inside
/// quotes, any string. A name after it (`…t1`) captures the matched text, and `$t1` stands for the
/// captured text. Returns an empty text for a match, else a description of the difference.
std::string misfit(std::string_view pattern, std::string_view text, captures& known);

/// `pattern` with the known values filled in.
std::string filled_in(std::string_view pattern, const captures& known);

MATCHER_P(Like, pattern, "is like " + std::string{pattern}) {
  captures none;
  const auto wrong = misfit(pattern, arg, none);
  *result_listener << wrong;
  return wrong.empty();
}

/// Compares with a pattern as `Like` does, and keeps the captures.
MATCHER_P2(LikeWith, pattern, known, "is like " + std::string{pattern}) {
  const auto wrong = misfit(pattern, arg, *known);
  *result_listener << wrong;
  return wrong.empty();
}

} // namespace restante::testing
