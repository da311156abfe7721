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

row_checksum& row_checksum::add(const body& value) {
  return add(static_cast<std::int64_t>(value.kind())).add(value.view());
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

std::int64_t checksum_of_put(row_checksum& hash, std::int64_t id, const kept_notification& kept) {
  return hash.start('n')
      .add(id)
      .add(kept.to.ns)
      .add(kept.to.client)
      .add(static_cast<std::int64_t>(kept.trace.high))
      .add(static_cast<std::int64_t>(kept.trace.low))
      .add(kept.from)
      .add(static_cast<std::int64_t>(kept.by))
      .add(static_cast<std::int64_t>(kept.kind))
      .add(static_cast<std::int64_t>(kept.want))
      .add(kept.message_id)
      .add(kept.collapse_key)
      .add(kept.created_at.ns)
      .add(kept.due_at.ns)
      .add(kept.expires_at.ns)
      .add(kept.pack)
      .value();
}

std::int64_t checksum_of_progress(row_checksum& hash, std::int64_t id, std::uint32_t attempts,
                                  instant delivered_at) {
  return hash.start('p').add(id).add(attempts).add(delivered_at.ns).value();
}

std::int64_t checksum_of_reply(row_checksum& hash, std::int64_t id, const body& value,
                               instant replied_at) {
  return hash.start('r').add(id).add(replied_at.ns).add(value).value();
}

} // namespace restante::journal
