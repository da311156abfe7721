#pragma once

#include "restante/broker/server/settings.hpp"

#include <optional>
#include <string>

namespace restante::serve {

// What is wrong with the places that settings name, as a sentence that names the setting; nothing:
// this user can use them now. Nothing is made and nothing is changed.

/// A file to append to; its directory must be there already.
std::optional<std::string> fault_in_log_file(const std::string& path);

/// A data directory that is there, or that can be made. Not whether a broker has it, nor whether
/// it is damaged: `restante journal check` looks at that.
std::optional<std::string> fault_in_data_directory(const std::string& path);

/// Where both would listen on one port; they may share it on different addresses.
std::optional<std::string> fault_in_same_port(const std::string& listen_address,
                                              const std::string& node_address, std::uint16_t port);

/// An address and port that this process may listen on. A port that is taken is no fault: the
/// broker that runs may be the one whose settings are checked.
std::optional<std::string> fault_in_address(const std::string& address, std::uint16_t port);

} // namespace restante::serve
