#pragma once

#include "restante/broker/server/settings.hpp"

#include <optional>
#include <string>

namespace restante::serve {

/// What is wrong with the files that settings name, if anything: tokens, the key of JWTs,
/// certificate and key of TLS. They are read as `serve` reads them.
std::optional<std::string> fault_in_files(const serve_settings& how);

/// What keeps the certificate and the key of TLS from being read at once, if anything.
std::optional<std::string> fault_in_tls_files(const std::string& cert, const std::string& key);

/// What is wrong with the certificate and the key of TLS, if anything.
std::optional<std::string> fault_in_tls(const std::string& cert, const std::string& key);

/// What is wrong with the ports of gateway and node, if anything: one of them for both.
std::optional<std::string> fault_in_ports(const serve_settings& how);

/// What is wrong with the places that they name, if anything: log file, data directory, addresses
/// to listen on (check_places.hpp).
std::optional<std::string> fault_in_places(const serve_settings& how);

} // namespace restante::serve
