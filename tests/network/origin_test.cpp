// A web page of a foreign site must not speak to a broker on the user's machine (spec W7).

#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/tests/network/gateway_fixture.hpp"
#include "restante/tests/support/rights.hpp"

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
  // A listed origin does not help when the Host is a name that was made to resolve to this machine.
  EXPECT_FALSE(admits("evil.example", "https://app.example"));
  EXPECT_FALSE(admits("evil.example:7467", "http://evil.example:7467"));
}

TEST(OriginPolicy, W7_equal_origins_are_equal_however_they_are_written) {
  const std::vector<std::string> forms[] = {
      {"http://app.example", "http://app.example:80", "HTTP://App.Example", "http://app.example/",
       "http://app.example:0080"},
      {"https://app.example", "https://app.example:443", "HTTPS://APP.EXAMPLE:443/"},
      {"https://app.example:8443", "https://App.example:8443/"},
      {"http://[::1]:3000", "http://[0:0:0:0:0:0:0:1]:3000", "http://[0::1]:3000"},
      {"http://[2001:db8::a]", "http://[2001:DB8:0::A]:80"},
      {"null", "NULL"},
      {"chrome-extension://abcdefghijklmnop", "chrome-extension://ABCDEFGHIJKLMNOP/"},
  };
  for (const auto& listed_group : forms) {
    for (const auto& listed : listed_group) {
      const origin_policy at{"10.0.0.1", {}, {listed}};
      for (const auto& group : forms) {
        for (const auto& origin : group)
          EXPECT_EQ(at.admits({"10.0.0.1:7467", origin, {}}), &group == &listed_group)
              << listed << ' ' << origin;
      }
    }
  }
}

TEST(OriginPolicy, W7_the_default_port_is_no_port_in_a_host_too) {
  const origin_policy at{
      "10.0.0.1", {"a.example", "b.example:80", "c.example:443", "d.example:81"}, {}};
  const auto admits = [&](std::string_view host) { return at.admits({host, {}, {}}); };
  for (const auto* host : {"a.example", "a.example:80", "a.example:9", "A.Example:", "b.example",
                           "b.example:80", "c.example", "c.example:443", "d.example:81"})
    EXPECT_TRUE(admits(host)) << host;
  for (const auto* host : {"b.example:443", "c.example:80", "d.example", "d.example:80",
                           "a.example:65536", "a.example:x", "u@a.example", "a.example/"})
    EXPECT_FALSE(admits(host)) << host;
}

TEST(OriginPolicy, W7_a_host_that_begins_with_a_dotted_quad_is_a_name) {
  const std::vector<std::string> names{"4.3.2.1.bc.googleusercontent.com", "10.0.0.5.nip.io:8080",
                                       "1.2.3.4-x.example", "1.2.3.4.", "4you.example"};
  const origin_policy any_number{"0.0.0.0", {}, {}};
  for (const auto& name : names) {
    EXPECT_TRUE(gateway::authority_of(name)) << name;
    EXPECT_EQ(gateway::fault_of_allowed_host(name), std::nullopt) << name;
    EXPECT_EQ(gateway::fault_of_allowed_origin("https://" + name), std::nullopt) << name;
    const origin_policy at{"127.0.0.1", {name}, {"https://" + name}};
    EXPECT_TRUE(at.admits({name, {}, {}})) << name;
    EXPECT_TRUE(at.admits({"localhost", "https://" + name, {}})) << name;
    EXPECT_FALSE(any_number.admits({name, {}, {}})) << name << " is a name, and no number of ours";
  }
  EXPECT_EQ(gateway::authority_of("10.0.0.5.NIP.io:8080"),
            (gateway::authority{"10.0.0.5.nip.io", 8080}));
  EXPECT_EQ(gateway::authority_of("10.0.0.5:8080"), (gateway::authority{"10.0.0.5", 8080}));
  EXPECT_TRUE(any_number.admits({"10.0.0.5:8080", {}, {}}));
  EXPECT_EQ(gateway::authority_of(":8080"), (gateway::authority{"", 8080}));
  for (const auto* none : {"1.2.3.4@h", "@1.2.3.4", "1.2.3.4:x", "1.2.3.4 x", "1.2.3.4/", "1[::1]",
                           "1.2.3.4:80:80", "[1.2.3.4]", "x[::1]"})
    EXPECT_FALSE(gateway::authority_of(none)) << none;
}

