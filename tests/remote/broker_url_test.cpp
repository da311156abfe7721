#include "restante/clients/cpp/broker_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::remoting {
namespace {

broker_url good(std::string_view text) {
  auto read = broker_url_of(text);
  if (const auto* why = read.why()) {
    ADD_FAILURE() << why->text();
    return {};
  }
  return *read;
}

failure bad(std::string_view text) {
  auto read = broker_url_of(text);
  if (read.ok()) {
    ADD_FAILURE() << text << " was taken";
    return {};
  }
  return read.error();
}

TEST(BrokerUrl, W4_the_parts_are_found) {
  const auto plain = good("ws://127.0.0.1:7000");
  EXPECT_EQ(plain.by, broker_url::scheme::ws);
  EXPECT_EQ(plain.host, "127.0.0.1");
  EXPECT_EQ(plain.port, 7000);
  EXPECT_EQ(plain.target, "/v1/ws");
  EXPECT_EQ(plain.authority(), "127.0.0.1:7000");

  const auto secret = good("wss://broker.example:443/behind/a/proxy");
  EXPECT_EQ(secret.by, broker_url::scheme::wss);
  EXPECT_EQ(secret.host, "broker.example");
  EXPECT_EQ(secret.target, "/behind/a/proxy");

  const auto node = good("caf://localhost:7468");
  EXPECT_EQ(node.by, broker_url::scheme::node);
  EXPECT_EQ(node.host, "localhost");
  EXPECT_EQ(node.port, 7468);
}

TEST(BrokerUrl, W4_what_is_left_out_has_a_default) {
  EXPECT_EQ(good("ws://h").port, 7467);
  EXPECT_EQ(good("wss://h").port, 7467);
  EXPECT_EQ(good("ws://h/").target, "/v1/ws");
  EXPECT_EQ(good("ws://h:/x").port, 7467);
  EXPECT_EQ(good("ws://h/x").target, "/x");
}

TEST(BrokerUrl, W9_a_node_has_a_port_of_its_own) {
  EXPECT_EQ(good("caf://h").port, 7468);
}

TEST(BrokerUrl, W4_schemes_and_hosts_do_not_mind_their_case) {
  EXPECT_EQ(good("WS://h").by, broker_url::scheme::ws);
  EXPECT_EQ(good("Wss://h").by, broker_url::scheme::wss);
  EXPECT_EQ(good("CAF://h").by, broker_url::scheme::node);
}

TEST(BrokerUrl, W4_an_ipv6_address_is_in_brackets_on_the_wire_only) {
  const auto six = good("ws://[::1]:7467/v1/ws");
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 7467);
  EXPECT_EQ(six.authority(), "[::1]:7467");
  EXPECT_EQ(good("wss://[2001:db8::5]").host, "2001:db8::5");
}

TEST(BrokerUrl, W4_a_host_that_begins_with_a_dotted_quad_is_a_name) {
  for (const std::string name : {"4.3.2.1.bc.googleusercontent.com", "10.0.0.5.nip.io",
                                 "1.2.3.4-x.example", "1.2.3.4", "1.2.3.4.", "4you.example", "1"}) {
    EXPECT_EQ(good("ws://" + name).host, name);
    EXPECT_EQ(good("wss://" + name + ":8080/v1/ws?x=1").host, name);
    EXPECT_EQ(good("caf://" + name + ":8080").authority(), name + ":8080");
    EXPECT_EQ(good("ws://" + name + "/there").target, "/there");
  }
}

TEST(BrokerUrl, W4_ports_end_at_65535) {
  EXPECT_EQ(good("ws://127.0.0.1:65535").port, 65535);
  EXPECT_EQ(good("ws://h:1").port, 1);
  EXPECT_EQ(good("ws://h:000080").port, 80);
  EXPECT_THAT(bad("ws://127.0.0.1:99999").detail, ::testing::HasSubstr("1 to 65535"));
}

TEST(BrokerUrl, W4_a_query_goes_along) {
  EXPECT_EQ(good("ws://h/v1/ws?room=a%20b&x=1").target, "/v1/ws?room=a%20b&x=1");
  EXPECT_EQ(good("ws://h?x=1").target, "/v1/ws?x=1");
  EXPECT_EQ(good("ws://h/a%2Fb").target, "/a%2Fb");
}

TEST(BrokerUrl, W4_garbage_is_refused_with_a_sentence) {
  for (const auto* text : {"",
                           " ",
                           "h",
                           "127.0.0.1:7467",
                           "ws:",
                           "ws:/",
                           "ws://",
                           "ws:///v1/ws",
                           "ws://:7467",
                           "http://h",
                           "https://h:1",
                           "ftp://h",
                           "ws//h",
                           "ws://h:65536",
                           "ws://h:70000",
                           "ws://127.0.0.1:99999",
                           "ws://[::1]:131072",
                           "ws://h:4294967297",
                           "ws://h:0",
                           "ws://127.0.0.1:0",
                           "ws://h:00000",
                           "ws://1:2:3",
                           "ws://1@h",
                           "ws://1.2.3.4x y",
                           "ws://h:-1",
                           "ws://h:x",
                           "ws://[::1",
                           "ws://::1:7",
                           "ws://h h",
                           "ws://h/ /",
                           "ws://me@h",
                           "ws://me:secret@h",
                           "ws://h#there",
                           "ws://h/%zz",
                           "\xff\xfe",
                           "ws://h\n"}) {
    const auto why = bad(text);
    EXPECT_EQ(why.code, errc::invalid_argument) << text;
    EXPECT_GT(why.detail.size(), 20u) << text;
  }
}

TEST(BrokerUrl, W4_a_text_of_any_length_is_read_to_its_end) {
  const std::string longest(100'000, 'a');
  EXPECT_EQ(good("ws://h/" + longest).target.size(), longest.size() + 1);
  EXPECT_EQ(bad("ws://h:" + std::string(1000, '1')).code, errc::invalid_argument);
}

} // namespace
} // namespace restante::remoting
