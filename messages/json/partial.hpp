#pragma once

#include <string>
#include <string_view>

namespace restante::json {

/// The readable part of a frame that is not valid JSON: enough to answer the frame.
struct partial_request {
  std::string op; ///< empty: none was read
  std::string id; ///< JSON text of a string or number of allowed length; empty: none was read
};

/// Reads the members of the outermost object by their brackets, quotes and commas only. So half a
/// surrogate pair, invalid UTF-8, `NaN`, a value nested too deeply or a missing end of the frame do
/// not hide other members. If a member comes twice, the last one counts. Throws only
/// `std::bad_alloc`.
partial_request read_partially(std::string_view frame);

} // namespace restante::json
