#pragma once

#include "restante/broker/gateway/identity.hpp"
#include "restante/broker/server/auth_settings.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace restante::serve {

/// Tells who bears a token, static or JWT, by the files of the settings.
class keyring final : public gateway::authenticator {
public:
  /// Reads the files. Throws std::runtime_error, with a sentence for the operator, when
  /// something is wrong with them.
  explicit keyring(const auth_settings& how);
  ~keyring() override;

  /// A static token first, and what is none and has three parts is taken for a JWT.
  outcome<gateway::credentials> identify(std::string_view token, instant now) const override;

  /// Reads the files of these settings, for tokens that are shown from now on. What is wrong with
  /// them, if anything; then all stays as it was.
  std::optional<std::string> reload(const auth_settings& how);

private:
  struct contents;
  static std::shared_ptr<const contents> read(const auth_settings& how);

  std::atomic<std::shared_ptr<const contents>> contents_;
};

} // namespace restante::serve
