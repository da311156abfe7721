#pragma once

#include "restante/messages/ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace restante::model {

/// Maps addresses to hash slots; no other code knows the mapping. The hash is keyed, so an outsider
/// cannot aim many clients at one slot.
class routing {
public:
  using key = std::array<unsigned char, 16>;

  /// `kept_bits` below 48 makes routes collide: for tests of collisions.
  routing(const key& secret, std::size_t slots, unsigned kept_bits = trace_id::route_bits);

  /// The 48-bit keyed hash of the length of the namespace, the namespace and the id.
  route_number route(std::string_view ns, std::string_view id) const;

  std::size_t slot(route_number route) const { return route % slots_; }
  std::size_t slots() const { return slots_; }

private:
  key secret_;
  std::size_t slots_;
  route_number mask_;
};

} // namespace restante::model
