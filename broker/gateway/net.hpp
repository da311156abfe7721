#pragma once

#include "restante/broker/sockets/net.hpp"

/// Short names for the socket libraries.
namespace restante::gateway {

using namespace sockets;

} // namespace restante::gateway