TEST(OriginPolicy, W7_a_page_from_here_is_of_this_port_and_over_tls_of_this_scheme) {
  const origin_policy at{"127.0.0.1", {}, {}};
  const auto admits = [&](std::string_view host, std::string_view origin, bool is_secure = false) {
    return at.admits({host, origin, {}, is_secure});
  };
  EXPECT_TRUE(admits("localhost", "http://localhost:80"));
  EXPECT_TRUE(admits("localhost:80", "http://localhost"));
  EXPECT_TRUE(admits("localhost:443", "https://localhost")); // the TLS connection may end first
  EXPECT_TRUE(admits("localhost", "https://localhost:443"));
  EXPECT_TRUE(admits("[::1]:7467", "http://[0:0::1]:7467"));
  EXPECT_FALSE(admits("localhost:443", "http://localhost"));
  EXPECT_FALSE(admits("localhost:80", "https://localhost"));
  EXPECT_TRUE(admits("localhost:443", "https://localhost", true));
  EXPECT_FALSE(admits("localhost:7467", "http://localhost:7467", true));
  EXPECT_FALSE(admits("localhost", "http://localhost", true));
}

TEST(OriginPolicy, W7_http_1_0_may_leave_the_host_out_but_then_no_page_is_from_here) {
  const origin_policy at{"127.0.0.1", {}, {"https://app.example"}};
  EXPECT_TRUE(at.admits({std::nullopt, {}, {}}));
  EXPECT_FALSE(at.admits({std::nullopt, "http://localhost", {}}));
  EXPECT_TRUE(at.admits({std::nullopt, "https://app.example", {}}));
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
  gateway_fixture h;
  auto http = h.http();
  const std::vector<http_headers> foreign{{{"Origin", "http://evil.example"}},
                                          {{"Origin", "null"}},
                                          {{"Host", "evil.example"}},
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
  EXPECT_GE(h.gateway.stats().foreign, foreign.size() * 8);
}

TEST(Origins, W7_a_listed_page_may_ask_before_it_sends_json_and_a_foreign_one_may_not) {
  gateway_fixture h{gateway::gateway_options{.allowed_origins = {"https://app.example"}}};
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

TEST(Origins, W7_a_preflight_tells_which_methods_there_are) {
  gateway_fixture h{gateway::gateway_options{.allowed_origins = {"https://app.example"}}};
  auto http = h.http();
  const auto asked = [&](const std::string& target, const std::string& method) {
    return http.ask("OPTIONS", target, {},
                    {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", method}});
  };
  for (const auto& [target, methods] :
       {std::pair{"/v1/notifications", "POST, OPTIONS"},
        {"/v1/stats", "GET, HEAD, OPTIONS"},
        {"/nowhere", "GET, HEAD, POST, OPTIONS"}}) { // so that the page can read its 404
    const auto got = asked(target, "POST");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.header("access-control-allow-methods"), methods) << target;
    EXPECT_EQ(got.header("access-control-max-age"), "600");
    EXPECT_EQ(got.header("access-control-allow-origin"), "https://app.example");
  }
  const auto plain = http.ask("OPTIONS", "/v1/stats", {}, {{"Origin", "https://app.example"}});
  EXPECT_EQ(plain.header("access-control-allow-methods"), ""); // the request did not ask for it
  EXPECT_EQ(plain.header("allow"), "GET, HEAD, OPTIONS");
}

/// Every way in which a request is refused, with its status.
std::vector<std::pair<int, std::string>> refused_requests(const std::string& origin) {
  const auto head = [&](const std::string& line, const std::string& fields) {
    return line + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n" + fields + "\r\n";
  };
  const std::string ann = "Authorization: Bearer ann\r\n";
  const std::string put = "POST /v1/notifications";
  const auto body = [](const std::string& text) {
    return "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
  };
  return {
      {400, head("GET /v1/clients/%zz", {})},
      {400, head("GET /healthz", "X : 1\r\n")},
      {400, head("GET /healthz", "X: a\rb\r\n")},
      {400, head(put, ann + body("{"))},
      {400, head(put, ann + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")},
      {400, head(put, "Transfer-Encoding: gzip\r\n")},
      {401, head("GET /v1/stats", {})},
      {401, head(put, body(R"({"to":"bob","pack":1})"))},
      {403, head("GET /v1/stats", ann)},
      {403, head(put, ann + body(R"({"to":"bob","pack":1})"))},
      {404, head("GET /nowhere", {})},
      {405, head("DELETE /healthz", {})},
      {413, head(put, ann + "Content-Length: 2000000\r\n")},
      {413, head(put, ann + "Transfer-Encoding: chunked\r\n\r\n200000\r\n")},
      {414, "GET /" + std::string(9000, 'x') + head("", {})},
      {415, head(put, "Content-Encoding: br\r\n" + body("x"))},
      {417, head(put, "Expect: x\r\n")},
      {426, head("GET /v1/ws", {})},
      {431, head("GET /healthz", "X: " + std::string(17000, 'x') + "\r\n")},
      {431, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(17000, 'x') +
                "\r\nOrigin: " + origin + "\r\n\r\n"},
      {501, head("BREW /healthz", {})},
      {505, "GET / HTTP/3.0\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n"},
  };
}

TEST(Origins, W7_a_page_can_read_why_it_was_refused_and_a_foreign_one_cannot) {
  auto tokens = std::make_shared<fake_tokens>();
  tokens->give("ann", {.client = "ann", .rights = rights_of({.put = {"cy"}}, "ann")});
  const std::string app = "https://app.example";
  gateway_fixture h{{.tokens = tokens, .allowed_origins = {app}}};
  for (const auto& origin : {app, std::string{"https://evil.example"}, std::string{"null"}}) {
    const auto allowed = origin == app ? app : std::string{};
    for (const auto& [status, request] : refused_requests(origin)) {
      line at{h.port()};
      at.send(request);
      const auto got = read_answer(at);
      if (origin == app) {
        EXPECT_EQ(got.status, status) << request.substr(0, 80);
      }
      EXPECT_EQ(got.header("access-control-allow-origin"), allowed) << got.text();
      EXPECT_EQ(got.header("access-control-expose-headers"),
                allowed.empty() ? "" : "Allow, Retry-After, WWW-Authenticate");
      EXPECT_EQ(got.header("vary"), "Origin") << got.text();
    }
  }
}

TEST(Origins, W7_a_full_broker_tells_a_page_when_to_come_again) {
  gateway_fixture h{{.sockets_max = 0, .allowed_origins = {"https://app.example"}}};
  const auto got = h.http().post("/v1/notifications", std::string(100, ' '),
                                 {{"Origin", "https://app.example"}});
  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(got.header("retry-after"), "1");
  EXPECT_EQ(got.header("access-control-allow-origin"), "https://app.example");
  EXPECT_THAT(got.header("access-control-expose-headers"), ::testing::HasSubstr("Retry-After"));
}

TEST(Origins, W7_the_log_names_what_was_foreign_and_the_setting_that_would_allow_it) {
  gateway_fixture h;
  const auto line_of = [&](const http_headers& headers) {
    EXPECT_EQ(h.http().get("/healthz", headers).status, 403);
    const auto line = h.log->lines().back();
    return line.substr(0, line.find(" remote="));
  };
  EXPECT_EQ(line_of({{"Host", "broker.example:7467"}}),
            "foreign_request header=Host value=broker.example:7467 setting=allow_host");
  EXPECT_EQ(line_of({{"Origin", "https://app.example"}}),
            "foreign_request header=Origin value=https://app.example setting=allow_origin");
  EXPECT_EQ(line_of({{"Sec-Fetch-Site", "cross-site"}}),
            "foreign_request header=Sec-Fetch-Site value=cross-site setting=allow_origin");
  EXPECT_EQ(line_of({{"Origin", "\xc3\xa4\x9b[31m" + std::string(1000, 'x')}}),
            "foreign_request header=Origin value=???[31m" + std::string(121, 'x') +
                "... setting=allow_origin");
}

TEST(Origins, W7_its_own_page_and_a_listed_one_get_in) {
  gateway_fixture h{{.allowed_origins = {"https://app.example"}}};
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
