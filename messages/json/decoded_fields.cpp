#include "restante/messages/json/decoded_fields.hpp"

#include "restante/messages/json/base64.hpp"

#include <optional>
#include <utility>

namespace restante::json {

namespace {

/// The bytes of an embedder, if `value` is `{"base64":"…"}`. Compact JSON has one spelling of such
/// a value. Base64 has no quotes, so the text between the quotes of an object with two members is
/// not base64.
std::optional<std::string> embedded_bytes(std::string_view value) {
  constexpr std::string_view before = R"({"base64":")";
  constexpr std::string_view after = R"("})";
  if (value.size() < before.size() + after.size() || !value.starts_with(before) ||
      !value.ends_with(after)) {
    return std::nullopt;
  }
  value.remove_prefix(before.size());
  value.remove_suffix(after.size());
  return bytes_of(value);
}

failure known_error(std::uint64_t number, std::string message) {
  for (const auto& row : error_table()) {
    if (static_cast<std::uint64_t>(row.code) != number)
      continue;
    if (message == row.text)
      message.clear();
    return {row.code, std::move(message)};
  }
  return {errc::internal, std::move(message)};
}

} // namespace

members members_inside(std::string_view object) {
  auto read = members::read(object, object.size(), vocabulary::frames);
  if (auto* bad = read.why())
    throw bad_field{std::move(*bad)};
  return std::move(*read);
}

void decoded_fields::refuse(std::string_view name, std::string_view how) {
  throw bad_field{{errc::bad_frame, std::string{name} + " " + std::string{how}}};
}

bool decoded_fields::flag(std::string_view name) const {
  (void)from_.required_value(name);
  return is_set(name);
}

instant decoded_fields::time(std::string_view name) const {
  return instant{milliseconds_saturated(from_.required_number(name)).count()};
}

duration decoded_fields::span(std::string_view name) const {
  return milliseconds_saturated(from_.required_number(name));
}

trace_id decoded_fields::trace(std::string_view name) const {
  const auto read = trace_of(text(name));
  if (!read)
    refuse(name, "is no trace");
  return *read;
}

body decoded_fields::value(std::string_view name) const {
  const auto& text = from_.required_value(name);
  if (const auto bytes = embedded_bytes(text))
    return body::bytes(*bytes);
  return body::trusted_json(text);
}

body decoded_fields::payload(std::string_view name) const {
  return body::bytes(from_.bytes(name).value_or(""));
}

notification_state decoded_fields::state(std::string_view name) const {
  using enum notification_state;
  const auto said = text(name);
  for (const auto state : {queued, offered, delivered, replied, expired, evicted, collapsed}) {
    if (to_string(state) == said)
      return state;
  }
  refuse(name, "is none");
}

kept_in decoded_fields::kept(std::string_view name) const {
  const auto said = text(name);
  for (const auto where : {kept_in::memory, kept_in::disk}) {
    if (to_string(where) == said)
      return where;
  }
  refuse(name, "is none");
}

failure decoded_fields::error() const {
  const auto inside = members_inside(from_.required_value("error"));
  const decoded_fields error{inside};
  return known_error(error.count<std::uint64_t>("number"), error.text("message"));
}

} // namespace restante::json
