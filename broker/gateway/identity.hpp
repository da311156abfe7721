#pragma once

#include "restante/actors/model/rights.hpp"
#include "restante/messages/instant.hpp"
#include "restante/messages/notification.hpp"
#include "restante/messages/outcome.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace restante::gateway {

/// The purpose of a token.
enum class token_scope {
  operations, ///< everything that its rights allow
  figures,    ///< only reading /metrics and /v1/stats
};

/// The identity that a token gives (spec W7).
struct credentials {
  identity who = identity::client;
  std::string ns{};
  std::string client{};                          ///< empty for the server identity
  std::shared_ptr<const model::rights> rights{}; ///< null: everything a client may do
  std::optional<instant> expires_at{};           ///< wall time; none: never
  token_scope scope = token_scope::operations;   ///< with `figures` there is no client
};

/// Identifies the bearer of a token. Safe from several threads; throws nothing.
class authenticator {
public:
  virtual ~authenticator() = default;

  /// Errors: unauthenticated, for an unknown or malformed token too; token_expired;
  /// token_not_yet_valid for a token that becomes valid within a minute.
  virtual outcome<credentials> identify(std::string_view token, instant now) const = 0;
};

} // namespace restante::gateway
