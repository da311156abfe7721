#include "restante/broker/journal/checksum.hpp"

#include <sodium.h>

#include <array>
#include <cstring>

namespace restante::journal {
namespace {

constexpr std::string_view key = "restante journal";
static_assert(key.size() == crypto_shorthash_KEYBYTES);

} // namespace

row_checksum& row_checksum::start(char table) {
  bytes_.assign(1, table);
  return *this;
}

row_checksum& row_checksum::add(std::int64_t number) {
  std::array<char, 8> little_endian{};
  auto rest = static_cast<std::uint64_t>(number);
  for (auto& byte : little_endian) {
    byte = static_cast<char>(rest & 0xff);
    rest >>= 8;
  }
  bytes_.append(little_endian.data(), little_endian.size());
  return *this;
}

row_checksum& row_checksum::add(std::string_view text) {
  add(static_cast<std::int64_t>(text.size()));
  bytes_.append(text);
  return *this;
}

std::int64_t row_checksum::value() const {
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(bytes_.data()),
                   bytes_.size(), reinterpret_cast<const unsigned char*>(key.data()));
  std::uint64_t number = 0;
  for (std::size_t n = hash.size(); n-- > 0;)
    number = number << 8 | hash[n];
  return static_cast<std::int64_t>(number);
}

} // namespace restante::journal
