#pragma once

#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/tests/network/http_client.hpp"
#include "restante/tests/network/like.hpp"
#include "restante/tests/network/ws_client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace restante::testing {

/// Tokens that are plain names. A token with an end time is refused as expired after that time.
class fake_tokens final : public gateway::authenticator {
public:
  outcome<gateway::credentials> identify(std::string_view token, instant now) const override;

  void give(const std::string& token, gateway::credentials who);

  /// The token is valid from that time on. Before, it is not valid yet.
  void begin_at(const std::string& token, instant begins);

private:
  mutable std::mutex mutex_;
  std::map<std::string, gateway::credentials, std::less<>> known_;
  std::map<std::string, instant, std::less<>> begins_;
};

/// Keeps the log lines for the operator.
class kept_log final : public gateway::event_log {
public:
  void write(gateway::severity how, std::string_view event,
             std::span<const gateway::log_field> fields) override;
  using event_log::write;

  /// `connection_closed client=ann code=4001 …`
  std::vector<std::string> lines() const;

private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A broker and its gateway on a free port.
struct gateway_fixture {
  explicit gateway_fixture(gateway::gateway_options how = {}, options core = {});

  std::uint16_t port() const { return gateway.port(); }

  /// A WebSocket that is connected as `client`; `fields` are more members of its `connect`.
  ws_client enter(const std::string& client, const std::string& fields = {},
                  const ws_client::setup& how = {});

  http_client http() { return http_client{port()}; }

  /// Waits for a line of the log that contains `part`.
  bool logs(std::string_view part) const;

  std::shared_ptr<kept_log> log = std::make_shared<kept_log>();
  restante::broker broker;
  gateway::gateway gateway;
};

/// Polls until the condition is true or `wait` has passed.
bool comes_true(const std::function<bool()>& so, patience wait = patient);

} // namespace restante::testing
