#include "restante/broker/serve/key_formats.hpp"

#include "restante/broker/serve/der_shape.hpp"

#include <nlohmann/json.hpp>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace restante::serve {

namespace {

using found = std::optional<std::string>;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The value of a digit of base64 or base64url, or of hex; -1: it is none.
using digit_value = int (*)(char);

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// A way to write bytes as text.
struct encoding {
  std::string_view name;
  digit_value digit;
  unsigned bits;               ///< in a digit
  std::string_view separators; ///< that may stand between digits, beside blanks

  /// How a key's text may begin: fewer places to look at closely.
  std::vector<std::string_view> beginnings;
};

const encoding& base64() {
  static const encoding made{"base64",
                             &base64_digit,
                             6,
                             "",
                             {"MA", "MB", "MC", "MD", "ME", "MF", "MG", "MH", "MI", "AAAA",
                              "b3BlbnNz", "/u3+", "zs7O", "BgIA", "BwIA", "UlNB"}};
  return made;
}

const encoding& hex() {
  static const encoding made{"hex",
                             &hex_digit,
                             4,
                             ":,-",
                             {"30", "000000", "6f70656e", "6F70656E", "feedfeed", "FEEDFEED",
                              "cececece", "CECECECE", "0602", "0702"}};
  return made;
}

/// Bytes of digits; of the last one those bits that fill a byte.
std::string bytes_of(const encoding& how, std::string_view digits) {
  std::string bytes;
  unsigned gathered = 0;
  unsigned bits = 0;
  for (const char c : digits) {
    gathered = (gathered << how.bits) | static_cast<unsigned>(how.digit(c));
    bits += how.bits;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((gathered >> bits) & 0xff);
    }
  }
  return bytes;
}

/// Stretches of digits without what may stand between them.
std::vector<std::string> digits_in(const encoding& how, std::string_view text) {
  std::vector<std::string> runs(1);
  for (const char c : text) {
    if (how.digit(c) >= 0)
      runs.back() += c;
    else if (!is_blank(c) && how.separators.find(c) == std::string_view::npos &&
             !runs.back().empty())
      runs.emplace_back();
  }
  return runs;
}

/// What stands at the beginning of these digits.
found shape_at(const encoding& how, std::string_view digits) {
  constexpr std::size_t head_digits = 24; // for a header
  constexpr std::size_t others_digits = 512;
  const auto length = der_length(bytes_of(how, digits.substr(0, head_digits)));
  const auto wanted = length ? (*length * 8 + how.bits - 1) / how.bits : others_digits;
  if (length && digits.size() < wanted)
    return std::nullopt;
  return binary_shape(bytes_of(how, digits.substr(0, wanted)));
}

bool is_printable(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_blank(c) || (c >= ' ' && c <= '~'); });
}

found look(std::string_view text, int depth);

/// Text that is encoded once more.
found text_in(const encoding& how, std::string_view digits, int depth) {
  const auto bytes = bytes_of(how, digits);
  return bytes.size() >= der_bytes_min && is_printable(bytes) ? look(bytes, depth + 1)
                                                              : std::nullopt;
}

found shape_in_digits(const encoding& how, std::string_view text, int depth) {
  for (const auto& run : digits_in(how, text)) {
    const std::string_view digits{run};
    for (std::size_t at = 0; at < digits.size(); ++at) {
      const auto rest = digits.substr(at);
      const auto begins = [rest](std::string_view with) { return rest.starts_with(with); };
      if (!std::ranges::any_of(how.beginnings, begins))
        continue;
      if (auto shape = shape_at(how, rest))
        return *shape + " in " + std::string{how.name};
    }
    if (auto shape = text_in(how, digits, depth))
      return *shape + " in " + std::string{how.name};
  }
  return std::nullopt;
}

// --- text that only keys have ----------------------------------------------------------------

