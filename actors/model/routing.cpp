#include "restante/actors/model/routing.hpp"

#include "restante/messages/assert.hpp"

#include <sodium.h>

#include <cstring>
#include <string>

namespace restante::model {

static_assert(std::tuple_size_v<routing::key> == crypto_shorthash_KEYBYTES);

routing::routing(const key& secret, std::size_t slots, unsigned kept_bits)
    : secret_{secret}, slots_{slots}, mask_{(route_number{1} << kept_bits) - 1} {
  RESTANTE_ASSERT(slots > 0 && kept_bits <= trace_id::route_bits);
}

route_number routing::route(std::string_view ns, std::string_view id) const {
  const auto ns_bytes = static_cast<std::uint32_t>(ns.size());
  std::string framed(sizeof ns_bytes, '\0');
  std::memcpy(framed.data(), &ns_bytes, sizeof ns_bytes);
  framed.append(ns).append(id);
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(framed.data()),
                   framed.size(), secret_.data());
  route_number route = 0;
  std::memcpy(&route, hash.data(), sizeof route);
  return route >> (64 - trace_id::route_bits) & mask_;
}

} // namespace restante::model
