#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/auth_settings.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace restante::serve {

/// Identifies the bearer of a token, static or JWT, from the files that the settings name.
class keyring final : public gateway::authenticator {
public:
  /// Reads the files. Throws std::runtime_error, with a sentence for the operator, when a file is
  /// invalid.
  explicit keyring(const auth_settings& how);
  ~keyring() override;

  /// Looks for a static token first. Another token with three parts is treated as a JWT.
  outcome<gateway::credentials> identify(std::string_view token, instant now) const override;

  /// Reads the files of these settings, for tokens that clients present from now on. Answers what
  /// is wrong with the files, if anything; nothing changes then.
  std::optional<std::string> reload(const auth_settings& how);

private:
  struct contents;
  static std::shared_ptr<const contents> read(const auth_settings& how);

  std::atomic<std::shared_ptr<const contents>> contents_;
};

} // namespace restante::serve
