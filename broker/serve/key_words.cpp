#include "restante/broker/serve/key_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::serve {

namespace {

/// `"kty": "RSA"`, also where it is no JSON any more.
bool has_key_type(std::string_view text) {
  constexpr std::string_view name = "kty";
  const auto at = text.find(name);
  if (at == std::string_view::npos)
    return false;
  const auto behind = text.substr(at + name.size(), 4);
  return behind.find(':') != std::string_view::npos;
}

} // namespace

std::optional<std::string> armour_in(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos)
    return "PEM";
  constexpr std::array<std::string_view, 8> words{"KEY",  "CERTIFICATE", "PARAMETERS", "PGP",
                                                  "SSH2", "PKCS",        "CMS",        "X509"};
  constexpr std::string_view begin = "BEGIN";
  constexpr std::size_t label_bytes_max = 40;
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1)) {
    const auto label = text.substr(at + begin.size(), label_bytes_max);
    const auto is_in = [label](std::string_view word) {
      return label.find(word) != std::string_view::npos;
    };
    if (std::ranges::any_of(words, is_in))
      return "PEM or what is left of it";
  }
  return std::nullopt;
}

std::optional<std::string> words_of_keys(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 21> known{{
      {"PuTTY-User-Key-File", "a PuTTY key"},
      {"ssh-rsa", "an SSH key"},
      {"ssh-dss", "an SSH key"},
      {"ssh-ed25519", "an SSH key"},
      {"ssh-ed448", "an SSH key"},
      {"ecdsa-sha2-", "an SSH key"},
      {"sk-ssh-", "an SSH key"},
      {"sk-ecdsa-", "an SSH key"},
      {"openssh-key-v1", "an OpenSSH private key"},
      {"Proc-Type: ", "an encrypted private key"},
      {"untrusted comment:", "a minisign or signify key"},
      {"RSAKeyValue", "an RSA key in XML"},
      {"ECKeyValue", "an EC key in XML"},
      {"X509Certificate", "a certificate in XML"},
      {"X509Data", "a certificate in XML"},
      {"<Modulus", "an RSA key in XML"},
      {"Modulus=", "an RSA key's modulus"},
      {"Modulus:", "an RSA key's modulus"},
      {"modulus:", "an RSA key's modulus"},
      {"Public-Key:", "a public key, printed for people"},
      {"Private-Key:", "a private key, printed for people"},
  }};
  for (const auto& [word, what] : known) {
    if (text.find(word) != std::string_view::npos)
      return std::string{what};
  }
  if (has_key_type(text))
    return "a JWK";
  return std::nullopt;
}

} // namespace restante::serve
