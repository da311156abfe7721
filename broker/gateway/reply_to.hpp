#pragma once

#include "restante/messages/ids.hpp"

#include <string>

namespace restante::gateway {

/// What an answer to a request contains in addition to the outcome.
struct reply_to {
  std::string id;      ///< JSON text; empty: the request has none
  std::string ignored; ///< `"ignored":[…]`; empty: nothing was ignored
  trace_id acked;      ///< trace of an ack without id, named in a refusal; zero: none
};

} // namespace restante::gateway
