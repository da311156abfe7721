#include "restante/benchmarks/network/mqtt_codec.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr std::size_t length_bytes_max = 4;
constexpr std::uint8_t subscribe_flags = 2; // fixed by the standard
constexpr std::uint8_t refused_subscription = 0x80;

void append_u16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8 & 0xff));
  out.push_back(static_cast<char>(value & 0xff));
}

void append_text(std::string& out, std::string_view text) {
  append_u16(out, text.size());
  out.append(text);
}

void append_head(std::string& out, mqtt_type type, std::uint8_t flags, std::size_t body) {
  out.push_back(static_cast<char>(static_cast<std::uint8_t>(type) << 4 | flags));
  do {
    const auto low = body & 0x7f;
    body >>= 7;
    out.push_back(static_cast<char>(body > 0 ? low | 0x80 : low));
  } while (body > 0);
}

void need(std::string_view bytes, std::size_t count) {
  if (bytes.size() < count)
    throw std::runtime_error("an MQTT packet that is too short");
}

std::uint16_t take_u16(std::string_view& bytes) {
  need(bytes, 2);
  const auto high = static_cast<std::uint8_t>(bytes[0]);
  const auto low = static_cast<std::uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  return static_cast<std::uint16_t>(high << 8 | low);
}

std::uint8_t qos_bits(mqtt_qos qos) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(qos) << 1);
}

} // namespace

std::optional<mqtt_packet> next_mqtt_packet(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    if (i > length_bytes_max)
      throw std::runtime_error("an MQTT length of more than four bytes");
    const auto each = static_cast<std::uint8_t>(bytes[i]);
    length |= static_cast<std::size_t>(each & 0x7f) << 7 * (i - 1);
    if ((each & 0x80) != 0)
      continue;
    const auto head = i + 1;
    if (bytes.size() - head < length)
      return std::nullopt;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    return mqtt_packet{static_cast<mqtt_type>(first >> 4), static_cast<std::uint8_t>(first & 0x0f),
                       bytes.substr(head, length), head + length};
  }
  return std::nullopt;
}

mqtt_publish read_mqtt_publish(const mqtt_packet& packet) {
  mqtt_publish read;
  auto rest = packet.body;
  const std::size_t topic_size = take_u16(rest);
  need(rest, topic_size);
  read.topic = rest.substr(0, topic_size);
  rest.remove_prefix(topic_size);
  if ((packet.flags & qos_bits(mqtt_qos::at_least_once)) != 0) {
    read.qos = mqtt_qos::at_least_once;
    read.id = take_u16(rest);
  }
  read.payload = rest;
  return read;
}

std::uint16_t read_mqtt_id(const mqtt_packet& packet) {
  auto rest = packet.body;
  return take_u16(rest);
}

void check_mqtt_connack(const mqtt_packet& packet) {
  need(packet.body, 2);
  if (packet.type != mqtt_type::connack || packet.body[1] != 0)
    throw std::runtime_error("MQTT connection refused, code " +
                             std::to_string(static_cast<std::uint8_t>(packet.body[1])));
}

void check_mqtt_suback(const mqtt_packet& packet) {
  need(packet.body, 3);
  if (static_cast<std::uint8_t>(packet.body[2]) >= refused_subscription)
    throw std::runtime_error("MQTT subscription refused");
}

void append_mqtt_connect(std::string& out, std::string_view client, mqtt_session session,
                         std::uint16_t keep_alive_s, const mqtt_will& will) {
  constexpr std::string_view protocol = "MQTT";
  constexpr char level = 4; // 3.1.1
  constexpr std::uint8_t clean_flag = 0x02;
  constexpr std::uint8_t will_flag = 0x04;
  const bool has_will = !will.topic.empty();
  const auto body = 2 + protocol.size() + 4 + 2 + client.size() +
                    (has_will ? 4 + will.topic.size() + will.payload.size() : 0);
  append_head(out, mqtt_type::connect, 0, body);
  append_text(out, protocol);
  out.push_back(level);
  out.push_back(static_cast<char>((session == mqtt_session::clean ? clean_flag : 0) |
                                  (has_will ? will_flag : 0)));
  append_u16(out, keep_alive_s);
  append_text(out, client);
  if (has_will) {
    append_text(out, will.topic);
    append_text(out, will.payload);
  }
}

void append_mqtt_subscribe(std::string& out, std::uint16_t id, std::string_view topic,
                           mqtt_qos qos) {
  append_head(out, mqtt_type::subscribe, subscribe_flags, 2 + 2 + topic.size() + 1);
  append_u16(out, id);
  append_text(out, topic);
  out.push_back(static_cast<char>(qos));
}

void append_mqtt_publish(std::string& out, const mqtt_publish& message) {
  const bool has_id = message.qos != mqtt_qos::at_most_once;
  append_head(out, mqtt_type::publish, qos_bits(message.qos),
              2 + message.topic.size() + (has_id ? 2 : 0) + message.payload.size());
  append_text(out, message.topic);
  if (has_id)
    append_u16(out, message.id);
  out.append(message.payload);
}

void append_mqtt_puback(std::string& out, std::uint16_t id) {
  append_head(out, mqtt_type::puback, 0, 2);
  append_u16(out, id);
}

void append_mqtt_pingreq(std::string& out) {
  append_head(out, mqtt_type::pingreq, 0, 0);
}

void append_mqtt_disconnect(std::string& out) {
  append_head(out, mqtt_type::disconnect, 0, 0);
}

} // namespace restante::benchmarks::network
