#pragma once

#include "restante/actors/protocol/caf.hpp"

#include <caf/io/all.hpp>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

// Restante's use of CAF's functions for nodes (see also caf.hpp).

namespace restante::dialect {

/// Loads CAF's network module. Both nodes must send heartbeats at the same interval: otherwise one
/// takes a silent peer for healthy, or a healthy peer for silent.
void load_node(caf::actor_system_config& config, std::chrono::nanoseconds beat,
               std::chrono::nanoseconds silence);

/// Publishes an actor at `address` and `port`. Port 0 takes a free port.
template <class Handle>
caf::expected<std::uint16_t> publish(const Handle& what, std::uint16_t port,
                                     const std::string& address) {
  return what.home_system().middleman().publish(what, port, address.c_str(), true);
}

template <class Handle>
void unpublish(const Handle& what) {
  what.home_system().middleman().unpublish(what);
}

/// Asks for the actor that is published at `host` and `port`, without blocking. Calls `then` with
/// the actor or with null, or `failed` with a sentence.
template <class Self, class Then, class Failed>
void find_published(Self* self, const std::string& host, std::uint16_t port,
                    std::chrono::nanoseconds timeout, Then then, Failed failed) {
  const auto found = [then](const caf::node_id&, const caf::strong_actor_ptr& what,
                            const std::set<std::string>&) { then(what); };
  self->request(self->system().middleman().actor_handle(), timeout, caf::connect_atom::value, host,
                port)
      .then(found, [failed, self](const caf::error& why) { failed(self->system().render(why)); });
}

/// Asks a peer. Calls `then` with the answer, or `failed` if there is none in time.
template <class Answer, class Self, class Dest, class Query, class Then, class Failed>
void ask(Self* self, const Dest& whom, std::chrono::nanoseconds timeout, Query what, Then then,
         Failed failed) {
  const auto said = [then](const Answer& answer) { then(answer); };
  const auto silent = [failed](const caf::error&) { failed(); };
  self->request(whom, timeout, std::move(what)).then(said, silent);
}

} // namespace restante::dialect
