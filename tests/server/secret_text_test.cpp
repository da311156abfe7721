// Valid HS256 secrets, and texts that only look like secrets: keys in every form that people store
// them in.

#include "restante/broker/server/jwt_key.hpp"
#include "restante/broker/server/key_formats.hpp"
#include "restante/broker/server/secret_text.hpp"
#include "restante/tests/server/key_forms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <random>
#include <stdexcept>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view good = "correct horse battery staple, forty characters";

std::string fault(std::string_view text) {
  return fault_in_secret(text).value_or("");
}

/// Text that others may know, around the text of a key.
std::map<std::string, std::string> disguises_of(const std::string& name, const std::string& text) {
  std::string escaped;
  for (const char c : text)
    escaped += c == '\n' ? std::string{"\\n"} : std::string(1, c);
  return {{name, text},
          {name + ", as a variable", "JWT_KEY=\"" + text + "\""},
          {name + ", line ends spelled out", escaped},
          {name + ", in UTF-16", in_utf16(text)}};
}

std::map<std::string, std::string> forms() {
  std::map<std::string, std::string> all;
  const auto add = [&all](const std::map<std::string, std::string>& more) {
    all.insert(more.begin(), more.end());
  };
  for (const auto& [what, der] : der_forms()) {
    all[what + " in DER"] = der;
    for (const auto& [encoding, text] : text_forms(der))
      add(disguises_of(what + " in " + encoding, text));
  }
  for (const auto& [what, pem] : pem_forms()) {
    add({{what + ", lines indented", indented(pem)},
         {what + ", without dashes", without(pem, '-')},
         {what + ", its PEM in base64", base64(pem, 0)},
         {what + ", its PEM in hex", hex_digits(pem, "")},
         {what + ", in UTF-16", in_utf16(pem)}});
  }
  return all;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return text;
}

std::string random_bytes(std::mt19937_64& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (auto& byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

/// Of 400 secrets, at most the given number are refused. The check gives equal results for text and
/// for bytes.
void expect_refused(std::size_t size, int max) {
  std::mt19937_64 random{2026};
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    const auto bytes = random_bytes(random, size);
    const auto why = fault(bytes);
    refused += why.empty() ? 0 : 1;
    const auto digits = hex_digits(bytes, "");
    for (const auto& text : {base64(bytes, 0), i % 4 == 0 ? upper(digits) : digits})
      ASSERT_EQ(fault(text).empty(), why.empty()) << text << ": " << fault(text);
    ASSERT_TRUE(why.empty() || why.find("an EC public key") != std::string::npos) << why;
  }
  EXPECT_LE(refused, max) << size;
}

} // namespace

