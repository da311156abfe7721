#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::simulation {

/// Thrown by the reference to refuse a request, before anything has changed.
struct refusal {
  /// A code of spec §10.
  const char* code;
};

/// `{"code":…,"number":…,"message":…,"retry":…}` for a code of spec §10.
json error_value(const char* code);

/// a + b, held at the ends of the range (spec N2).
std::int64_t saturating_add(std::int64_t a, std::int64_t b);

/// Milliseconds as nanoseconds, held at the ends of the range.
std::int64_t nanoseconds_of(std::int64_t ms);

/// Reads the fields of one line. Every reader throws `invalid_argument` for a
/// field of the wrong type; those without `optional_` also for a missing one.
/// Fields that nobody asks for are ignored.
class request {
public:
  request(const json& line, const limits& bounds) : line_{&line}, bounds_{&bounds} {}

  bool has(const char* field) const;

  /// Any string.
  std::string text(const char* field) const;

  /// A string of 1 to 256 bytes.
  std::string id(const char* field) const;
  std::optional<std::string> optional_id(const char* field) const;

  /// An integer, or a float without a fraction, held at the ends of the range.
  std::int64_t integer(const char* field) const;
  std::int64_t integer(const char* field, std::int64_t otherwise) const;

  bool flag(const char* field) const;

  /// Any value, null included.
  json value(const char* field) const;

  /// `flag`-like for `ack`: true for `explicit`, false for `auto` and absent.
  bool explicit_ack() const;

  /// Padded standard base64 of the field, checked; empty when absent.
  std::string base64(const char* field) const;

private:
  const json* find(const char* field) const;
  const json& get(const char* field) const;

  const json* line_;
  const limits* bounds_;
};

/// Whether `text` is an id (spec §8). JSON text is valid UTF-8 already.
bool is_id(std::string_view text, const limits& bounds);

/// How many bytes valid padded base64 stands for.
std::size_t decoded_bytes(const std::string& base64);

} // namespace restante::simulation
