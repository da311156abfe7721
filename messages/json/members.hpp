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

/// The exception for a member that is missing or wrong. The functions of decode.hpp and
/// decode_frames.hpp catch it.
struct bad_field {
  failure why;
};

/// An answer lists at most this many ignored members, and at most this many bytes of each name. So
/// a client cannot make an answer large.
inline constexpr std::size_t ignored_names_max = 8;
inline constexpr std::size_t ignored_name_bytes_max = 64;

/// Adds the name of an ignored member to the list, unless the list is full or has the name. A long
/// name is cut off between two characters.
void note_ignored(std::vector<std::string>& all, std::string_view name);

/// The names that are known when an object is read. Members with other names are not kept.
enum class vocabulary : std::uint8_t {
  requests, ///< requests of clients
  frames,   ///< frames of the broker, including the objects inside
};

/// The members of one JSON object, each as the compact text of its value. Objects inside a value
/// keep the order of their members and duplicates; numbers keep their digits (spec N1). If a member
/// comes twice, the last one counts. Members with names outside the vocabulary are not kept.
///
/// The accessors throw `bad_field` with `invalid_argument` for a value of the wrong type. The
/// accessors called `required_…` throw it for a missing member too.
class members {
public:
  /// Reads a frame. Errors, all `bad_frame`: longer than `bytes_max`, not JSON, not an
  /// object, nested deeper than `frame_depth_max`, invalid UTF-8. Throws nothing. Frames of the
  /// broker may be two levels deeper, since a list of notifications encloses a pack.
  static outcome<members> read(std::string_view frame, std::size_t bytes_max,
                               vocabulary words = vocabulary::requests);

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// The compact text of the value; null if there is no such member.
  const std::string* find(std::string_view name) const;
  const std::string& required_value(std::string_view name) const;

  std::optional<std::string> text(std::string_view name) const;
  std::string required_text(std::string_view name) const;

  /// A text that may be missing. The result is then empty. Throws for an empty text.
  std::string text_unless_missing(std::string_view name) const;

  std::optional<bool> flag(std::string_view name) const;

  /// A whole number, also written as `2.0` or `1e3`. A number beyond 64 bits becomes the largest or
  /// smallest one. Throws for a number with a fraction.
  std::optional<std::int64_t> number(std::string_view name) const;
  std::int64_t required_number(std::string_view name) const;

  /// A whole number of milliseconds, saturated.
  std::optional<duration> milliseconds(std::string_view name) const;

  /// The bytes behind standard, padded base64.
  std::optional<std::string> bytes(std::string_view name) const;

  std::vector<std::string> required_texts(std::string_view name) const;

  /// The compact text of each item of an array. The texts are views into this object.
  std::vector<std::string_view> required_items(std::string_view name) const;

  /// The names outside the vocabulary in the order in which they came, as `note_ignored` keeps
  /// them.
  const std::vector<std::string>& unknown() const { return unknown_; }

  /// The names of the kept members that are not in `wanted`, in byte order.
  std::vector<std::string_view> others_than(std::span<const std::string_view> wanted) const;

  /// Replaces a member by a string.
  void put_text(std::string_view name, std::string_view value);

private:
  class reader;
  friend outcome<std::string> compact_value(std::string_view text, std::size_t depth_max);

  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> unknown_;
};

/// One JSON value as compact text; numbers keep their digits. Errors, all `invalid_argument`: not
/// JSON, invalid UTF-8, half a surrogate pair, a NUL, nested deeper than `depth_max`. Throws only
/// `std::bad_alloc`.
outcome<std::string> compact_value(std::string_view text, std::size_t depth_max);

} // namespace restante::json
