#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace restante::serve {

/// How clients prove who they are (spec W7). Without a file of either kind, no proof is needed.
struct auth_settings {
  std::string tokens_file{};
  std::string jwt_key_file{};

  /// The algorithms that are allowed if they fit the key; never `none`.
  std::vector<std::string> jwt_algorithms{"HS256", "RS256", "ES256"};

  std::string jwt_issuer{};   ///< empty: any
  std::string jwt_audience{}; ///< empty: any
  std::chrono::milliseconds jwt_leeway{0};

  /// The rights, as JSON, of clients whose token names none. Empty: everything a client may do.
  std::string default_rights{};

  bool is_needed() const { return !tokens_file.empty() || !jwt_key_file.empty(); }

  /// Whether every JWT that the key has signed is accepted, for any issuer and audience.
  bool takes_any_jwt() const {
    return !jwt_key_file.empty() && jwt_issuer.empty() && jwt_audience.empty();
  }
};

} // namespace restante::serve
