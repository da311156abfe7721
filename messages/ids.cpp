#include "restante/messages/ids.hpp"

namespace restante {

namespace {

constexpr std::size_t trace_chars = 32;

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a') + 10;
  return std::nullopt;
}

} // namespace

trace_id trace_id::make(route_number route, const std::array<std::uint8_t, 10>& random) {
  trace_id made;
  made.high = route << (64 - route_bits) | static_cast<std::uint64_t>(random[0]) << 8 | random[1];
  for (std::size_t i = 2; i < random.size(); ++i)
    made.low = made.low << 8 | random[i];
  if (!made)
    made.low = 1; // never all zero: W3C trace context forbids it
  return made;
}

std::string to_string(const trace_id& trace) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text(trace_chars, '0');
  for (std::size_t i = 0; i < trace_chars; ++i) {
    const auto half = i < trace_chars / 2 ? trace.high : trace.low;
    const auto shift = 60 - 4 * (i % (trace_chars / 2));
    text[i] = digits[half >> shift & 0xf];
  }
  return text;
}

std::optional<trace_id> trace_of(std::string_view text) {
  if (text.size() != trace_chars)
    return std::nullopt;
  trace_id parsed;
  for (std::size_t i = 0; i < trace_chars; ++i) {
    const auto digit = digit_of(text[i]);
    if (!digit)
      return std::nullopt;
    auto& half = i < trace_chars / 2 ? parsed.high : parsed.low;
    half = half << 4 | *digit;
  }
  if (!parsed)
    return std::nullopt;
  return parsed;
}

} // namespace restante
