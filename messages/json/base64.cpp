#include "restante/messages/json/base64.hpp"

#include <sodium.h>

#include <algorithm>

namespace restante::json {

namespace {

constexpr int variant = sodium_base64_VARIANT_ORIGINAL;

/// Whether all bytes are ASCII. libsodium reads every byte from 0x80 on as a digit.
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

std::string base64_of(std::string_view bytes) {
  const auto* raw = reinterpret_cast<const unsigned char*>(bytes.data());
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), raw, bytes.size(), variant);
  text.pop_back(); // libsodium counts and writes a terminating NUL
  return text;
}

std::optional<std::string> bytes_of(std::string_view base64) {
  if (!is_ascii(base64))
    return std::nullopt;
  std::string bytes(base64.size() / 4 * 3, '\0');
  auto* raw = reinterpret_cast<unsigned char*>(bytes.data());
  std::size_t size = 0;
  if (sodium_base642bin(raw, bytes.size(), base64.data(), base64.size(), nullptr, &size, nullptr,
                        variant) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

} // namespace restante::json
