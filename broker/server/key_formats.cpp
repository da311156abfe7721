#include "restante/broker/server/key_formats.hpp"

#include "restante/broker/server/der_shape.hpp"
#include "restante/broker/server/key_disguises.hpp"
#include "restante/broker/server/key_encodings.hpp"
#include "restante/broker/server/key_numbers.hpp"
#include "restante/broker/server/key_openpgp.hpp"
#include "restante/broker/server/key_words.hpp"

#include <nlohmann/json.hpp>
#include <openssl/err.h>

#include <algorithm>

namespace restante::serve {

namespace {

using found = std::optional<std::string>;

constexpr std::size_t head_digits = 24; // enough for a header

std::size_t digits_for(const encoding& how, std::size_t bytes) {
  return (bytes * 8 + how.bits - 1) / how.bits;
}

/// The format that begins at the start of these digits.
found shape_at(const encoding& how, std::string_view digits) {
  constexpr std::size_t others_digits = 512;
  const auto length = der_length(bytes_of(how, digits.substr(0, head_digits)));
  const auto wanted = length ? digits_for(how, *length) : others_digits;
  if (length && digits.size() < wanted)
    return std::nullopt;
  return binary_shape(bytes_of(how, digits.substr(0, wanted)));
}

/// All PGP packets begin with a byte above 127, so the first digit is a cheap check.
found pgp_at(const encoding& how, std::string_view digits) {
  if (how.digit(digits.front()) >> (how.bits - 1) == 0)
    return std::nullopt;
  const auto length = openpgp_length(bytes_of(how, digits.substr(0, head_digits)));
  const auto wanted = length ? digits_for(how, *length + 1) : 0;
  if (!length || !is_openpgp_key(bytes_of(how, digits.substr(0, wanted))))
    return std::nullopt;
  return "a PGP key";
}

bool is_printable(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_blank(c) || (c >= ' ' && c <= '~'); });
}

found look(std::string_view text, int depth);

/// Text that is encoded a second time.
found text_in(const encoding& how, std::string_view digits, int depth) {
  const auto bytes = bytes_of(how, digits);
  return bytes.size() >= der_bytes_min && is_printable(bytes) ? look(bytes, depth + 1)
                                                              : std::nullopt;
}

found shape_in_digits(const encoding& how, std::string_view text, int depth) {
  for (const auto& run : digits_in(how, text)) {
    const std::string_view digits{run};
    for (std::size_t at = 0; at < digits.size(); ++at) {
      const auto rest = digits.substr(at);
      if (auto shape = pgp_at(how, rest))
        return *shape + " in " + std::string{how.name};
      const auto begins = [rest](std::string_view with) { return rest.starts_with(with); };
      if (!std::ranges::any_of(how.beginnings, begins))
        continue;
      if (auto shape = shape_at(how, rest))
        return *shape + " in " + std::string{how.name};
    }
    if (auto shape = text_in(how, digits, depth))
      return *shape + " in " + std::string{how.name};
  }
  return std::nullopt;
}

found json_in(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded() || !parsed.is_structured())
    return std::nullopt;
  const bool is_set = parsed.is_object() && parsed.contains("keys");
  return is_set ? "a JWKS" : "JSON, such as a JWK";
}

// --- the whole of a text ---------------------------------------------------------------------

/// Decodes the whole text in this encoding and looks for a key without any structure.
found whole_in(const encoding& how, std::string_view text) {
  while (!text.empty() && (is_blank(text.back()) || text.back() == '='))
    text.remove_suffix(1);
  std::string digits;
  for (const char c : text) {
    if (how.digit(c) >= 0)
      digits += c;
    else if (!is_blank(c) && how.separators.find(c) == std::string_view::npos)
      return std::nullopt;
  }
  if (!is_meant(how, digits))
    return std::nullopt;
  const auto bytes = bytes_of(how, digits);
  const auto in = " in " + std::string{how.name};
  if (is_modulus(bytes))
    return "an RSA key's modulus" + in;
  if (is_curve_point(bytes) || is_compressed_point(bytes))
    return "an EC public key" + in;
  return std::nullopt;
}

found look_plainly(std::string_view text, int depth) {
  if (auto shape = armour_in(text))
    return shape;
  if (auto shape = binary_shape(text))
    return shape;
  if (auto shape = json_in(text))
    return shape;
  if (auto shape = words_of_keys(text))
    return shape;
  for (const auto* how : {&base64(), &hex()}) {
    if (auto shape = shape_in_digits(*how, text, depth))
      return shape;
    if (auto shape = whole_in(*how, text))
      return shape;
    if (auto shape = numbers_in(*how, text))
      return shape;
  }
  return std::nullopt;
}

/// Looks for a key in the text as it is, and in the text with one or more disguises removed.
found look(std::string_view text, int depth) {
  constexpr int depth_max = 3; // base64 of base64 of PEM occurs in practice
  if (depth > depth_max)
    return std::nullopt;
  if (auto shape = look_plainly(text, depth))
    return shape;
  for (const auto& plain : undisguised(text)) {
    if (auto shape = look_plainly(plain, depth))
      return shape;
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> key_in(std::string_view text) {
  // OpenSSL keeps a queue of errors per thread. The next TLS socket would mistake a remaining error
  // for its own.
  struct sweeper {
    ~sweeper() { ERR_clear_error(); }
  } const sweeps;
  if (is_modulus(text))
    return "an RSA key's modulus";
  if (is_curve_point(text) || is_compressed_point(text))
    return "an EC public key";
  return look(text, 0);
}

} // namespace restante::serve
