#pragma once

#include "restante/broker/gateway/outbox.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace restante::gateway {

/// Requests of one socket whose answers may be large, in order. One is under way at a time, and
/// while there are any the socket is not read.
struct large_requests {
  std::deque<large_request> waiting;
  bool is_under_way = false; ///< one is being answered, or the first waits for its permit
};

/// Whether the answer may be so large that its request waits for its turn, and for room.
bool waits_for_room(const command& what);

/// What the answer takes at most, as far as the request says so itself; 0: it does not.
std::uint64_t answer_bytes_of(const command& what);

/// What to ask when the answer to `what` was given up for want of room: an operation that
/// changes nothing and answers the same. Nothing where there is none, as for a `put_many`.
std::optional<command> again(const command& what);

} // namespace restante::gateway
