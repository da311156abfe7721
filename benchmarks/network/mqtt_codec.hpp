#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The client side of MQTT 3.1.1, QoS 0 and 1: what the benchmarks send to Mosquitto, and what
/// Mosquitto answers.
namespace restante::benchmarks::network {

enum class mqtt_type : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  subscribe = 8,
  suback = 9,
  pingreq = 12,
  pingresp = 13,
  disconnect = 14
};

enum class mqtt_session { clean, persistent };
enum class mqtt_qos : std::uint8_t { at_most_once = 0, at_least_once = 1 };

/// One packet, as a view into the received bytes.
struct mqtt_packet {
  mqtt_type type = mqtt_type::connect;
  std::uint8_t flags = 0;
  std::string_view body;
  std::size_t size = 0; ///< head and body, in bytes
};

/// The fields of a PUBLISH; `id` is 0 for QoS 0.
struct mqtt_publish {
  std::string_view topic;
  std::string_view payload;
  mqtt_qos qos = mqtt_qos::at_most_once;
  std::uint16_t id = 0;
};

/// The message that the broker publishes when a connection is lost; none without a topic.
struct mqtt_will {
  std::string_view topic;
  std::string_view payload;
};

/// The packet at the front of `bytes`; nothing while the packet is incomplete. Throws
/// std::runtime_error for a length of more than four bytes.
std::optional<mqtt_packet> next_mqtt_packet(std::string_view bytes);

/// These functions throw std::runtime_error for a packet that is shorter than its contents claim.
mqtt_publish read_mqtt_publish(const mqtt_packet& packet);
/// The id of a PUBACK or a SUBACK.
std::uint16_t read_mqtt_id(const mqtt_packet& packet);
/// Throws an error with the return code unless the broker accepted the connection.
void check_mqtt_connack(const mqtt_packet& packet);
/// Throws unless the broker granted the one requested subscription.
void check_mqtt_suback(const mqtt_packet& packet);

/// A `keep_alive_s` of 0 turns the broker's keep-alive timeout off.
void append_mqtt_connect(std::string& out, std::string_view client, mqtt_session session,
                         std::uint16_t keep_alive_s, const mqtt_will& will = {});
void append_mqtt_subscribe(std::string& out, std::uint16_t id, std::string_view topic,
                           mqtt_qos qos);
void append_mqtt_publish(std::string& out, const mqtt_publish& message);
void append_mqtt_puback(std::string& out, std::uint16_t id);
void append_mqtt_pingreq(std::string& out);
void append_mqtt_disconnect(std::string& out);

} // namespace restante::benchmarks::network
