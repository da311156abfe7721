#pragma once

#include "restante/actors/protocol/event_log.hpp"

namespace restante::gateway {

using restante::event_log;
using restante::log_field;
using restante::severity;

} // namespace restante::gateway
