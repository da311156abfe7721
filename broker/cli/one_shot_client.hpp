#pragma once

#include "restante/broker/cli/broker_flags.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace restante::cli {

/// Makes a `remote` for a broker. Throws command_failed (usage) when the options are invalid.
remote open_remote(remote_options how);

/// Waits for an answer, slightly longer than the operation itself may take. Throws command_failed.
template <class T>
T need(const answer<T>& asked, const patience& how, duration longer = duration{0}) {
  constexpr std::chrono::seconds grace{5};
  const auto begin = std::chrono::steady_clock::now();
  const auto got = asked.get(how.timeout + longer + grace);
  if (!got)
    throw failure_at(how, got.error(), std::chrono::steady_clock::now() - begin);
  return *got;
}

/// Whether the broker is up and refused the operation temporarily: it is overloaded, or its disk is
/// full.
template <class T>
bool is_refused_for_now(const answer<T>& asked) {
  if (!asked.is_ready())
    return false;
  const auto code = asked.get(duration{0}).code();
  return code == errc::overloaded || code == errc::storage_failed;
}

/// Sends operations to a broker without a client's connection: as a visit of the client that the
/// flags or the token name, otherwise as the server identity.
class one_shot_client {
public:
  explicit one_shot_client(const broker_flags& how);

  caller& asking() { return visitor_ ? static_cast<caller&>(*visitor_) : *server_; }

  /// Throws command_failed (usage) with `--as`: no client may ask for these operations.
  server_identity& server();

  /// The namespace to ask for; a visit uses its client's own.
  std::string ns() const { return visitor_ ? std::string{} : ns_; }

  template <class T>
  T need(const answer<T>& asked, duration longer = duration{0}) const {
    return cli::need(asked, patience_, longer);
  }

private:
  patience patience_;
  std::string ns_;
  remote remote_;
  std::optional<server_identity> server_;
  std::optional<visitor> visitor_;
};

} // namespace restante::cli
