#include "restante/broker/server/der_shape.hpp"

#include "restante/broker/server/freed_by.hpp"
#include "restante/broker/server/key_openpgp.hpp"

#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace restante::serve {

namespace {

using bio = owned<BIO, BIO_free>;
using pkey = owned<EVP_PKEY, EVP_PKEY_free>;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

/// Wraps one of OpenSSL's `d2i` functions: whether `bytes` begin with a value that the function can
/// read.
template <auto Read, auto Free>
bool reads(std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* read = Read(nullptr, &at, static_cast<long>(bytes.size()));
  if (read != nullptr)
    Free(read);
  return read != nullptr;
}

/// Reads keys of every structure and algorithm that OpenSSL knows. `kind`: EVP_PKEY_KEYPAIR or
/// EVP_PKEY_PUBLIC_KEY.
pkey decoded_key(std::string_view bytes, int kind) {
  EVP_PKEY* read = nullptr;
  const owned<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free> how{
      OSSL_DECODER_CTX_new_for_pkey(&read, nullptr, nullptr, nullptr, kind, nullptr, nullptr)};
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  auto left = bytes.size();
  if (how == nullptr || OSSL_DECODER_from_data(how.get(), &at, &left) != 1)
    return nullptr;
  return pkey{read};
}

std::string name_of(const EVP_PKEY* key, std::string_view half) {
  const char* name = EVP_PKEY_get0_type_name(key);
  return "a " + std::string{half} + " " + (name == nullptr ? "" : std::string{name} + " ") + "key";
}

/// A container, or a key that is protected by a password.
std::optional<std::string> other_structure(std::string_view bytes) {
  if (reads<d2i_X509, X509_free>(bytes))
    return "an X.509 certificate";
  if (reads<d2i_X509_REQ, X509_REQ_free>(bytes))
    return "a certificate request";
  if (reads<d2i_X509_CRL, X509_CRL_free>(bytes))
    return "a certificate revocation list";
  if (reads<d2i_PKCS12, PKCS12_free>(bytes))
    return "a PKCS #12 key store";
  if (reads<d2i_PKCS7, PKCS7_free>(bytes))
    return "a PKCS #7 container";
  if (reads<d2i_X509_SIG, X509_SIG_free>(bytes))
    return "an encrypted private key (PKCS #8)";
  if (reads<d2i_PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>(bytes))
    return "a private key (PKCS #8)";
  if (reads<d2i_X509_PUBKEY, X509_PUBKEY_free>(bytes))
    return "a public key"; // a public key of an algorithm that OpenSSL does not know
  return std::nullopt;
}

std::optional<std::string> der_shape(std::string_view bytes) {
  const auto length = der_length(bytes);
  if (!length || *length > bytes.size() || *length < der_bytes_min)
    return std::nullopt;
  bytes = bytes.substr(0, *length);
  if (const auto key = decoded_key(bytes, EVP_PKEY_KEYPAIR))
    return name_of(key.get(), "private");
  if (const auto key = decoded_key(bytes, EVP_PKEY_PUBLIC_KEY))
    return name_of(key.get(), "public");
  return other_structure(bytes);
}

/// `00 00 00 07 ssh-rsa …` (RFC 4253, 6.6).
bool is_ssh_blob(std::string_view bytes) {
  constexpr std::size_t name_bytes_max = 64;
  if (bytes.size() < 4 + 7 || bytes.substr(0, 3) != std::string_view{"\0\0\0", 3})
    return false;
  const auto name = bytes.substr(4, byte_at(bytes, 3));
  return name.size() <= name_bytes_max &&
         (name.starts_with("ssh-") || name.starts_with("ecdsa-sha2-") || name.starts_with("sk-") ||
          name.starts_with("rsa-sha2-"));
}

/// Microsoft's blobs: version 2, a reserved field of zeros, then the algorithm and `RSA1`, `DSS2` …
bool is_microsoft_blob(std::string_view bytes) {
  constexpr std::array<std::string_view, 6> words{"RSA1", "RSA2", "RSA3", "DSS1", "DSS2", "DSS3"};
  const bool is_blob = (bytes[0] == 6 || bytes[0] == 7) && bytes[1] == 2 && bytes[2] == 0;
  return (is_blob && std::ranges::find(words, bytes.substr(8, 4)) != words.end()) ||
         std::ranges::find(words, bytes.substr(0, 4)) != words.end() ||
         bytes.starts_with("\x1e\xf1\xb5\xb0"); // PVK
}

} // namespace

std::optional<std::size_t> der_length(std::string_view bytes) {
  constexpr unsigned sequence = 0x30;
  constexpr unsigned integer = 0x02;
  constexpr std::size_t length_bytes_max = 3; // no real key or certificate is longer
  if (bytes.size() < 8 || byte_at(bytes, 0) != sequence)
    return std::nullopt;
  std::size_t length = byte_at(bytes, 1);
  std::size_t header = 2;
  if (length >= 0x80) {
    const auto more = length - 0x80;
    if (more == 0 || more > length_bytes_max)
      return std::nullopt;
    length = 0;
    for (; header < 2 + more; ++header)
      length = length * 256 + byte_at(bytes, header);
  }
  const auto first = byte_at(bytes, header);
  constexpr unsigned object_id = 0x06; // of PKCS #7
  if (first != sequence && first != integer && first != object_id)
    return std::nullopt;
  return header + length;
}

std::optional<std::string> binary_shape(std::string_view bytes) {
  if (bytes.size() < der_bytes_min)
    return std::nullopt;
  if (is_ssh_blob(bytes))
    return "an SSH public key";
  if (bytes.starts_with(std::string_view{"openssh-key-v1\0", 15}))
    return "an OpenSSH private key";
  if (bytes.starts_with("\xfe\xed\xfe\xed") || bytes.starts_with("\xce\xce\xce\xce"))
    return "a Java key store";
  if (is_microsoft_blob(bytes))
    return "a key of Microsoft's CryptoAPI";
  if (bytes.substr(8, 4) == "KBXf" || is_openpgp_key(bytes))
    return "a PGP key";
  return der_shape(bytes);
}

} // namespace restante::serve
