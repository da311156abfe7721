// Keys in forms that checks for PEM, DER and JSON miss: PGP without its armour, bare numbers with
// text around them, hex dumps.

#include "restante/broker/server/key_encodings.hpp"
#include "restante/broker/server/key_formats.hpp"
#include "restante/broker/server/key_openpgp.hpp"
#include "restante/broker/server/secret_text.hpp"
#include "restante/tests/server/key_forms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;

/// `gpg --export` of an Ed25519 key.
constexpr std::string_view pgp_public =
    "mDMEaw2huBYJKwYBBAHaRw8BAQdAGjUNjb/nlzbK9CX31A6wh4qUY6JzBUj2lV0IYJtLWoG0DUEgPGFAZXhhbXBs"
    "ZT6IkAQTFggAOBYhBK0eLR+Dpb+ZSRVfviIBbkh0qLIMBQJrDaG4AhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheA"
    "AAoJECIBbkh0qLIMZBwBAMPAUZqoYvA1f2uxGMa0piDGwpRFdEHLxOCNNr45pAtjAQCh79kNXyotoNYMCaSoa+ja"
    "vpaLZaMouZouL1gfKiO7AA==";

/// `gpg --export-secret-keys` of that key.
constexpr std::string_view pgp_secret =
    "lFgEaw2huBYJKwYBBAHaRw8BAQdAGjUNjb/nlzbK9CX31A6wh4qUY6JzBUj2lV0IYJtLWoEAAP0TbgXF/Y7iMw1n"
    "2vM2AkwjnU607o7GPn109eQ0wxjAhRENtA1BIDxhQGV4YW1wbGU+iJAEExYIADgWIQStHi0fg6W/mUkVX74iAW5I"
    "dKiyDAUCaw2huAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRAiAW5IdKiyDGQcAQDDwFGaqGLwNX9rsRjG"
    "tKYgxsKURXRBy8TgjTa+OaQLYwEAoe/ZDV8qLaDWDAmkqGvo2r6Wi2WjKLmaLi9YHyojuwA=";

/// `gpg --export` of a P-256 key.
constexpr std::string_view pgp_of_p256 =
    "mFIEaw2huRMIKoZIzj0DAQcCAwQYoxR4gvbmpB78pvEpa/hl36PXf9CWy3bKAL7VCM53gHlExvD8RIjB8UwAuUC6"
    "6tqBMAUIz5o7/JCssPTDvDovtA1OIDxuQGV4YW1wbGU+iJAEExMIADgWIQSXFN0ZI9x++7JWky4Urj/0AEhKsAUC"
    "aw2huQIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRAUrj/0AEhKsBqdAQC4j5C8bRVzhzEdXkNuzXazhONy"
    "iGqBJHZCzyUb9DV93wD8CAMhvsByx2aBUF8Xes5A2gtWQ87XBlpXq7dSsvhXQow=";

/// The beginning of GnuPG's pubring.kbx.
constexpr std::string_view key_box =
    "AAAAIAEBAAJLQlhmAAAAAGsNobhrDaG4AAAAAAAAAAAAAAFsAgEAAAAAAF4AAAD6AAEAHK0eLR+Dpb+ZSRVfviIB"
    "bkh0qLIMAAAAIAAAAAAAAAABAAwAAACjAAAADQAAAAAAAQAEAAAAAAAAAAAAAAAAAAAAAGsNobgAAAAAmDMEaw2h"
    "uBYJKwYBBAHaRw8BAQdAGjUNjb/nlzbK9CX31A6wh4qUY6JzBUj2lV0IYJtLWoGwDAAAZ3BnAQAAAAAAALQNQSA8"
    "YUBleGFtcGxlPrAMAABncGcCAAAAAAAAiJAEExYIADgWIQStHi0fg6W/mUkVX74iAW5IdKiyDAUCaw2huAI=";

