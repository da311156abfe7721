#include "restante/tests/server/key_forms.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <algorithm>
#include <memory>

namespace restante::serve {

namespace {

using pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr char password[] = "password";

std::string text_in(BIO* out) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(out, &text);
  return {text, static_cast<std::size_t>(size)};
}

/// The text that `write` writes.
template <class Write>
std::string written(Write write) {
  const bio out{BIO_new(BIO_s_mem()), &BIO_free};
  write(out.get());
  return text_in(out.get());
}

EVP_PKEY* rsa() {
  static const pkey made{EVP_RSA_gen(2048), &EVP_PKEY_free};
  return made.get();
}

EVP_PKEY* ec() {
  static const pkey made{EVP_EC_gen("P-256"), &EVP_PKEY_free};
  return made.get();
}

EVP_PKEY* ed25519() {
  static const pkey made{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free};
  return made.get();
}

void name(X509_NAME* who) {
  X509_NAME_add_entry_by_txt(who, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("example"), -1, -1, 0);
}

certificate certificate_of(EVP_PKEY* key) {
  certificate made{X509_new(), &X509_free};
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key);
  name(X509_get_subject_name(made.get()));
  name(X509_get_issuer_name(made.get()));
  X509_sign(made.get(), key, EVP_sha256());
  return made;
}

std::string request_of(EVP_PKEY* key) {
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> made{X509_REQ_new(), &X509_REQ_free};
  X509_REQ_set_pubkey(made.get(), key);
  name(X509_REQ_get_subject_name(made.get()));
  X509_REQ_sign(made.get(), key, EVP_sha256());
  return written([&](BIO* out) { i2d_X509_REQ_bio(out, made.get()); });
}

std::string key_store_of(EVP_PKEY* key) {
  const auto cert = certificate_of(key);
  const std::unique_ptr<PKCS12, decltype(&PKCS12_free)> made{
      PKCS12_create(password, "x", key, cert.get(), nullptr, 0, 0, 0, 0, 0), &PKCS12_free};
  return written([&](BIO* out) { i2d_PKCS12_bio(out, made.get()); });
}

std::string encrypted(EVP_PKEY* key) {
  return written([key](BIO* out) {
    i2d_PKCS8PrivateKey_bio(out, key, EVP_aes_128_cbc(), password, sizeof password - 1, nullptr,
                            nullptr);
  });
}

/// PKCS #1 and SEC 1: the forms without the algorithm in front.
std::string bare_private(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PrivateKey(key, &bytes);
  std::string made{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return made;
}

std::string bare_public(EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PublicKey(key, &bytes);
  std::string made{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return made;
}

} // namespace

const std::map<std::string, std::string>& der_forms() {
  const auto spki = [](EVP_PKEY* key) {
    return written([key](BIO* out) { i2d_PUBKEY_bio(out, key); });
  };
  const auto pkcs8 = [](EVP_PKEY* key) {
    return written([key](BIO* out) { i2d_PKCS8PrivateKeyInfo_bio(out, key); });
  };
  const auto cert = [](EVP_PKEY* key) {
    return written([key](BIO* out) { i2d_X509_bio(out, certificate_of(key).get()); });
  };
  static const std::map<std::string, std::string> made{
      {"a public RSA key", spki(rsa())},
      {"a public EC key", spki(ec())},
      {"a public Ed25519 key", spki(ed25519())},
      {"a public RSA key of PKCS 1", bare_public(rsa())},
      {"a private RSA key", pkcs8(rsa())},
      {"a private EC key", pkcs8(ec())},
      {"a private Ed25519 key", pkcs8(ed25519())},
      {"a private RSA key of PKCS 1", bare_private(rsa())},
      {"a private EC key of SEC 1", bare_private(ec())},
      {"an encrypted key", encrypted(ec())},
      {"a certificate", cert(rsa())},
      {"a certificate with an EC key", cert(ec())},
      {"a request", request_of(ec())},
      {"a key store", key_store_of(ec())},
  };
  return made;
}

const std::map<std::string, std::string>& pem_forms() {
  const auto open = [](EVP_PKEY* key) {
    return written([key](BIO* out) { PEM_write_bio_PUBKEY(out, key); });
  };
  const auto secret = [](EVP_PKEY* key) {
    return written([key](BIO* out) {
      PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
  };
  static const std::map<std::string, std::string> made{
      {"a public RSA key", open(rsa())},
      {"a public EC key", open(ec())},
      {"a private RSA key", secret(rsa())},
      {"a private EC key", secret(ec())},
      {"a certificate",
       written([](BIO* out) { PEM_write_bio_X509(out, certificate_of(rsa()).get()); })},
  };
  return made;
}

std::string rsa_modulus() {
  BIGNUM* read = nullptr;
  EVP_PKEY_get_bn_param(rsa(), "n", &read);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(read)), '\0');
  BN_bn2bin(read, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(read);
  return bytes;
}

std::string ec_point() {
  return bare_public(ec());
}

std::string base64(std::string_view bytes, std::size_t columns) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back(); // the NUL
  for (auto at = columns; columns > 0 && at < text.size(); at += columns + 1)
    text.insert(at, "\n");
  return text;
}

std::string hex_digits(std::string_view bytes, std::string_view between) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.append(text.empty() ? "" : between);
    text += digits[value / 16];
    text += digits[value % 16];
  }
  return text;
}

std::map<std::string, std::string> text_forms(std::string_view bytes) {
  const auto wrapped = base64(bytes, 64);
  auto url = without(base64(bytes, 0), '=');
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  std::string with_cr;
  for (const char c : wrapped)
    with_cr.append(c == '\n' ? "\r\n" : std::string(1, c));
  return {{"base64", base64(bytes, 0)},
          {"base64 in lines", wrapped + "\n"},
          {"base64 in lines with CR", with_cr},
          {"base64 without padding", without(wrapped, '=')},
          {"base64url", url},
          {"base64, indented", indented(wrapped)},
          {"hex", hex_digits(bytes, "")},
          {"hex with colons", hex_digits(bytes, ":")},
          {"hex with blanks", hex_digits(bytes, " ")},
          {"base64 of base64", base64(wrapped, 76)}};
}

std::string in_utf16(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii)
    wide.append(1, c).append(1, '\0');
  return wide;
}

std::string indented(std::string_view text) {
  std::string made = "    ";
  for (const char c : text)
    made.append(1, c).append(c == '\n' ? "    " : "");
  return made;
}

std::string without(std::string_view text, char unwanted) {
  std::string rest{text};
  std::erase(rest, unwanted);
  return rest;
}

} // namespace restante::serve
