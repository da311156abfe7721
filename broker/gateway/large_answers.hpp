#pragma once

#include "restante/broker/gateway/outbox.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace restante::gateway {

/// Requests of one socket whose answers may be large, in order. One is in progress at a time, and
/// while there are any, the socket is not read.
struct large_requests {
  std::deque<large_request> waiting;
  bool is_under_way = false; ///< a request is being answered, or the first one waits for its permit
};

/// Whether the answer may be so large that its request waits for its turn and for room.
bool waits_for_room(const command& what);

/// The maximum size of the answer, if the request determines it; 0: unknown.
std::uint64_t answer_bytes_of(const command& what);

/// The command to submit after the answer to `what` was dropped for lack of room: an operation that
/// changes nothing and gives the same answer. Nothing if there is none, as for a `put_many`.
std::optional<command> again(const command& what);

} // namespace restante::gateway