/// RSA of 1,024 bits.
constexpr std::string_view old_modulus =
    "D03F0A5432B6B2AB1174212D4AC62C932C1985C4DDDE604C6BFC1400EBE342028C8AE6E7AE8A7E07"
    "0112F0BBE3F2EBF0867A8E28A855E315BECF658EF425BD04A11221764E77F5056D5D5F71271EF35C"
    "F779E4B7EA11125AB585F7747D02163F2D118BC21413F19A2AC1486ED41661E2614C7E7D447E5067"
    "3511F9CA219B0AD5";

std::string fault(std::string_view text) {
  return fault_in_secret(text).value_or("");
}

std::string bytes_in(std::string_view base64_text) {
  return bytes_of(base64(), base64_text.substr(0, base64_text.find('=')));
}

std::string big_number(std::string_view bytes) {
  const auto bits = bytes.size() * 8;
  return std::string{static_cast<char>(bits / 256), static_cast<char>(bits % 256)}.append(bytes);
}

/// The packet of an RSA key: version 4 with an old header, version 6 with a new header.
std::string pgp_of_rsa(char version) {
  const auto numbers = big_number(rsa_modulus()) + std::string{"\0\x11\1\0\1", 5};
  std::string body = std::string(1, version) + "\x60\1\2\3\1";
  if (version == 6)
    body += std::string(2, '\0') + static_cast<char>(numbers.size() / 256) +
            static_cast<char>(numbers.size() % 256);
  body += numbers;
  const auto size = body.size() - (version == 6 ? 192 : 0);
  return std::string{version == 6 ? '\xc6' : '\x99',
                     static_cast<char>(size / 256 + (version == 6 ? 192 : 0)),
                     static_cast<char>(size % 256)} +
         body;
}

/// The output of `xxd`, `hexdump -C`, `od -Ax -tx1` and `hexdump`.
std::string dump(std::string_view bytes, std::string_view tool) {
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    const auto row = bytes.substr(at, 16);
    char offset[16];
    std::snprintf(offset, sizeof offset, tool == "xxd" ? "%08zx:" : "%07zx", at);
    std::string digits;
    std::string shown;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_paired = tool == "xxd" || tool == "hexdump";
      digits += !is_paired || i % 2 == 0 ? " " : "";
      digits += tool == "hexdump -C" && i % 8 == 0 ? " " : "";
      const auto from = tool == "hexdump" && (i ^ 1) < row.size() ? i ^ 1 : i;
      digits += hex_digits(row.substr(from, 1), "");
      shown += std::isprint(static_cast<unsigned char>(row[i])) != 0 ? row[i] : '.';
    }
    digits.resize(std::max<std::size_t>(digits.size(), tool == "xxd" ? 40 : 50), ' ');
    all += offset + digits;
    all += tool == "xxd" ? "  " + shown : tool == "hexdump -C" ? "  |" + shown + "|" : "";
    all += "\n";
  }
  return all;
}

std::string url_digits(std::string_view bytes) {
  return text_forms(bytes).at("base64url");
}

std::string compressed(const std::string& point) {
  return static_cast<char>(2 + (point.back() & 1)) + point.substr(1, (point.size() - 1) / 2);
}

} // namespace

TEST(SecretDisguises, W7_pgp_without_its_armour_is_no_secret) {
  const std::map<std::string, std::string> packets{
      {"public", bytes_in(pgp_public)},  {"secret", bytes_in(pgp_secret)},
      {"P-256", bytes_in(pgp_of_p256)},  {"RSA, version 4", pgp_of_rsa(4)},
      {"RSA, version 6", pgp_of_rsa(6)}, {"a key box", bytes_in(key_box)}};
  for (const auto& [what, bytes] : packets) {
    EXPECT_THAT(fault(bytes), HasSubstr("a PGP key;")) << what;
    for (const auto& [encoding, text] : text_forms(bytes))
      EXPECT_THAT(fault(text), HasSubstr("a PGP key in ")) << what << " in " << encoding;
    EXPECT_THAT(fault("Version: GnuPG v2\n\n" + base64(bytes, 64) + "\n=Ab3d\n"),
                HasSubstr("a PGP key in base64"))
        << what;
  }
  EXPECT_THAT(fault("Key: (private-key (ecc (curve Ed25519)(flags eddsa)(q #40#)"),
              HasSubstr("GnuPG"));
}

