#pragma once

#include "restante/benchmarks/network/engine.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// The connection of one client as the scenarios see it, in any of the protocols. The same scenario
/// code drives both brokers; only the bytes on the wire differ.
namespace restante::benchmarks::network {

enum class dialect { ws, mqtt, resp, nats };

/// Which client a conversation represents, and what it wants to receive.
struct role {
  std::string client = {};
  std::string topic = {}; ///< the subscribed topic, at most once delivery; none when empty
  /// Receives what is put to this client and acknowledges each message. Restante: notifications
  /// with explicit acks. MQTT: a persistent session, QoS 1, on a topic of the client's name.
  bool has_inbox = false;
  /// A persistent session even without an inbox.
  bool is_durable = false;
  /// MQTT only: the topic on which the broker publishes the client's name when the connection is
  /// lost.
  std::string will_topic = {};
  std::uint16_t keep_alive_s = 0; ///< MQTT only: the client sends pings by itself
  std::uint8_t source = 0;        ///< number of the client's own address, see engine::open
  std::size_t number = 0;         ///< for the scenario's own use
};

class conversation;

/// Callbacks of a scenario. Views are valid during the call only.
class observer {
public:
  virtual ~observer() = default;

  /// The conversation is connected, and subscribed where the role says so.
  virtual void on_ready(conversation&) {}
  /// The broker accepted a put (answer to a put, PUBACK). The answer has the number that put()
  /// returned.
  virtual void on_answer(conversation&, std::uint64_t) {}
  /// A notification or a message arrived. A conversation with an inbox has acknowledged it already.
  virtual void on_delivery(conversation&, std::string_view) {}
  /// Any other push, as a whole frame: WebSocket only.
  virtual void on_push(conversation&, std::string_view) {}
  /// The connection ended, or the broker refused something. No scenario expects this, so the
  /// default throws.
  virtual void on_lost(conversation& lost, const std::string& why);
};

class conversation : public stream {
public:
  conversation(engine& loop, observer& ears, role plays)
      : stream(loop), ears_(ears), role_(std::move(plays)) {}

  /// Puts `payload` to the inbox of `client`. Returns the number that the answer will have.
  virtual std::uint64_t put(std::string_view client, std::string_view payload) = 0;

  /// Publishes to the present subscribers of `topic`. There is no answer.
  virtual void publish(std::string_view topic, std::string_view payload) = 0;

  /// Sets `key` of `topic`, which this client owns from now on. There is an answer. WebSocket only;
  /// other protocols throw std::logic_error.
  virtual std::uint64_t set_key(std::string_view topic, std::string_view key) = 0;

  /// Sends a sign of life. Does nothing in a protocol where the broker sends the pings.
  virtual void keep_alive() = 0;

  /// How many pings the broker has sent, or how many pings it has answered.
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
