#include "restante/broker/server/key_openpgp.hpp"

#include <algorithm>
#include <array>

namespace restante::serve {

namespace {

/// A packet's header: RFC 9580, 4.2.
struct header {
  std::size_t bytes;
  std::size_t body; ///< length of the body
  bool is_secret;
};

std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t number = 0;
  for (const char byte : bytes.substr(std::min(at, bytes.size()), size))
    number = number * 256 + static_cast<unsigned char>(byte);
  return number;
}

/// Reads a header of the older format: two bits of its tag give the size of the length field.
header old_header(std::string_view bytes, bool is_secret) {
  const std::size_t size = std::size_t{1} << (number_at(bytes, 0, 1) & 3);
  return {1 + size, size > 4 ? 0 : number_at(bytes, 1, size), is_secret};
}

header new_header(std::string_view bytes, bool is_secret) {
  const auto first = number_at(bytes, 1, 1);
  if (first < 192)
    return {2, first, is_secret};
  if (first < 224)
    return {3, (first - 192) * 256 + number_at(bytes, 2, 1) + 192, is_secret};
  // Other first octets begin a partial length, which keys never have: 0.
  return {6, first == 255 ? number_at(bytes, 2, 4) : 0, is_secret};
}

std::optional<header> header_of(std::string_view bytes) {
  const auto first = number_at(bytes, 0, 1);
  const bool is_new = (first & 0xc0) == 0xc0;
  const auto tag = is_new ? first & 0x3f : (first >> 2) & 0xf;
  const bool is_secret = tag == 5 || tag == 7;
  if (first < 0x80 || (!is_secret && tag != 6 && tag != 14))
    return std::nullopt;
  return is_new ? new_header(bytes, is_secret) : old_header(bytes, is_secret);
}

/// In keys of versions 5 and 6, a length field stands before the key's numbers.
bool is_long_version(std::size_t version) {
  return version == 5 || version == 6;
}

/// Whether this byte says how the secret numbers after it are stored: in plain form or protected by
/// a password.
bool is_protection(std::size_t usage) {
  return usage == 0 || usage >= 253;
}

/// Removes one number: its length in bits, then its bytes without leading zeros.
bool take_number(std::string_view& numbers) {
  const auto bits = number_at(numbers, 0, 2);
  const auto top_bits = (bits + 7) % 8 + 1;
  const auto bytes = 2 + (bits + 7) / 8;
  const bool fits =
      bits > 0 && bytes <= numbers.size() && number_at(numbers, 2, 1) >> (top_bits - 1) == 1;
  numbers.remove_prefix(fits ? bytes : 0);
  return fits;
}

/// Whether these are the numbers of RSA, DSA or ElGamal. The first number is long.
bool are_big_numbers(std::string_view numbers, int count, bool is_secret) {
  if (const auto bits = number_at(numbers, 0, 2); bits < 1000 || bits > 16'384)
    return false;
  for (; count > 0; --count) {
    if (!take_number(numbers))
      return false;
  }
  return is_secret ? !numbers.empty() && is_protection(number_at(numbers, 0, 1)) : numbers.empty();
}

/// Whether the numbers begin with the object identifier of an EC curve.
bool is_curve(std::string_view numbers) {
  constexpr std::array<std::string_view, 7> curves{
      "\x2a\x86\x48\xce\x3d", "\x2b\x81\x04", "\x2b\x24\x03\x03\x02",
      "\x2b\x06\x01\x04\x01", "\x2b\x65",     "\x2a\x81\x1c\xcf\x55",
      "\x2a\x85\x03\x07"};
  const auto size = number_at(numbers, 0, 1);
  const auto name = numbers.substr(std::min<std::size_t>(1, numbers.size()), size);
  return size < 16 && name.size() == size &&
         std::ranges::any_of(curves, [name](auto one) { return name.starts_with(one); });
}

/// X25519, X448, Ed25519 and Ed448: a public key is a fixed number of bytes, and a secret key has
/// more bytes.
bool is_fixed(std::string_view numbers, std::size_t size, bool is_secret) {
  if (!is_secret)
    return numbers.size() == size;
  return numbers.size() > 2 * size && is_protection(number_at(numbers, size, 1));
}

bool are_numbers(std::size_t algorithm, std::string_view numbers, bool is_secret) {
  constexpr std::array<std::size_t, 4> fixed{32, 56, 32, 57}; // key sizes of algorithms 25 to 28
  switch (algorithm) {
  case 1:
  case 2:
  case 3: // RSA
    return are_big_numbers(numbers, 2, is_secret);
  case 16:
  case 20: // ElGamal
    return are_big_numbers(numbers, 3, is_secret);
  case 17: // DSA
    return are_big_numbers(numbers, 4, is_secret);
  case 18:
  case 19:
  case 22: // ECDH, ECDSA, EdDSA
    return is_curve(numbers);
  case 25:
  case 26:
  case 27:
  case 28:
    return is_fixed(numbers, fixed[algorithm - 25], is_secret);
  default:
    return false;
  }
}

/// Whether this is the first byte of a packet that may follow a key in a key ring: a signature, a
/// name or another key.
bool is_next(std::string_view behind) {
  constexpr std::string_view tags{"\x88\x89\xb4\xb5\xb8\xb9\x9c\x9d\xc2\xcd\xce\xc7\xd1"};
  return behind.empty() || tags.find(behind.front()) != std::string_view::npos;
}

constexpr std::size_t key_bytes_min = 38; // an Ed25519 key: 6 bytes of fields, 32 of the key

} // namespace

std::optional<std::size_t> openpgp_length(std::string_view bytes) {
  constexpr std::size_t key_bytes_max = 65'536;
  const auto read = header_of(bytes);
  if (!read || read->body < key_bytes_min || read->body > key_bytes_max)
    return std::nullopt;
  const auto version = number_at(bytes, read->bytes, 1);
  if (version < 2 || version > 6)
    return std::nullopt;
  return read->bytes + read->body;
}

bool is_openpgp_key(std::string_view bytes) {
  const auto length = openpgp_length(bytes);
  if (!length || *length > bytes.size())
    return false;
  const auto read = *header_of(bytes);
  const auto body = bytes.substr(read.bytes, read.body);
  const auto version = number_at(body, 0, 1);
  // Keys of versions before 4 have a validity in days before the algorithm.
  const std::size_t algorithm_at = version < 4 ? 7 : 5;
  const auto algorithm = number_at(body, algorithm_at, 1);
  auto numbers = body.substr(algorithm_at + 1);
  if (is_long_version(version)) {
    const auto size = number_at(numbers, 0, 4);
    numbers.remove_prefix(4);
    const bool fits = read.is_secret ? size < numbers.size() : size == numbers.size();
    return fits && are_numbers(algorithm, numbers, read.is_secret);
  }
  // A version 4 key of an algorithm from 25 on has few bytes to recognize it by, so the next packet
  // and the creation time must fit too.
  constexpr std::size_t fixed_min = 25;
  constexpr std::size_t year_2020 = 0x5e0be100;
  constexpr std::size_t year_2055 = 0x9fe00000;
  const auto created = number_at(body, 1, 4);
  return are_numbers(algorithm, numbers, read.is_secret) &&
         (algorithm < fixed_min ||
          (is_next(bytes.substr(*length)) && created > year_2020 && created < year_2055));
}

} // namespace restante::serve
