#include "restante/benchmarks/network/mqtt_conversation.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

std::uint64_t mqtt_conversation::put(std::string_view client, std::string_view payload) {
  if (++last_id_ == 0)
    last_id_ = 1; // 0 is not a valid packet id
  append_mqtt_publish(out(), {client, payload, mqtt_qos::at_least_once, last_id_});
  return last_id_;
}

void mqtt_conversation::publish(std::string_view topic, std::string_view payload) {
  append_mqtt_publish(out(), {topic, payload});
}

std::uint64_t mqtt_conversation::set_key(std::string_view, std::string_view) {
  throw std::logic_error("MQTT has no keys that end with their connection");
}

void mqtt_conversation::keep_alive() {
  append_mqtt_pingreq(out());
}

void mqtt_conversation::on_open() {
  const bool durable = plays().has_inbox || plays().is_durable;
  append_mqtt_connect(out(), plays().client,
                      durable ? mqtt_session::persistent : mqtt_session::clean,
                      plays().keep_alive_s, {plays().will_topic, plays().client});
}

std::size_t mqtt_conversation::on_bytes(std::string_view bytes) {
  std::size_t taken = 0;
  while (const auto packet = next_mqtt_packet(bytes.substr(taken))) {
    taken += packet->size;
    on_packet(*packet);
  }
  return taken;
}

void mqtt_conversation::on_packet(const mqtt_packet& packet) {
  switch (packet.type) {
  case mqtt_type::publish:
    return on_publish(read_mqtt_publish(packet));
  case mqtt_type::puback:
    return ears().on_answer(*this, read_mqtt_id(packet));
  case mqtt_type::connack:
    check_mqtt_connack(packet);
    subscriptions_due_ = (plays().has_inbox ? 1 : 0) + (plays().topic.empty() ? 0 : 1);
    return subscribe_or_be_ready();
  case mqtt_type::suback:
    check_mqtt_suback(packet);
    --subscriptions_due_;
    return subscribe_or_be_ready();
  case mqtt_type::pingresp:
    return count_ping();
  default:
    throw std::runtime_error("an MQTT packet that no broker may send");
  }
}

void mqtt_conversation::on_publish(const mqtt_publish& message) {
  if (message.qos == mqtt_qos::at_least_once)
    append_mqtt_puback(out(), message.id);
  ears().on_delivery(*this, message.payload);
}

void mqtt_conversation::subscribe_or_be_ready() {
  if (subscriptions_due_ == 0)
    return ears().on_ready(*this);
  const bool inbox = plays().has_inbox && (subscriptions_due_ == 2 || plays().topic.empty());
  append_mqtt_subscribe(out(), static_cast<std::uint16_t>(subscriptions_due_),
                        inbox ? plays().client : plays().topic,
                        inbox ? mqtt_qos::at_least_once : mqtt_qos::at_most_once);
}

} // namespace restante::benchmarks::network
