#pragma once

#include <map>
#include <string>
#include <string_view>

namespace restante::serve {

/// Keys and certificates in DER, by their kind. OpenSSL makes them once per process.
const std::map<std::string, std::string>& der_forms();

/// Those keys and certificates in PEM, as far as PEM has labels for them.
const std::map<std::string, std::string>& pem_forms();

std::string rsa_modulus(); ///< 256 bytes
std::string ec_point();    ///< 65 bytes: 4, x, y of P-256

/// In base64 with the given number of characters per line; 0: in one line.
std::string base64(std::string_view bytes, std::size_t columns);
std::string hex_digits(std::string_view bytes, std::string_view between);

/// The ways to write bytes as text, by their names.
std::map<std::string, std::string> text_forms(std::string_view bytes);

std::string in_utf16(std::string_view ascii); ///< little endian, without a mark
std::string indented(std::string_view text);
std::string without(std::string_view text, char unwanted);

} // namespace restante::serve
