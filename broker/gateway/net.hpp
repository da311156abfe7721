#pragma once

#include "restante/broker/sockets/net.hpp"

/// The gateway speaks of sockets in short.
namespace restante::gateway {

using namespace sockets;

} // namespace restante::gateway
