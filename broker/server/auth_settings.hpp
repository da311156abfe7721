#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace restante::serve {

/// How somebody proves who they are (spec W7). Without a file of either kind nobody has to.
struct auth_settings {
  std::string tokens_file{};
  std::string jwt_key_file{};

  /// Those that may be used, if they fit the key; never `none`.
  std::vector<std::string> jwt_algorithms{"HS256", "RS256", "ES256"};

  std::string jwt_issuer{};   ///< empty: any
  std::string jwt_audience{}; ///< empty: any
  std::chrono::milliseconds jwt_leeway{0};

  /// Of clients whose token names no rights, as JSON; empty: all that a client may do.
  std::string default_rights{};

  bool is_needed() const { return !tokens_file.empty() || !jwt_key_file.empty(); }

  /// Whether any JWT that the key has signed is taken, whoever it was made for.
  bool takes_any_jwt() const {
    return !jwt_key_file.empty() && jwt_issuer.empty() && jwt_audience.empty();
  }
};

} // namespace restante::serve
