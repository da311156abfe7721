#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::simulation {

/// The reference throws this to refuse a request before anything has changed.
struct refusal {
  /// A code of spec §10.
  const char* code;
};

/// `{"code":…,"number":…,"message":…,"retry":…}` for a code of spec §10.
json error_value(const char* code);

/// a + b, saturated at the ends of the range (spec N2).
std::int64_t saturating_add(std::int64_t a, std::int64_t b);

/// Milliseconds as nanoseconds, saturated at the ends of the range.
std::int64_t nanoseconds_of(std::int64_t ms);

/// Reads the fields of one line. Every reader throws `invalid_argument` for a field of the wrong
/// type; readers without `optional_` also throw for a missing field. Fields that no reader reads
/// are ignored.
class request {
public:
  request(const json& line, const limits& bounds) : line_{&line}, bounds_{&bounds} {}

  bool has(const char* field) const;

  /// Any string.
  std::string text(const char* field) const;

  /// A string of 1 to 256 bytes.
  std::string id(const char* field) const;
  std::optional<std::string> optional_id(const char* field) const;

  /// An integer, or a float without a fraction, saturated at the ends of the range.
  std::int64_t integer(const char* field) const;
  std::int64_t integer(const char* field, std::int64_t otherwise) const;

  bool flag(const char* field) const;

  /// Any value, null included.
  json value(const char* field) const;

  /// Reads `ack`: true for `explicit`, false for `auto` and for a missing field.
  bool explicit_ack() const;

  /// The field as padded standard base64, checked; empty when missing.
  std::string base64(const char* field) const;

private:
  const json* find(const char* field) const;
  const json& get(const char* field) const;

  const json* line_;
  const limits* bounds_;
};

/// Whether `text` is a valid id (spec §8). JSON text is valid UTF-8 already.
bool is_id(std::string_view text, const limits& bounds);

/// The number of bytes that valid padded base64 encodes.
std::size_t decoded_bytes(const std::string& base64);

} // namespace restante::simulation
