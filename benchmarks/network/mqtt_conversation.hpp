#pragma once

#include "restante/benchmarks/network/conversation.hpp"
#include "restante/benchmarks/network/mqtt_codec.hpp"

namespace restante::benchmarks::network {

/// A conversation in MQTT 3.1.1. Inboxes are topics of the client's name, QoS 1;
/// other topics are QoS 0.
class mqtt_conversation final : public conversation {
public:
  using conversation::conversation;

  std::uint64_t put(std::string_view client, std::string_view payload) override;
  void publish(std::string_view topic, std::string_view payload) override;
  std::uint64_t set_key(std::string_view topic, std::string_view key) override;
  void keep_alive() override;

private:
  void on_open() override;
  std::size_t on_bytes(std::string_view bytes) override;
  void on_packet(const mqtt_packet& packet);
  void on_publish(const mqtt_publish& message);
  void subscribe_or_be_ready();

  int subscriptions_due_ = 0;
  std::uint16_t last_id_ = 0;
};

} // namespace restante::benchmarks::network
