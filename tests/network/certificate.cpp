#include "restante/tests/network/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <stdlib.h>

namespace restante::testing {

namespace {

template <class T>
using owned = std::unique_ptr<T, void (*)(T*)>;

owned<FILE> file(const std::string& path) {
  return {std::fopen(path.c_str(), "w"), [](FILE* f) { std::fclose(f); }};
}

} // namespace

certificate::certificate(const std::string& common_name) {
  std::string name = std::filesystem::temp_directory_path() / "restante-tls-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error{"no folder for a certificate"};
  folder_ = name;
  renew(common_name);
}

certificate::~certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void certificate::renew(const std::string& common_name) {
  const owned<EVP_PKEY> secret{EVP_EC_gen("P-256"), EVP_PKEY_free};
  const owned<X509> made{X509_new(), X509_free};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  auto* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(made.get(), name);
  X509_set_pubkey(made.get(), secret.get());
  X509_sign(made.get(), secret.get(), EVP_sha256());
  PEM_write_X509(file(cert()).get(), made.get());
  PEM_write_PrivateKey(file(key()).get(), secret.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

void certificate::spoil_cert(const std::string& text) {
  std::ofstream{cert()} << text;
}

void certificate::spoil_key(const std::string& text) {
  std::ofstream{key()} << text;
}

} // namespace restante::testing
