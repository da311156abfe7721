// A web page must not speak to somebody's local broker (spec W7).

#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/tests/network/house.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using gateway::origin_policy;
using gateway::provenance;

TEST(OriginPolicy, W7_on_loopback_only_its_own_names_are_known) {
  const origin_policy at{"127.0.0.1", {}, {}};
  for (const auto* host : {"127.0.0.1", "127.0.0.1:7467", "localhost", "LOCALHOST:7467", "[::1]",
                           "[::1]:7467", "127.8.8.8"})
    EXPECT_TRUE(at.admits({host, {}, {}})) << host;
  for (const auto* host : {"", "evil.example", "evil.example:7467", "localhost.evil.example",
                           "10.0.0.1", "127.0.0.1.evil.example", "[::1", "[fe80::1]", "0.0.0.0",
                           ":7467", "localhost@evil.example"})
    EXPECT_FALSE(at.admits({host, {}, {}})) << host;
}

TEST(OriginPolicy, W7_elsewhere_its_address_is_known_and_what_is_listed) {
  const origin_policy at{"10.0.0.1", {"Broker.Example", "other.example:8080"}, {}};
  for (const auto* host :
       {"10.0.0.1", "10.0.0.1:7467", "broker.example", "BROKER.example:443", "other.example:8080"})
    EXPECT_TRUE(at.admits({host, {}, {}})) << host;
  for (const auto* host : {"10.0.0.2", "other.example", "other.example:80", "broker.example.evil"})
    EXPECT_FALSE(at.admits({host, {}, {}})) << host;
}

TEST(OriginPolicy, W7_on_every_address_any_number_is_ours_but_no_name) {
  const origin_policy at{"0.0.0.0", {}, {}};
  EXPECT_TRUE(at.admits({"192.168.1.7:7467", {}, {}}));
  EXPECT_FALSE(at.admits({"evil.example", {}, {}}));
  const origin_policy open{"0.0.0.0", {"*"}, {}};
  EXPECT_TRUE(open.admits({"anything.example", {}, {}}));
  EXPECT_FALSE(open.admits({"", {}, {}}));
}

TEST(OriginPolicy, W7_an_origin_is_the_host_itself_or_listed) {
  const origin_policy at{"127.0.0.1", {}, {"https://App.Example"}};
  const auto admits = [&](std::string_view host, std::string_view origin) {
    return at.admits({host, origin, {}});
  };
  EXPECT_TRUE(admits("localhost:7467", "http://localhost:7467"));
  EXPECT_TRUE(admits("localhost:7467", "HTTP://LOCALHOST:7467"));
  EXPECT_TRUE(admits("localhost", "https://localhost"));
  EXPECT_TRUE(admits("localhost:7467", "https://app.example"));
  for (const auto* origin :
       {"http://localhost", "http://localhost:3000", "http://evil.example", "null",
        "http://app.example", "https://app.example.evil", "https://app.example:444",
        "file://localhost:7467", "localhost:7467", "http://"})
    EXPECT_FALSE(admits("localhost:7467", origin)) << origin;
  // A listed origin does not make up for a host that was pointed at us.
  EXPECT_FALSE(admits("evil.example", "https://app.example"));
  EXPECT_FALSE(admits("evil.example:7467", "http://evil.example:7467"));
}

TEST(OriginPolicy, W7_without_an_origin_a_browser_may_still_say_that_it_is_another_page) {
  const origin_policy at{"127.0.0.1", {}, {}};
  for (const auto* site : {"", "none", "same-origin", "same-site"})
    EXPECT_TRUE(at.admits({"localhost", {}, site})) << site;
  EXPECT_FALSE(at.admits({"localhost", {}, "cross-site"}));
  const origin_policy open{"127.0.0.1", {}, {"*"}};
  EXPECT_TRUE(open.admits({"localhost", {}, "cross-site"}));
  EXPECT_TRUE(open.admits({"localhost", "http://evil.example", {}}));
}

TEST(Origins, W7_a_foreign_page_gets_403_from_every_place_and_no_socket) {
  house h;
  auto http = h.http();
  const std::vector<http_headers> foreign{{{"Origin", "http://evil.example"}},
                                          {{"Origin", "null"}},
                                          {{"Host", "evil.example"}},
                                          {{"Host", "-"}},
                                          {{"Sec-Fetch-Site", "cross-site"}}};
  for (const auto& headers : foreign) {
    for (const auto* place :
         {"/", "/healthz", "/metrics", "/v1/stats", "/v1/topics/t/ephemeral", "/nowhere"}) {
      const auto answer = http.get(place, headers);
      EXPECT_EQ(answer.status, 403) << place;
      EXPECT_EQ(answer.header("access-control-allow-origin"), "");
    }
    EXPECT_EQ(http.post("/v1/notifications", R"({"to":"ann","pack":1})", headers).status, 403);
    ws_client socket{h.port(), {.headers = headers}};
    EXPECT_EQ(socket.answer().status, 403);
  }
  EXPECT_EQ(http.get("/v1/clients/ann").text(), R"(200 {"connected":false,"pending":0})");
  EXPECT_GE(h.door.stats().foreign, foreign.size() * 8);
}

TEST(Origins, W7_a_listed_page_may_ask_before_it_sends_json_and_a_foreign_one_may_not) {
  house h{gateway::gateway_options{.allowed_origins = {"https://app.example"}}};
  http_client client{h.port()};
  const auto asked = [&](const std::string& origin) {
    return client.ask("OPTIONS", "/v1/notifications", {},
                      {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}});
  };
  const auto listed = asked("https://app.example");
  EXPECT_EQ(listed.status, 200);
  EXPECT_EQ(listed.header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(listed.header("access-control-allow-headers"), "Authorization, Content-Type");
  const auto foreign = asked("http://evil.example");
  EXPECT_EQ(foreign.status, 403);
  EXPECT_EQ(foreign.header("access-control-allow-origin"), "");
}

TEST(Origins, W7_its_own_page_and_a_listed_one_get_in) {
  house h{{.allowed_origins = {"https://app.example"}}};
  const auto own = "http://localhost:" + std::to_string(h.port());
  const http_headers of_own{{"Host", own.substr(7)}, {"Origin", own}};
  const http_headers of_app{{"Origin", "https://app.example"}};
  for (const auto& headers : {of_own, of_app}) {
    const auto answer = h.http().get("/v1/topics/t/ephemeral", headers);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("access-control-allow-origin"), headers.back().second);
    EXPECT_EQ(answer.header("vary"), "Origin");
    ws_client socket{h.port(), {.headers = headers}};
    EXPECT_EQ(socket.answer().status, 101);
  }
}

} // namespace
} // namespace restante::testing