TEST(SecretText, W7_no_key_or_certificate_is_a_secret_in_whatever_form) {
  const auto all = forms();
  EXPECT_GT(all.size(), 500U);
  for (const auto& [name, text] : all)
    EXPECT_THAT(key_in(text).value_or(""), ::testing::Not(IsEmpty())) << name;
  EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(SecretText, W7_the_complaint_says_what_it_looks_like) {
  const auto der = der_forms();
  EXPECT_THAT(fault(base64(der.at("a public RSA key"), 0)),
              HasSubstr("looks like a public RSA key in base64"));
  EXPECT_THAT(fault(der.at("a private EC key")), HasSubstr("looks like a private EC key;"));
  EXPECT_THAT(fault(hex_digits(der.at("a certificate"), ":")),
              HasSubstr("an X.509 certificate in hex"));
  EXPECT_THAT(fault(der.at("a request")), HasSubstr("a certificate request"));
  EXPECT_THAT(fault(der.at("a key store")), HasSubstr("PKCS #12"));
  EXPECT_THAT(fault(der.at("an encrypted key")), HasSubstr("an encrypted private key"));
}

TEST(SecretText, W7_keys_of_other_programs_are_no_secrets) {
  const std::string blob = "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBK8+Yv0n";
  const std::map<std::string, std::string> cases{
      {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 bob@example", "SSH"},
      {"ecdsa-sha2-nistp256 " + blob, "SSH"},
      {"from=\"10.0.0.0/8\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA bob", "SSH"},
      {blob, "SSH"},
      {"---- BEGIN SSH2 PUBLIC KEY ----\n" + blob, "PEM"},
      {"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gt", "OpenSSH"},
      {"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "PuTTY"},
      {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBGVx\n", "PEM"},
      {R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9","e":"AQAB"})", "JWK"},
      {R"({"keys":[{"kty":"EC","crv":"P-256"}]})", "JWKS"},
      {R"([{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}])", "JWK"},
      {R"({"kty": "RSA", "n": "0vx7agoebGcQSuuPiLJXZptN9", "e": "AQAB",})", "JWK"}, // no JSON
      {"eyJrdHkiOiJSU0EiLCJuIjoiMHZ4N2Fnb2ViR2NRU3V1UGlMIiwiZSI6IkFRQUIifQ", "JWK"},
      {"<RSAKeyValue><Modulus>0vx7agoebGcQSuuPiLJXZptN9</Modulus></RSAKeyValue>", "XML"},
      {"Modulus=D2FC7B6A0A1E6C67104AEB8F88B2576", "modulus"},
      {"RSA Public-Key: (2048 bit)\nModulus:\n    00:d2:fc:7b", "public key"},
  };
  for (const auto& [text, what] : cases)
    EXPECT_THAT(fault(text), HasSubstr(what)) << text;
}

TEST(SecretText, W7_a_bare_modulus_or_point_is_no_secret) {
  const auto modulus = rsa_modulus();
  const auto point = ec_point();
  ASSERT_EQ(modulus.size(), 256U);
  ASSERT_EQ(point.size(), 65U);
  for (const auto& bytes : {modulus, std::string(1, '\0') + modulus}) {
    EXPECT_THAT(fault(base64(bytes, 0)), HasSubstr("modulus"));
    EXPECT_THAT(fault(hex_digits(bytes, "")), HasSubstr("modulus"));
  }
  EXPECT_THAT(fault(modulus), HasSubstr("modulus"));
  for (const auto& bytes : {point, point.substr(1)}) {
    EXPECT_THAT(fault(bytes), HasSubstr("EC public key"));
    EXPECT_THAT(fault(base64(bytes, 0)), HasSubstr("EC public key"));
  }
}

TEST(SecretText, W7_text_that_nobody_would_choose_is_no_secret) {
  const std::string text{good};
  const std::map<std::string, std::string> cases{
      {" " + text, "begins with white space"},
      {"\n" + text, "begins with white space"},
      {text + " ", "ends with white space"},
      {text + " \n", "ends with white space"},
      {text + "\n\n", "ends with white space"},
      {text + "\t\r\n", "ends with white space"},
      {text + "\r", "ends with white space"},
      {text + "\u00a0", "cannot be seen"},
      {"\u200b" + text, "cannot be seen"},
      {text + "\ufeff", "cannot be seen"},
      {"\xef\xbb\xbf" + text, "byte order mark (UTF-8)"},
      {"\xff\xfe" + in_utf16(text), "byte order mark (UTF-16)"},
      {in_utf16(text), "NUL"},
      {text + std::string(1, '\0'), "NUL"},
      {std::string(64, '\0'), "all of its bytes are 0"},
      {"\"" + text + "\"", "quotation marks"},
      {"https://id.example/.well-known/jwks.json", "an address"},
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl", "a JWT"},
      {"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl", "a JWT"},
      {"<html><body>404 the key was not found</body></html>", "XML or HTML"},
  };
  for (const auto& [file, why] : cases)
    EXPECT_THAT(fault(file), HasSubstr(why)) << file;
}

TEST(SecretText, W7_passphrases_and_usual_secrets_are_taken_as_they_are) {
  const std::string text{good};
  for (const auto& secret :
       {text, "k" + std::string(32, 'l'), std::string{"0123456789abcdef0123456789abcdef"},
        std::string{"12345678901234567890123456789012"}, // a number, if it is read as JSON
        std::string{"pässwörter mit ümlauten und leerzeichen"},
        std::string{"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A but no key at all"},
        base64(std::string(48, '\x9f'), 0), base64(std::string(96, '\x9f'), 64)}) {
    EXPECT_EQ(fault(secret), "") << secret;
    for (const auto* end : {"", "\n", "\r\n"})
      EXPECT_EQ(secret_in(secret + end), secret);
  }
}

TEST(SecretText, W7_random_bytes_are_a_secret_whatever_they_are) {
  std::mt19937_64 random{37};
  for (const std::size_t size : {32U, 34U, 48U, 64U}) {
    for (int i = 0; i < 300; ++i) {
      auto bytes = random_bytes(random, size);
      if (i % 7 == 0) // a line end is cut off only from text
        bytes.back() = '\n';
      ASSERT_EQ(fault(bytes), "") << i;
      ASSERT_EQ(secret_in(bytes), bytes);
      ASSERT_EQ(fault(base64(bytes, 0)), "") << i;
      ASSERT_EQ(fault(hex_digits(bytes, "")), "") << i;
    }
  }
}

TEST(SecretText, W7_random_secrets_are_taken_whatever_they_are) {
  expect_refused(32, 0);
  expect_refused(64, 0);
}

TEST(SecretText, W7_random_secrets_are_taken_at_the_rates_that_are_promised) {
  expect_refused(33, 12); // one in 171 looks like a compressed point
  expect_refused(48, 0);
}

TEST(SecretText, W7_whatever_begins_a_key_and_breaks_off_is_looked_at_and_harms_nothing) {
  for (const auto& [what, der] : der_forms()) {
    for (std::size_t size = 0; size < der.size(); size += 37) {
      key_in(der.substr(0, size));
      key_in(base64(der.substr(0, size), 0));
    }
  }
  const std::string nested(60'000, '[');
  EXPECT_FALSE(key_in(nested));
  EXPECT_FALSE(key_in(std::string(60'000, 'M')));
  EXPECT_FALSE(key_in(std::string(60'000, 'A')));
}

} // namespace restante::serve
