#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace restante::json {

/// Appends `text` to `out` as a JSON string, quotes included. What is no valid UTF-8 is
/// replaced by U+FFFD rather than refused: a frame that is under way must get out.
void append_string(std::string& out, std::string_view text);

/// Appends a body as the JSON value it is: compact JSON text as it stands, opaque bytes as
/// `{"base64":"…"}`.
void append_body(std::string& out, const body& value);

/// Whole milliseconds of a span, rounded down.
std::int64_t whole_ms(duration span);

/// The same rounded up, for a span that must not become shorter, or none, on its way: an
/// endless one is read as endless again.
std::int64_t whole_ms_up(duration span);

/// Writes the members of one JSON object, compactly and in the order of the calls. Names
/// are literals of ours and need no escaping.
class writer {
public:
  /// `{"_orama":"<type>"`, to go on with.
  static writer frame(std::string_view type);

  /// `{"op":"<op>","id":<id>`, likewise. `id` is JSON text; without it there is no member.
  /// Room for `bytes` more is made at once.
  static writer request(std::string_view op, std::string_view id, std::size_t bytes);

  writer& text(std::string_view name, std::string_view value);
  writer& trace(std::string_view name, const trace_id& value);
  writer& flag(std::string_view name, bool value);
  writer& value(std::string_view name, const body& value);

  /// `value` must be JSON text already.
  writer& raw(std::string_view name, std::string_view value);

  /// Standard base64, and no member at all when there is nothing in it (spec W1).
  writer& payload(std::string_view name, const body& value);

  /// `at` in whole milliseconds since `zero`.
  writer& time(std::string_view name, instant at, instant zero);

  template <std::integral T>
  writer& number(std::string_view name, T value) {
    return raw(name, std::to_string(value));
  }

  /// The members alone, to be put into an object of the caller's.
  std::string fields() && { return std::move(object_.erase(0, 1)); }

  /// The whole object.
  std::string object() && { return std::move(object_ += '}'); }

private:
  writer& name(std::string_view name);

  std::string object_{'{'};
};

/// `[a,b]`, of items that are JSON text.
class list_writer {
public:
  void add(std::string_view item);
  std::string array() &&;

private:
  std::string items_;
};

} // namespace restante::json
