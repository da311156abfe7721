#pragma once

#include "restante/broker/server/settings.hpp"

#include <optional>
#include <string>

namespace restante::serve {

// Each function answers what is wrong with a place that settings name, as a sentence that names the
// setting. Nothing: this user can use the place now. The checks create and change nothing.

/// A file to append to. Its directory must exist.
std::optional<std::string> fault_in_log_file(const std::string& path);

/// A data directory that exists or that can be made. This checks neither whether a broker uses the
/// directory nor whether it is damaged: `restante journal check` does that.
std::optional<std::string> fault_in_data_directory(const std::string& path);

/// Where gateway and node would listen on one port. They may use one port on different addresses.
std::optional<std::string> fault_in_same_port(const std::string& listen_address,
                                              const std::string& node_address, std::uint16_t port);

/// An address and port that this process may listen on. A port that is in use is no fault: the
/// running broker may be the one whose settings are checked.
std::optional<std::string> fault_in_address(const std::string& address, std::uint16_t port);

} // namespace restante::serve
