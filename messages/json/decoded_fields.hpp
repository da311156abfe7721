#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/json/members.hpp"
#include "restante/messages/notification.hpp"

#include <charconv>
#include <concepts>
#include <exception>
#include <string>
#include <string_view>

namespace restante::json {

/// Reads the members of an object that the broker wrote. The functions throw `bad_field` for a
/// member that is missing or not as the broker writes it.
class decoded_fields {
public:
  /// `from` must outlive this object.
  explicit decoded_fields(const members& from) : from_{from} {}

  std::string text(std::string_view name) const { return from_.required_text(name); }
  bool flag(std::string_view name) const;

  /// False if there is no such member.
  bool is_set(std::string_view name) const { return from_.flag(name).value_or(false); }

  /// A number that cannot be negative, exact in the whole range of `T`.
  template <std::unsigned_integral T>
  T count(std::string_view name) const {
    const auto& text = from_.required_value(name);
    T number = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
      refuse(name, "is no count");
    return number;
  }

  instant time(std::string_view name) const;
  trace_id trace(std::string_view name) const;
  duration span(std::string_view name) const;

  /// A pack, a reply or the data of a message: bytes or JSON.
  body value(std::string_view name) const;

  /// Bytes in base64; empty if there is no such member.
  body payload(std::string_view name) const;

  notification_state state(std::string_view name) const;

  /// Where a put is kept.
  kept_in kept(std::string_view name) const;

  /// The `error` of an answer. The code is never `none`. An unknown number becomes `internal` and
  /// keeps its message.
  failure error() const;

  const members& all() const { return from_; }

private:
  [[noreturn]] static void refuse(std::string_view name, std::string_view how);

  const members& from_;
};

/// The members of an object inside a frame, from its compact text.
members members_inside(std::string_view object);

/// Turns each exception of `read` into a `bad_frame`.
template <class Result, class Read>
outcome<Result> decoded_or_failure(Read read) {
  try {
    return read();
  } catch (const bad_field& bad) {
    return failure{errc::bad_frame, bad.why.detail};
  } catch (const std::exception&) {
    return failure{errc::bad_frame, {}};
  }
}

} // namespace restante::json
