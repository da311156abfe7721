#pragma once

#include <string>
#include <string_view>

namespace restante::json {

/// The readable part of a frame that is not valid JSON: enough to answer the frame.
struct partial_request {
  std::string op; ///< empty: none was read
  std::string id; ///< JSON text of a string or number of allowed length; empty: none was read
};

/// Looks at the members of the outermost object only, and only at their outline: half a
/// surrogate pair, invalid UTF-8, `NaN`, a value nested too deeply or the missing end of the
/// frame do not hide the members beside them. Of a member that comes twice the last one
/// counts. Throws nothing but for want of memory.
partial_request read_partially(std::string_view frame);

} // namespace restante::json