/// `BEGIN PUBLIC KEY`, with or without its dashes, indented or in one line.
found armour_in(std::string_view text) {
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

/// `"kty": "RSA"`, also where it is no JSON any more.
bool has_key_type(std::string_view text) {
  constexpr std::string_view name = "kty";
  const auto at = text.find(name);
  if (at == std::string_view::npos)
    return false;
  const auto behind = text.substr(at + name.size(), 4);
  return behind.find(':') != std::string_view::npos;
}

found words_of_keys(std::string_view text) {
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

found json_in(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (parsed.is_discarded() || !parsed.is_structured())
    return std::nullopt;
  const bool is_set = parsed.is_object() && parsed.contains("keys");
  return is_set ? "a JWKS" : "JSON, such as a JWK";
}

// --- the whole of a text ---------------------------------------------------------------------

/// What the whole of it means in this encoding: a key without any structure.
found whole_in(const encoding& how, std::string_view text) {
  while (!text.empty() && (is_blank(text.back()) || text.back() == '='))
    text.remove_suffix(1);
  std::string digits;
  for (const char c : text) {
    if (how.digit(c) >= 0)
      digits += c;
    else if (!is_blank(c) && how.separators.find(c) == std::string_view::npos)
      return std::nullopt;
  }
  const auto bytes = bytes_of(how, digits);
  const auto in = " in " + std::string{how.name};
  if (is_modulus(bytes))
    return "an RSA key's modulus" + in;
  if (is_curve_point(bytes))
    return "an EC public key" + in;
  return std::nullopt;
}

/// With the escapes of JSON, shells and URLs resolved, as far as base64 and PEM need it.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const auto code = [text](std::size_t from) { // two digits of hex
      return from + 1 < text.size() && hex_digit(text[from]) >= 0 && hex_digit(text[from + 1]) >= 0
                 ? hex_digit(text[from]) * 16 + hex_digit(text[from + 1])
                 : -1;
    };
    if (c == '%' && code(at + 1) >= 0) {
      plain += static_cast<char>(code(at + 1));
      at += 2;
    } else if (c == '\\' && next == 'x' && code(at + 2) >= 0) {
      plain += static_cast<char>(code(at + 2));
      at += 3;
    } else if (c == '\\' && next == 'u' && text.substr(at + 2, 2) == "00" && code(at + 4) >= 0) {
      plain += static_cast<char>(code(at + 4));
      at += 5;
    } else if (c == '\\' && (next == 'n' || next == 'r' || next == 't')) {
      plain += '\n';
      ++at;
    } else if (c == '\\') {
      if (next == '/')
        plain += '/';
      at += next == '\0' ? 0 : 1;
    } else {
      plain += c;
    }
  }
  return plain;
}

/// `0x30, 0x82` as a list of bytes.
std::string without_0x(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "0x")
      ++at;
    else
      plain += text[at];
  }
  return plain;
}

/// A line without what quotations, comments and string literals put around it. A plus is a digit
/// of base64, unless it stands apart.
std::string_view bare_line(std::string_view line) {
  constexpr std::string_view around = " \t\r\v\f\"'`,;.>|#*\\()";
  const auto is_around = [around](char c) { return around.find(c) != std::string_view::npos; };
  const auto is_apart = [is_around](std::string_view two) {
    return two.size() < 2 || (two[0] == '+' && is_around(two[1])) ||
           (two[1] == '+' && is_around(two[0]));
  };
  while (!line.empty() &&
         (is_around(line.front()) || (line.front() == '+' && is_apart(line.substr(0, 2)))))
    line.remove_prefix(1);
  while (!line.empty() &&
         (is_around(line.back()) ||
          (line.back() == '+' && is_apart(line.substr(line.size() < 2 ? 0 : line.size() - 2)))))
    line.remove_suffix(1);
  return line;
}

std::string bare_lines(std::string_view text) {
  std::string bare;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    bare.append(bare_line(text.substr(0, end))).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return bare;
}

found look_plainly(std::string_view text, int depth) {
  if (auto shape = armour_in(text))
    return shape;
  if (auto shape = binary_shape(text))
    return shape;
  if (auto shape = json_in(text))
    return shape;
  if (auto shape = words_of_keys(text))
    return shape;
  for (const auto* how : {&base64(), &hex()}) {
    if (auto shape = shape_in_digits(*how, text, depth))
      return shape;
    if (auto shape = whole_in(*how, text))
      return shape;
  }
  return std::nullopt;
}

/// Looks at the text as it is, and at what it would be without a disguise or two.
found look(std::string_view text, int depth) {
  constexpr int depth_max = 3; // base64 of base64 of PEM has been seen
  if (depth > depth_max)
    return std::nullopt;
  if (auto shape = look_plainly(text, depth))
    return shape;
  std::vector<std::string> disguised{unescaped(text), bare_lines(text), bare_lines(unescaped(text)),
                                     without_0x(text)};
  if (text.find('\0') != std::string_view::npos) { // UTF-16, UTF-32
    disguised.emplace_back();
    std::ranges::copy_if(text, std::back_inserter(disguised.back()), [](char c) { return c != 0; });
  }
  for (const auto& plain : disguised) {
    if (plain == text)
      continue;
    if (auto shape = look_plainly(plain, depth))
      return shape;
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> key_in(std::string_view text) {
  // OpenSSL keeps a queue of errors per thread, and what is left in it would be taken for an
  // error of the next TLS socket.
  struct sweeper {
    ~sweeper() { ERR_clear_error(); }
  } const sweeps;
  if (is_modulus(text))
    return "an RSA key's modulus";
  if (is_curve_point(text))
    return "an EC public key";
  return look(text, 0);
}

} // namespace restante::serve
