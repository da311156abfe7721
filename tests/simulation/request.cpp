#include "restante/tests/simulation/request.hpp"

#include <sodium.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace restante::simulation {

namespace {

using int64_limits = std::numeric_limits<std::int64_t>;

struct error_row {
  std::string_view code;
  int number;
  bool retry;
};

constexpr error_row error_rows[] = {
    {"bad_frame", 100, false},
    {"unknown_op", 101, false},
    {"invalid_argument", 102, false},
    {"payload_too_large", 103, false},
    {"too_many_targets", 104, false},
    {"not_found", 200, false},
    {"not_a_suit", 201, false},
    {"stale_connection", 202, false},
    {"already_connected", 203, false},
    {"too_many_keys", 204, false},
    {"too_many_subscriptions", 205, false},
    {"too_many_watches", 206, false},
    {"target_full", 207, true},
    {"topic_full", 208, true},
    {"too_many_waiters", 209, true},
    {"timeout", 210, true},
    {"forbidden", 301, false},
};

[[noreturn]] void invalid() {
  throw refusal{"invalid_argument"};
}

std::int64_t integer_of(const json& value) {
  if (value.is_number_unsigned()) {
    auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(int64_limits::max()))
      return int64_limits::max();
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer())
    return value.get<std::int64_t>();
  auto digits = digits_of(value);
  if (!digits)
    invalid();
  auto number = std::strtod(digits->c_str(), nullptr);
  if (!std::isfinite(number) || std::trunc(number) != number)
    invalid();
  if (number >= 9.2e18)
    return int64_limits::max();
  if (number <= -9.2e18)
    return int64_limits::min();
  return static_cast<std::int64_t>(number);
}

std::optional<std::size_t> base64_bytes(const std::string& text) {
  std::vector<unsigned char> out(text.size() + 1);
  std::size_t length = 0;
  const char* end = nullptr;
  auto rc = sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length,
                              &end, sodium_base64_VARIANT_ORIGINAL);
  if (rc != 0 || end != text.data() + text.size())
    return std::nullopt;
  return length;
}

} // namespace

json error_value(const char* code) {
  for (const auto& row : error_rows)
    if (row.code == code)
      return {{"code", code}, {"number", row.number}, {"message", ""}, {"retry", row.retry}};
  std::abort(); // a code that the table above does not have is a programming error here
}

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  if (b > 0 && a > int64_limits::max() - b)
    return int64_limits::max();
  if (b < 0 && a < int64_limits::min() - b)
    return int64_limits::min();
  return a + b;
}

std::int64_t nanoseconds_of(std::int64_t ms) {
  constexpr std::int64_t scale = 1'000'000;
  if (ms > int64_limits::max() / scale)
    return int64_limits::max();
  if (ms < int64_limits::min() / scale)
    return int64_limits::min();
  return ms * scale;
}

bool is_id(std::string_view text, const limits& bounds) {
  return !text.empty() && text.size() <= bounds.id_bytes_max;
}

std::size_t decoded_bytes(const std::string& base64) {
  return base64_bytes(base64).value_or(0);
}

const json* request::find(const char* field) const {
  auto i = line_->find(field);
  return i == line_->end() ? nullptr : &*i;
}

const json& request::get(const char* field) const {
  const auto* found = find(field);
  if (!found)
    invalid();
  return *found;
}

bool request::has(const char* field) const {
  return find(field) != nullptr;
}

std::string request::text(const char* field) const {
  const auto& value = get(field);
  if (!value.is_string() || digits_of(value))
    invalid();
  return value.get<std::string>();
}

std::string request::id(const char* field) const {
  auto result = text(field);
  if (!is_id(result, *bounds_))
    invalid();
  return result;
}

std::optional<std::string> request::optional_id(const char* field) const {
  if (!has(field))
    return std::nullopt;
  return id(field);
}

std::int64_t request::integer(const char* field) const {
  return integer_of(get(field));
}

std::int64_t request::integer(const char* field, std::int64_t otherwise) const {
  return has(field) ? integer(field) : otherwise;
}

bool request::flag(const char* field) const {
  const auto* found = find(field);
  if (!found)
    return false;
  if (!found->is_boolean())
    invalid();
  return found->get<bool>();
}

json request::value(const char* field) const {
  return get(field);
}

bool request::explicit_ack() const {
  if (!has("ack"))
    return false;
  auto mode = text("ack");
  if (mode != "auto" && mode != "explicit")
    invalid();
  return mode == "explicit";
}

std::string request::base64(const char* field) const {
  if (!has(field))
    return {};
  auto result = text(field);
  if (!base64_bytes(result))
    invalid();
  return result;
}

} // namespace restante::simulation
