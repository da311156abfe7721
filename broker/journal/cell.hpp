#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace restante::journal {

/// A value in a row of a table. Text and blobs are views: their bytes must outlive the cell.
class cell {
public:
  enum class kind : std::uint8_t { null, integer, text, blob, other };

  cell() = default;
  static cell integer(std::int64_t number);
  static cell text(std::string_view bytes) { return {kind::text, bytes}; }
  static cell blob(std::string_view bytes) { return {kind::blob, bytes}; }
  static cell other() { return {kind::other, {}}; }

  /// A trace is stored as 16 bytes, the highest byte first. The cell itself holds these bytes.
  explicit cell(const trace_id& trace);

  kind what() const { return kind_; }

  /// The number; 0 when the value is no number.
  std::int64_t number() const { return number_; }

  /// The bytes of a text or a blob; empty for other values.
  std::string_view bytes() const {
    return is_trace_ ? std::string_view{trace_.data(), trace_.size()} : bytes_;
  }

  /// The trace; the zero trace when the value is not 16 bytes long.
  trace_id trace() const;

private:
  cell(kind what, std::string_view bytes) : kind_{what}, bytes_{bytes} {}

  kind kind_ = kind::null;
  bool is_trace_ = false;
  std::int64_t number_ = 0;
  std::string_view bytes_;
  std::array<char, 16> trace_{};
};

// Conversions between the members of a struct and cells.

template <class T>
concept whole_number = std::is_integral_v<T> || std::is_enum_v<T>;

template <whole_number T>
cell cell_of(T value) {
  return cell::integer(static_cast<std::int64_t>(value));
}
inline cell cell_of(instant value) {
  return cell::integer(value.ns);
}
inline cell cell_of(duration value) {
  return cell::integer(value.count());
}
inline cell cell_of(const std::string& value) {
  return cell::text(value);
}
inline cell cell_of(const trace_id& value) {
  return cell{value};
}
cell cell_of(const std::array<std::uint8_t, 16>& value);

/// TEXT when it is JSON, BLOB when it is bytes.
cell cell_of(const body& value);

template <whole_number T>
void assign(T& to, const cell& from) {
  to = static_cast<T>(from.number());
}
inline void assign(instant& to, const cell& from) {
  to.ns = from.number();
}
inline void assign(duration& to, const cell& from) {
  to = duration{from.number()};
}
inline void assign(std::string& to, const cell& from) {
  to = from.bytes();
}
inline void assign(trace_id& to, const cell& from) {
  to = from.trace();
}
void assign(std::array<std::uint8_t, 16>& to, const cell& from);
void assign(body& to, const cell& from);

} // namespace restante::journal
