#pragma once

#include "restante/messages/ids.hpp"

#include <string>

namespace restante::gateway {

/// What the answer to a request has beside the outcome.
struct reply_to {
  std::string id;      ///< JSON text; empty: the request has none
  std::string ignored; ///< `"ignored":[…]`; empty: nothing was ignored
  trace_id acked;      ///< of an ack without id, which its refusal names; zero: none
};

} // namespace restante::gateway
