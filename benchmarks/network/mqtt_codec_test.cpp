#include "restante/benchmarks/network/mqtt_codec.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace restante::benchmarks::network {
namespace {

TEST(MqttPacket, is_read_at_every_width_of_its_length) {
  for (const std::size_t size : {0, 120, 121, 16370, 16384, 2097152}) {
    std::string out;
    const std::string payload(size, 'x');
    append_mqtt_publish(out, {"topic", payload, mqtt_qos::at_least_once, 7});
    const auto bytes = out + "rest";
    const auto packet = next_mqtt_packet(bytes);
    ASSERT_TRUE(packet) << size;
    EXPECT_EQ(packet->size, out.size());
    EXPECT_EQ(packet->type, mqtt_type::publish);
    const auto read = read_mqtt_publish(*packet);
    EXPECT_EQ(read.topic, "topic");
    EXPECT_EQ(read.payload.size(), size);
    EXPECT_EQ(read.qos, mqtt_qos::at_least_once);
    EXPECT_EQ(read.id, 7);
  }
}

TEST(MqttPacket, is_nothing_until_its_last_byte_is_there) {
  for (const std::size_t size : {0, 200, 20000}) {
    std::string out;
    append_mqtt_publish(out, {"t", std::string(size, 'x')});
    const auto step = size < 1000 ? 1 : 997;
    for (std::size_t length = 0; length < out.size(); length += step)
      EXPECT_FALSE(next_mqtt_packet(std::string_view{out}.substr(0, length)));
    EXPECT_TRUE(next_mqtt_packet(out));
  }
}

TEST(MqttPacket, with_a_length_of_five_bytes_is_refused) {
  EXPECT_THROW(next_mqtt_packet("\x30\xff\xff\xff\xff\x01"sv), std::runtime_error);
}

TEST(MqttPublish, of_qos_0_has_no_id) {
  std::string out;
  append_mqtt_publish(out, {"t", "payload"});
  EXPECT_EQ(out, "\x30\x0a\x00\x01tpayload"s);
  const auto read = read_mqtt_publish(*next_mqtt_packet(out));
  EXPECT_EQ(read.qos, mqtt_qos::at_most_once);
  EXPECT_EQ(read.payload, "payload");
}

TEST(MqttPublish, shorter_than_its_topic_is_refused) {
  EXPECT_THROW(read_mqtt_publish(*next_mqtt_packet("\x30\x03\x00\x09t"sv)), std::runtime_error);
  EXPECT_THROW(read_mqtt_publish(*next_mqtt_packet("\x32\x03\x00\x01t"sv)), std::runtime_error);
}

TEST(MqttConnect, is_written_as_the_standard_says) {
  std::string out;
  append_mqtt_connect(out, "ab", mqtt_session::persistent, 258);
  EXPECT_EQ(out, "\x10\x0e\x00\x04MQTT\x04\x00\x01\x02\x00\x02"
                 "ab"s);
  out.clear();
  append_mqtt_connect(out, "a", mqtt_session::clean, 0, {"t", "w"});
  EXPECT_EQ(out, "\x10\x13\x00\x04MQTT\x04\x06\x00\x00\x00\x01"
                 "a\x00\x01t\x00\x01w"s);
}

TEST(MqttAnswers, are_checked) {
  EXPECT_NO_THROW(check_mqtt_connack(*next_mqtt_packet("\x20\x02\x01\x00"sv)));
  EXPECT_THROW(check_mqtt_connack(*next_mqtt_packet("\x20\x02\x00\x05"sv)), std::runtime_error);
  EXPECT_NO_THROW(check_mqtt_suback(*next_mqtt_packet("\x90\x03\x00\x01\x01"sv)));
  EXPECT_THROW(check_mqtt_suback(*next_mqtt_packet("\x90\x03\x00\x01\x80"sv)), std::runtime_error);
  EXPECT_EQ(read_mqtt_id(*next_mqtt_packet("\x40\x02\x01\x02"sv)), 258);
  EXPECT_THROW(read_mqtt_id(*next_mqtt_packet("\x40\x01\x01"sv)), std::runtime_error);
}

TEST(MqttSmallPackets, are_written_as_the_standard_says) {
  std::string out;
  append_mqtt_subscribe(out, 3, "t", mqtt_qos::at_least_once);
  append_mqtt_puback(out, 258);
  append_mqtt_pingreq(out);
  append_mqtt_disconnect(out);
  EXPECT_EQ(out, "\x82\x06\x00\x03\x00\x01t\x01\x40\x02\x01\x02\xc0\x00\xe0\x00"s);
}

} // namespace
} // namespace restante::benchmarks::network
