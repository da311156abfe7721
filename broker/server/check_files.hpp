#pragma once

#include "restante/broker/server/settings.hpp"

#include <optional>
#include <string>

namespace restante::serve {

/// What is wrong with the files that settings name, if anything: tokens, the key of JWTs,
/// certificate and key of TLS. This reads them in the way `serve` does.
std::optional<std::string> fault_in_files(const serve_settings& how);

/// Why the certificate and the key of TLS cannot be read immediately, if there is a reason.
std::optional<std::string> fault_in_tls_files(const std::string& cert, const std::string& key);

/// What is wrong with the certificate and the key of TLS, if anything.
std::optional<std::string> fault_in_tls(const std::string& cert, const std::string& key);

/// What is wrong with the ports of gateway and node, if anything: both must not use one port.
std::optional<std::string> fault_in_ports(const serve_settings& how);

/// What is wrong with the log file, the data directory and the listening addresses in the settings,
/// if anything (check_places.hpp).
std::optional<std::string> fault_in_places(const serve_settings& how);

} // namespace restante::serve