TEST(SecretDisguises, W7_a_packet_of_pgp_that_is_broken_or_no_key_is_not_read_as_one) {
  const auto whole = bytes_in(pgp_public);
  EXPECT_TRUE(is_openpgp_key(whole));
  EXPECT_TRUE(is_openpgp_key(whole.substr(0, 53)));
  for (std::size_t size = 0; size < 53; ++size)
    EXPECT_FALSE(is_openpgp_key(whole.substr(0, size))) << size;
  for (const auto& [at, byte] :
       {std::pair{0, '\x18'}, {0, '\x88'}, {2, '\7'}, {7, '\x63'}, {8, '\x40'}}) {
    auto broken = whole;
    broken[static_cast<std::size_t>(at)] = byte;
    EXPECT_FALSE(is_openpgp_key(broken)) << at;
  }
  EXPECT_FALSE(is_openpgp_key(pgp_of_rsa(4).substr(0, 40)));
}

TEST(SecretDisguises, W7_a_compressed_point_is_no_secret) {
  const auto p256 = compressed(ec_point());
  const std::vector<std::string> points{
      p256, bytes_of(hex(), "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
      bytes_of(hex(), "03aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a3855"
                      "02f25dbf55296c3a545e3872760ab7"),
      bytes_of(hex(), "0200c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d"
                      "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66")};
  for (const auto& point : points) {
    EXPECT_THAT(fault(point), HasSubstr("an EC public key;")) << point.size();
    EXPECT_THAT(fault(base64(point, 0)), HasSubstr("an EC public key in base64")) << point.size();
    EXPECT_THAT(fault(url_digits(point)), HasSubstr("an EC public key in base64")) << point.size();
    EXPECT_THAT(fault(hex_digits(point, "")), HasSubstr("an EC public key in hex"));
    EXPECT_THAT(fault(hex_digits(point, ":")), HasSubstr("an EC public key in hex"));
  }
}

TEST(SecretDisguises, W7_a_modulus_or_point_with_text_around_it_is_no_secret) {
  const auto n = url_digits(rsa_modulus());
  const auto digits = hex_digits(rsa_modulus(), "");
  const auto lines = base64(rsa_modulus(), 64);
  for (const auto& text :
       {"n: " + n + "\ne: AQAB", n + " AQAB", n + "\nAQAB\n", "n=" + n + "&e=AQAB",
        "modulus \u2039" + n + "\u203a", digits + ",010001", digits + " 65537", "n = 0x" + digits,
        "n: " + lines + "\ne: AQAB", "modulus\n" + indented(lines) + "\nexponent 65537", "key " + n,
        "n: 00:" + hex_digits(rsa_modulus(), ":") + "\ne: 65537",
        "kid = 1\nn = \"" + n + "\"\ne = \"AQAB\""})
    EXPECT_THAT(fault(text), HasSubstr("an RSA key's modulus in ")) << text;
  const auto point = ec_point();
  const auto x = point.substr(1, 32);
  const auto y = point.substr(33);
  for (const auto& text :
       {"Q = " + hex_digits(point, ""), "x: " + url_digits(x) + "\ny: " + url_digits(y),
        "x=" + hex_digits(x, "") + "&y=" + hex_digits(y, ""), "point " + base64(point, 0)})
    EXPECT_THAT(fault(text), HasSubstr("an EC public key in ")) << text;
}

TEST(SecretDisguises, W7_of_1024_bits_a_modulus_is_one_where_something_says_so) {
  const std::string n{old_modulus};
  EXPECT_EQ(fault(n), "");
  for (const auto& text : {"n: " + n, n + " AQAB", "Modulus " + n})
    EXPECT_THAT(fault(text), HasSubstr("modulus")) << text;
}

TEST(SecretDisguises, W7_a_jwk_in_toml_yaml_or_a_query_is_no_secret) {
  for (const auto* text :
       {"kty = \"RSA\"\nn = \"0vx7agoebGcQSuuPiLJXZptN9\"", "[jwk]\nkty='EC'\ncrv='P-256'",
        "kty: OKP\ncrv: Ed25519\nx: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kty=RSA&n=0vx7agoebGcQSuuPiLJXZptN9", "<kty>RSA</kty>", "my kty and kty \t= \"oct\""})
    EXPECT_THAT(fault(text), HasSubstr("a JWK")) << text;
  EXPECT_EQ(fault("q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFkty="), "");
  EXPECT_EQ(fault("the word kty is no key, nor is kty = nothing at all"), "");
}

TEST(SecretDisguises, W7_a_dump_of_a_key_is_no_secret) {
  for (const auto& [what, der] : der_forms()) {
    for (const auto* tool : {"xxd", "hexdump -C", "od", "hexdump"}) {
      const auto text = dump(der, tool);
      EXPECT_THAT(fault(text), HasSubstr(" in hex;")) << what << " by " << tool;
    }
  }
  EXPECT_THAT(fault(dump(rsa_modulus(), "xxd")), HasSubstr("modulus"));
  EXPECT_THAT(fault(dump(ec_point(), "hexdump -C")), HasSubstr("EC"));
  EXPECT_THAT(fault(dump(pem_forms().at("a public EC key"), "xxd")), HasSubstr("PEM"));
}

TEST(SecretDisguises, W7_text_that_nobody_would_choose_is_no_secret_in_any_alphabet) {
  const std::string text = "p\u00e4ssw\u00f6rter mit leerzeichen und so fort";
  std::string latin; // UTF-16, little endian
  std::string cyrillic;
  for (int i = 0; i < 24; ++i) {
    latin.append(1, i % 5 == 0 ? '\xe4' : 'k').append(1, '\0');
    cyrillic.append(1, static_cast<char>(0x30 + i)).append(1, '\4');
  }
  std::map<std::string, std::string> cases{
      {"\xff\xfe" + latin, "byte order mark (UTF-16)"},
      {"\xff\xfe" + cyrillic, "byte order mark (UTF-16)"},
      {"\xfe\xff" + std::string(1, '\0') + latin.substr(0, latin.size() - 1),
       "byte order mark (UTF-16)"},
      {latin, "NUL"},
      {text + std::string(1, '\0'), "NUL"},
      {std::string(64, '0'), "nothing but zeros"},
      {base64(std::string(32, '\0'), 0), "nothing but zeros"},
      {base64(std::string(48, '\0'), 0), "nothing but zeros"},
      {hex_digits(std::string(32, '\0'), ":"), "nothing but zeros"},
      {hex_digits(std::string(32, '\0'), " "), "nothing but zeros"},
  };
  for (const auto& [open, shut] : std::map<std::string, std::string>{{"\u201c", "\u201d"},
                                                                     {"\u2018", "\u2019"},
                                                                     {"\u00ab", "\u00bb"},
                                                                     {"\u201e", "\u201c"},
                                                                     {"\u201a", "\u2018"},
                                                                     {"\u00bb", "\u00ab"},
                                                                     {"\u2039", "\u203a"}})
    cases[open + text + shut + "\n"] = "quotation marks";
  for (const auto& [file, why] : cases)
    EXPECT_THAT(fault(file), HasSubstr(why)) << file;
  EXPECT_EQ(fault(text + ", \u201cwith a quotation\u201d."), "");
}

} // namespace restante::serve
