#pragma once

#include "restante/messages/instant.hpp"
#include "restante/messages/outcome.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace restante::json {

/// What a field that is not as it should be throws. It gets no further than to the function
/// of decode.hpp that asked.
struct bad_field {
  failure why;
};

/// Of the members that mean nothing, so many are told, and so much of each name: an answer
/// must not grow with what a client makes up.
inline constexpr std::size_t ignored_names_max = 8;
inline constexpr std::size_t ignored_name_bytes_max = 64;

/// Adds a name that means nothing to those that are told: each once, by its first bytes
/// without cutting a character in two, and only the first few of them.
void note_ignored(std::vector<std::string>& all, std::string_view name);

/// Whose words an object is read with: a name that means nothing there is not kept.
enum class vocabulary : std::uint8_t {
  requests, ///< requests of clients
  frames,   ///< frames of the broker, including the objects inside
};

/// The members of one JSON object, each as the compact text of its value: members inside
/// keep their order and duplicates, numbers their digits (spec N1). Of a member that comes
/// twice the last one counts. Members without a meaning in the vocabulary are not kept.
///
/// The accessors throw `bad_field` with `invalid_argument` for a value of the wrong type;
/// those called `required_…` also when there is none.
class members {
public:
  /// Reads a frame. Errors, all `bad_frame`: longer than `bytes_max`, not JSON, not an
  /// object, nested deeper than `frame_depth_max`, invalid UTF-8. Throws nothing. What the
  /// broker says may be deeper by the few levels that it puts around a pack.
  static outcome<members> read(std::string_view frame, std::size_t bytes_max,
                               vocabulary words = vocabulary::requests);

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// The compact text of the value; nothing when there is no such member.
  const std::string* find(std::string_view name) const;
  const std::string& required_value(std::string_view name) const;

  std::optional<std::string> text(std::string_view name) const;
  std::string required_text(std::string_view name) const;

  /// A text that may be missing, and is empty then, but not empty when it is there.
  std::string text_unless_missing(std::string_view name) const;

  std::optional<bool> flag(std::string_view name) const;

  /// A whole number. One without a fraction counts however it is written (`2.0`, `1e3`),
  /// and is cut off at the ends of 64 bits; a fraction is refused.
  std::optional<std::int64_t> number(std::string_view name) const;
  std::int64_t required_number(std::string_view name) const;

  /// A whole number of milliseconds, saturated.
  std::optional<duration> milliseconds(std::string_view name) const;

  /// The bytes behind standard, padded base64.
  std::optional<std::string> bytes(std::string_view name) const;

  std::vector<std::string> required_texts(std::string_view name) const;

  /// The compact text of each item of an array, digit by digit; they live as long as this.
  std::vector<std::string_view> required_items(std::string_view name) const;

  /// Names of members that mean nothing in any request, as they came: the first few of
  /// them, each cut to `ignored_name_bytes_max`.
  const std::vector<std::string>& unknown() const { return unknown_; }

  /// Those of the members kept that are not among `wanted`, in byte order.
  std::vector<std::string_view> others_than(std::span<const std::string_view> wanted) const;

  /// Replaces a member by a string.
  void put_text(std::string_view name, std::string_view value);

private:
  class reader;
  friend outcome<std::string> compact_value(std::string_view text, std::size_t depth_max);

  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> unknown_;
};

/// One JSON value as compact text, digit by digit. Errors, all `invalid_argument`: what is no
/// JSON, invalid UTF-8, half a surrogate pair, a NUL, nested deeper than `depth_max`. Throws
/// nothing but for want of memory.
outcome<std::string> compact_value(std::string_view text, std::size_t depth_max);

} // namespace restante::json
