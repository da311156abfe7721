#pragma once

#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/gateway/net.hpp"
#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/broker/gateway/reloadable.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace restante::gateway {

/// The state that all sessions of one gateway share.
struct shared_state {
  shared_state(restante::broker& broker, gateway_options how);

  restante::broker& broker;
  const std::shared_ptr<model::output_budget> output;
  const gateway_options how;
  reloadable<origin_policy> origins;
  std::atomic<std::size_t> sockets_max;             ///< from `how`, until it is changed
  gateway_counts<std::atomic<std::uint64_t>> count; ///< counted by all I/O threads
  std::atomic<bool> is_closing{false};              ///< new sockets are refused

  /// The present of the wall clock.
  instant now() const;

  /// Identifies the bearer of a token. Not needed without authentication. Refusals are counted, and
  /// logged with their reason and the remote address, never with the token. A token that is only
  /// for metrics is `forbidden` for operations.
  outcome<credentials> identify(std::string_view token, std::string_view remote = {},
                                token_scope asked = token_scope::operations);

  /// The traffic counters and their limits.
  gateway_stats stats() const;

  void log(severity how, std::string_view event, std::initializer_list<log_field> fields = {});

  /// Applies `allowed_hosts`, `allowed_origins` and `sockets_max`; the rest of `how` stays.
  void take(const gateway_options& next);

  /// The TLS context for new sockets; null: no TLS.
  std::shared_ptr<net::ssl::context> tls();
  void change_tls(std::shared_ptr<net::ssl::context> to);

private:
  failure refused(failure why, std::string_view remote);

  std::mutex mutex_;
  std::shared_ptr<net::ssl::context> tls_;
};

/// Reads PEM files. Throws std::runtime_error with a sentence for the operator.
std::shared_ptr<net::ssl::context> make_tls(const std::string& cert, const std::string& key);

} // namespace restante::gateway
