// The gateway over TLS.

#include "restante/tests/network/certificate.hpp"
#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

gateway::gateway_options with(const certificate& shown) {
  gateway::gateway_options how;
  how.tls_cert = shown.cert();
  how.tls_key = shown.key();
  return how;
}

TEST(Tls, W3_W8_sockets_and_requests_work_over_it) {
  const certificate shown{"first"};
  gateway_fixture h{with(shown)};
  http_client http{h.port(), speaking::tls};
  EXPECT_EQ(http.get("/healthz").text(), "200 ok");
  EXPECT_EQ(http.post("/v1/notifications", R"({"to":"ann","pack":1})").status, 201);
  auto ann = h.enter("ann", "", {.how = speaking::tls});
  EXPECT_THAT(ann.receive(), StartsWith(R"({"_orama":"notify.deliver")"));
  EXPECT_EQ(http.get("/v1/clients/ann").text(), R"(200 {"connected":true,"pending":1})");
  EXPECT_EQ(ann.at().certificate_name(), "first");
  ann.say(R"({"op":"disconnect","id":1})");
  EXPECT_EQ(ann.receive(), R"({"_orama":"reply","id":1,"ok":true})");
  EXPECT_EQ(ann.closed(), 1000);
}

TEST(Tls, W3_much_goes_both_ways_whole) {
  const certificate shown{"first"};
  gateway_fixture h{with(shown)};
  auto ann = h.enter("ann", "", {.how = speaking::tls});
  auto bob = h.enter("bob", "", {.how = speaking::tls});
  ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  for (int i = 1; i <= 40; ++i) {
    const auto data = "\"" + std::string(static_cast<std::size_t>(1500 * i), 'd') + "\"";
    bob.say(R"({"op":"topic.publish","topic":"t","data":)" + data + "}");
    ASSERT_THAT(ann.receive(), HasSubstr(data));
  }
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Tls, W6_a_reader_that_takes_nothing_ends_there_too) {
  const certificate shown{"first"};
  auto how = with(shown);
  how.write_timeout = 300ms;
  gateway_fixture h{how};
  auto ann = h.enter("ann", "", {.how = speaking::tls, .receive_bytes = 4096});
  auto bob = h.enter("bob", "", {.how = speaking::tls});
  ann.ask(R"({"op":"topic.subscribe","id":1,"topic":"t"})");
  EXPECT_TRUE(comes_true([&] {
    bob.ask(R"({"op":"topic.publish","id":1,"topic":"t","data":")" + std::string(60'000, 'x') +
            "\"}");
    return h.gateway.stats().lost_stalled == 1;
  }));
  EXPECT_TRUE(bob.receives_nothing_else());
}

TEST(Tls, C6_W6_everybody_hears_of_the_end) {
  const certificate shown{"first"};
  gateway_fixture h{with(shown)};
  auto ann = h.enter("ann", "", {.how = speaking::tls});
  h.broker.stop();
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4001,"reason":"shutdown","reconnect":true})");
  EXPECT_EQ(ann.closed(), 4001);
}

TEST(Tls, W5_what_does_not_speak_it_is_closed) {
  const certificate shown{"first"};
  auto how = with(shown);
  how.handshake_timeout = 300ms;
  gateway_fixture h{how};
  line plain{h.port()};
  plain.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(plain.ends());
  line silent{h.port()};
  EXPECT_TRUE(silent.ends());
  EXPECT_EQ((http_client{h.port(), speaking::tls}).get("/healthz").status, 200);
}

TEST(Tls, W3_a_certificate_that_is_read_again_is_for_new_sockets) {
  certificate shown{"first"};
  gateway_fixture h{with(shown)};
  auto ann = h.enter("ann", "", {.how = speaking::tls});
  shown.renew("second");
  EXPECT_EQ(h.gateway.reload_tls(), std::nullopt);
  auto bob = h.enter("bob", "", {.how = speaking::tls});
  EXPECT_EQ(bob.at().certificate_name(), "second");
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Tls, W3_one_that_cannot_be_read_changes_nothing_and_is_explained) {
  certificate shown{"first"};
  const certificate other{"other"};
  gateway_fixture h{with(shown)};
  shown.spoil_cert("nothing");
  EXPECT_THAT(h.gateway.reload_tls().value_or(""),
              StartsWith("cannot read the certificate " + shown.cert() + ": "));
  shown.renew("second");
  shown.spoil_key("nothing");
  EXPECT_THAT(h.gateway.reload_tls().value_or(""),
              StartsWith("cannot read the key " + shown.key() + ": "));
  std::filesystem::copy_file(other.key(), shown.key(),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(h.gateway.reload_tls(),
            "the key " + shown.key() + " does not belong to the certificate " + shown.cert());
  std::filesystem::remove(shown.cert());
  EXPECT_THAT(h.gateway.reload_tls().value_or(""), StartsWith("cannot read the certificate "));
  http_client http{h.port(), speaking::tls};
  EXPECT_EQ(http.at().certificate_name(), "first");
}

TEST(Tls, W3_a_gateway_does_not_start_without_what_it_was_told_to_use) {
  const certificate shown{"first"};
  broker broker;
  const auto why_not = [&](gateway::gateway_options how) -> std::string {
    how.port = 0;
    try {
      gateway::gateway gateway{broker, std::move(how)};
      return "it starts";
    } catch (const std::runtime_error& wrong) {
      return wrong.what();
    }
  };
  EXPECT_EQ(why_not(with(shown)), "it starts");
  auto how = with(shown);
  how.tls_key.clear();
  EXPECT_EQ(why_not(how), "TLS needs both a certificate and a key");
  how.tls_key = "/nowhere/key.pem";
  EXPECT_THAT(why_not(how), StartsWith("cannot read the key /nowhere/key.pem: "));
  how.tls_cert = "/nowhere/cert.pem";
  EXPECT_THAT(why_not(how), StartsWith("cannot read the certificate /nowhere/cert.pem: "));
}

TEST(Tls, W3_a_port_that_is_taken_is_explained) {
  gateway_fixture h;
  broker broker;
  try {
    gateway::gateway second{broker, {.port = h.port()}};
    ADD_FAILURE() << "two on one port";
  } catch (const std::runtime_error& wrong) {
    EXPECT_THAT(wrong.what(),
                StartsWith("cannot listen on 127.0.0.1:" + std::to_string(h.port()) + ": "));
  }
}

} // namespace
} // namespace restante::testing
