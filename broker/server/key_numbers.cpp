#include "restante/broker/server/key_numbers.hpp"

#include "restante/broker/server/freed_by.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace restante::serve {

namespace {

using number = owned<BIGNUM, BN_free>;

constexpr std::array<std::size_t, 5> sizes{128, 256, 384, 512, 1024};
// RSA of 1,024 bits: accepted only where the text around it says that it is a modulus
constexpr std::size_t old_size = 128;

number number_of(std::string_view bytes) {
  return number{BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr)};
}

/// Removes the leading zero byte that DER adds to a number whose first bit would look like a sign.
std::string_view without_sign(std::string_view bytes) {
  if (bytes.size() > 1 && bytes[0] == 0 && static_cast<unsigned char>(bytes[1]) >= 0x80)
    bytes.remove_prefix(1);
  return bytes;
}

bool is_odd_and_full(std::string_view bytes) {
  return static_cast<unsigned char>(bytes.front()) >= 0x80 && bytes.back() % 2 != 0;
}

/// A modulus of any size in `sizes`.
bool is_any_modulus(std::string_view bytes) {
  bytes = without_sign(bytes);
  if (std::ranges::find(sizes, bytes.size()) == sizes.end() || !is_odd_and_full(bytes))
    return false;
  const auto read = number_of(bytes);
  if (read == nullptr)
    return false;
  constexpr BN_ULONG factor_max = 65'536;
  for (BN_ULONG factor = 3; factor < factor_max; factor += 2) {
    if (BN_mod_word(read.get(), factor) == 0)
      return false;
  }
  return true;
}

bool is_on(int curve, std::string_view point) {
  const owned<EC_GROUP, EC_GROUP_free> group{EC_GROUP_new_by_curve_name(curve)};
  if (group == nullptr)
    return false;
  const owned<EC_POINT, EC_POINT_free> read{EC_POINT_new(group.get())};
  return read != nullptr && EC_POINT_oct2point(group.get(), read.get(),
                                               reinterpret_cast<const unsigned char*>(point.data()),
                                               point.size(), nullptr) == 1;
}

struct curve {
  int name;
  std::size_t bytes; ///< size of one coordinate
};

constexpr std::array<curve, 4> curves{
    {{NID_X9_62_prime256v1, 32}, {NID_secp256k1, 32}, {NID_secp384r1, 48}, {NID_secp521r1, 66}}};

// --- with text around ------------------------------------------------------------------------

/// The words between blanks and other characters: digits or ordinary words. Colons join the bytes
/// of hex.
std::vector<std::string> words_in(const encoding& how, std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (how.digit(c) >= 0)
      words.back() += c;
    else if ((c != ':' || how.bits != hex().bits) && !words.back().empty())
      words.emplace_back();
  }
  return words;
}

/// Whether the text names a public exponent or a modulus.
bool says_modulus(std::string_view text) {
  constexpr std::array<std::string_view, 9> known{"n",      "mod",    "modulus", "rsa",  "aqab",
                                                  "aaeaaq", "010001", "10001",   "65537"};
  return std::ranges::any_of(words_in(base64(), text), [known](std::string word) {
    std::ranges::transform(word, word.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return std::ranges::find(known, word) != known.end();
  });
}

std::size_t bytes_in(const encoding& how, std::size_t digits) {
  return digits * how.bits / 8;
}

bool may_be_modulus(std::size_t bytes) {
  return std::ranges::any_of(sizes,
                             [bytes](auto size) { return bytes == size || bytes == size + 1; });
}

/// Whether consecutive words, from the first one on, are the lines of one modulus: all lines but
/// the last have one size.
bool is_modulus_in_lines(const encoding& how, std::span<const std::string> words) {
  constexpr std::size_t base64_line_min = 16; // no minimum for hex: one byte may be a word
  const auto line = words.front().size();
  if (how.bits == base64().bits && line < base64_line_min)
    return false;
  std::string digits;
  for (const auto& word : words) {
    if (digits.size() % line != 0)
      return false;
    digits += word;
    const auto bytes = bytes_in(how, digits.size());
    if (bytes > sizes.back() + 1)
      return false;
    if (may_be_modulus(bytes) && is_any_modulus(bytes_of(how, digits)))
      return true;
  }
  return false;
}

bool has_modulus(const encoding& how, const std::vector<std::string>& words, bool is_said) {
  for (std::size_t at = 0; at < words.size() && !words[at].empty(); ++at) {
    const auto bytes = bytes_in(how, words[at].size());
    if (may_be_modulus(bytes) && is_modulus(bytes_of(how, words[at])))
      return true;
    if (is_said && is_modulus_in_lines(how, std::span{words}.subspan(at)))
      return true;
  }
  return false;
}

/// Whether the words contain a point: in one word, or as two coordinates in consecutive words, with
/// a name between them.
bool has_point(const encoding& how, const std::vector<std::string>& words) {
  std::string before;
  for (const auto& word : words) {
    const auto bytes = bytes_in(how, word.size());
    if (bytes < 32 || bytes > 2 * 66 + 1)
      continue;
    auto read = bytes_of(how, word);
    if (is_curve_point(read) || (before.size() == bytes && is_curve_point(before + read)))
      return true;
    before = std::move(read);
  }
  return false;
}

} // namespace

bool is_modulus(std::string_view bytes) {
  return without_sign(bytes).size() != old_size && is_any_modulus(bytes);
}

bool is_curve_point(std::string_view bytes) {
  return std::ranges::any_of(curves, [bytes](const curve& one) {
    if (bytes.size() == 2 * one.bytes)
      return is_on(one.name, "\x04" + std::string{bytes});
    return bytes.size() == 2 * one.bytes + 1 && bytes.front() == 4 && is_on(one.name, bytes);
  });
}

bool is_compressed_point(std::string_view bytes) {
  return std::ranges::any_of(curves, [bytes](const curve& one) {
    return bytes.size() == one.bytes + 1 && (bytes.front() == 2 || bytes.front() == 3) &&
           is_on(one.name, bytes);
  });
}

std::optional<std::string> numbers_in(const encoding& how, std::string_view text) {
  auto words = words_in(how, text);
  std::erase_if(words, [&how](const std::string& word) { return !is_meant(how, word); });
  if (has_modulus(how, words, says_modulus(text)))
    return "an RSA key's modulus in " + std::string{how.name};
  if (has_point(how, words))
    return "an EC public key in " + std::string{how.name};
  return std::nullopt;
}

} // namespace restante::serve
