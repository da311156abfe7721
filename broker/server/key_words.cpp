#include "restante/broker/server/key_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::serve {

namespace {

/// Whether the text begins with a valid `kty` value. Base64 may end with `kty=`, but then nothing
/// follows.
bool is_key_type(std::string_view behind) {
  constexpr std::array<std::string_view, 4> types{"RSA", "EC", "OKP", "oct"};
  const auto at = std::min(behind.find_first_not_of(" \t\r\n\"'\\:=>"), behind.size());
  const auto value = behind.substr(at);
  return at > 0 && std::ranges::any_of(types, [value](auto one) { return value.starts_with(one); });
}

/// Finds `"kty": "RSA"`, also in damaged JSON, TOML, YAML or a query string.
bool has_key_type(std::string_view text) {
  constexpr std::string_view name = "kty";
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto behind = text.substr(at + name.size());
    if (behind.substr(0, 4).find(':') != std::string_view::npos || is_key_type(behind))
      return true;
  }
  return false;
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
  constexpr std::array<std::pair<std::string_view, std::string_view>, 25> known{{
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
      {"(private-key", "a private key of GnuPG"},
      {"11:private-key", "a private key of GnuPG"},
      {"21:protected-private-key", "a private key of GnuPG"},
      {"(protected-private-key", "a private key of GnuPG"},
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
