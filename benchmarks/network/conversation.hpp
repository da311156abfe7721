#pragma once

#include "restante/benchmarks/network/engine.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// One client, in any of the protocols, as the scenarios see it: both sides are
/// driven by the same code, and only what is written differs.
namespace restante::benchmarks::network {

enum class dialect { ws, mqtt, resp, nats };

/// Whom a conversation speaks for, and what it wants to hear.
struct role {
  std::string client = {};
  std::string topic = {}; ///< subscribed to, at most once delivery; none when empty
  /// Takes what is put to it, each acknowledged on its own: notifications with
  /// explicit acks; a persistent session, QoS 1, on a topic of the client's name.
  bool has_inbox = false;
  /// A persistent session even without an inbox.
  bool is_durable = false;
  /// MQTT only: where the broker publishes the client's name when it is lost.
  std::string will_topic = {};
  std::uint16_t keep_alive_s = 0; ///< MQTT only: the other side pings by itself
  std::uint8_t source = 0;        ///< own address, see engine::open
  std::size_t number = 0;         ///< the scenario's own
};

class conversation;

/// What a scenario hears. Views are valid during the call only.
class observer {
public:
  virtual ~observer() = default;

  /// Connected, and subscribed where the role says so.
  virtual void on_ready(conversation&) {}
  /// A put was taken (a put's answer, a PUBACK). Answers come with put()'s number.
  virtual void on_answer(conversation&, std::uint64_t) {}
  /// A notification or a message; one with an inbox is acknowledged already.
  virtual void on_delivery(conversation&, std::string_view) {}
  /// Any other push, whole: WebSocket only.
  virtual void on_push(conversation&, std::string_view) {}
  /// The conversation ended, or was refused something. Nothing here may fail, so it throws.
  virtual void on_lost(conversation& lost, const std::string& why);
};

class conversation : public stream {
public:
  conversation(engine& loop, observer& ears, role plays)
      : stream(loop), ears_(ears), role_(std::move(plays)) {}

  /// Puts `payload` to the inbox of `client`; answers the number its answer comes with.
  virtual std::uint64_t put(std::string_view client, std::string_view payload) = 0;

  /// Publishes to the present subscribers of `topic`; not answered.
  virtual void publish(std::string_view topic, std::string_view payload) = 0;

  /// Owns `key` of `topic` from now on; answered. WebSocket only: throws std::logic_error.
  virtual std::uint64_t set_key(std::string_view topic, std::string_view key) = 0;

  /// Shows the broker that this end lives. Nothing where the broker is who asks.
  virtual void keep_alive() = 0;

  /// How often the broker asked whether this end lives, or answered that it does.
  std::uint64_t pings() const noexcept { return pings_; }

  const role& plays() const noexcept { return role_; }

protected:
  void on_close(const std::string& why) override { ears_.on_lost(*this, why); }

  observer& ears() noexcept { return ears_; }
  void count_ping() noexcept { ++pings_; }

private:
  observer& ears_;
  role role_;
  std::uint64_t pings_ = 0;
};

/// A conversation that has started to connect.
std::unique_ptr<conversation> converse(dialect in, engine& loop, endpoint with, observer& ears,
                                       role plays);

} // namespace restante::benchmarks::network
