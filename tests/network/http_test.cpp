// HTTP beside the WebSocket, and bytes that are not HTTP (spec W8, W5).

#include "restante/messages/json/members.hpp"
#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t body_most = std::size_t{1} << 20;

TEST(Http, W8_many_targets_and_a_repeated_put_are_200) {
  gateway_fixture h;
  auto http = h.http();
  EXPECT_THAT(
      http.post("/v1/notifications", R"({"targets":["a",""],"pack":1.50})").text(),
      Like(
          R"(200 {"outcomes":[{"to":"a","ok":true,"trace":"…","created_at_ms":…,"expires_at_ms":…,)"
          R"("accepted":"memory"},{"to":"","ok":false,"error":…}]})"));
  const auto* once = R"({"to":"a","pack":1,"message_id":"m"})";
  EXPECT_EQ(http.post("/v1/notifications", once).status, 201);
  const auto again = http.post("/v1/notifications", once);
  EXPECT_EQ(again.status, 200);
  EXPECT_THAT(again.body, HasSubstr(R"("duplicate":true)"));
}

TEST(Http, W8_the_namespace_is_in_the_query_and_ids_are_decoded) {
  gateway_fixture h;
  auto http = h.http();
  ASSERT_EQ(http.post("/v1/notifications?ns=acme", R"({"to":"a/b","pack":1})").status, 201);
  EXPECT_EQ(http.get("/v1/clients/a%2Fb?ns=acme").text(), R"(200 {"connected":false,"pending":1})");
  EXPECT_EQ(http.get("/v1/clients/a%2Fb").text(), R"(200 {"connected":false,"pending":0})");
  EXPECT_EQ(http.get("/v1/clients/a/b?ns=acme").status, 404);
}

TEST(Http, W3_W8_what_a_query_says_for_nothing_is_named) {
  gateway_fixture h;
  auto http = h.http();
  const auto ignored = [](const http_answer& got) {
    const auto at = got.body.find(R"("ignored":)");
    return at == std::string::npos ? "" : got.body.substr(at, got.body.find(']', at) + 1 - at);
  };
  EXPECT_EQ(http.get("/v1/clients?limti=1").text(),
            R"(200 {"clients":[],"total":0,"more":false,"ignored":["limti"]})");
  EXPECT_EQ(ignored(http.get("/v1/clients?prefix=a&after=b&limit=1&ns=n")), "");
  EXPECT_EQ(ignored(http.get("/v1/topics?Limit=1&limit=1")), R"("ignored":["Limit"])");
  EXPECT_EQ(ignored(http.get("/v1/clients/ann?limit=1&prefix=a")),
            R"("ignored":["prefix","limit"])");
  EXPECT_EQ(ignored(http.get("/v1/topics/t/ephemeral?key=k&key=l&ns=n")), R"("ignored":["key"])");
  EXPECT_EQ(ignored(http.get("/v1/notifications/x?n%73=a&%ff")), R"("ignored":["%ff"])");
  const std::string put = R"({"to":"ann","pack":1)";
  EXPECT_EQ(ignored(http.post("/v1/notifications?ttl=5&ns=n", put + "}")), R"("ignored":["ttl"])");
  EXPECT_EQ(ignored(http.post("/v1/notifications?ttl=5", put + R"(,"tll":1,"ttl":1})")),
            R"("ignored":["ttl","tll"])");
  const auto refused = http.post("/v1/notifications?ttl=5", R"({"to":"ann"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(ignored(refused), R"("ignored":["ttl"])");
  const auto reply = http.post("/v1/notifications/x/reply?pretty", R"({"reply":1})");
  EXPECT_GE(reply.status, 400);
  EXPECT_EQ(ignored(reply), R"("ignored":["pretty"])");
}

TEST(Http, W3_W8_S8_few_names_of_a_query_are_told_and_none_at_length) {
  gateway_fixture h;
  auto http = h.http();
  std::string query = "?" + std::string(json::ignored_name_bytes_max + 1, 'x');
  std::string named = "\"" + std::string(json::ignored_name_bytes_max, 'x') + "\"";
  for (std::size_t i = 1; i <= json::ignored_names_max; ++i) {
    query += "&n" + std::to_string(i);
    if (i < json::ignored_names_max)
      named += ",\"n" + std::to_string(i) + "\"";
  }
  EXPECT_THAT(http.get("/v1/clients/ann" + query).text(),
              Like(R"(200 {"connected":false,"pending":0,"ignored":[)" + named + "]}"));
}

TEST(Http, W8_S10_every_error_has_its_status) {
  gateway_fixture h;
  auto http = h.http();
  const std::string place = "/v1/notifications";
  const auto refused = [&](const http_answer& got, int status, int number) {
    EXPECT_THAT(got.text(), Like(std::to_string(status) + R"( {"error":{"code":"…","number":)" +
                                 std::to_string(number) + R"(,"message":"…","retry":…}})"));
    EXPECT_EQ(got.header("content-type"), "application/json");
  };
  refused(http.post(place, "{"), 400, 100);
  refused(http.post(place, ""), 400, 100);
  refused(http.post(place, R"({"to":"a"})"), 400, 102);
  refused(http.post(place, R"({"to":"a","pack":")" + std::string(pack_bytes_max, 'x') + "\"}"), 413,
          103);
  std::string targets = "\"a\"";
  for (std::size_t i = 0; i < put_many_targets_max; ++i)
    targets += ",\"a\"";
  refused(http.post(place, R"({"pack":1,"targets":[)" + targets + "]}"), 400, 104);
  refused(http.get(place + "/00000000000000000000000000000001"), 404, 200);
  refused(http.get(place + "/nonsense"), 404, 200);
  captures known;
  ASSERT_THAT(http.post(place, R"({"to":"a","pack":1})").body,
              LikeWith(R"({"trace":"…t","created_at_ms":…,"expires_at_ms":…,"accepted":"memory"})",
                       &known));
  refused(http.post(place + "/" + known["t"] + "/reply", R"({"reply":1})"), 409, 201);
  refused(http.get("/nowhere"), 404, 200);
  refused(http.get("/v1/nowhere"), 404, 200);
  refused(http.get("/v1/ws"), 426, 100);
  refused(http.get("/v1/clients/" + std::string(257, 'x')), 400, 102);
  refused(http.get("/v1/clients/%ff"), 400, 102);
  refused(http.get("/v1/clients/%zz"), 400, 100);
  EXPECT_EQ(http.get("/healthz").status, 200); // still on the same socket
}

TEST(Http, W8_a_method_that_is_not_there_is_405_and_says_which_is) {
  gateway_fixture h;
  auto http = h.http();
  const auto* read = "GET, HEAD, OPTIONS";
  const auto* posted = "POST, OPTIONS";
  for (const auto& [method, place, allowed] : {std::tuple{"DELETE", "/v1/notifications", posted},
                                               {"GET", "/v1/notifications", posted},
                                               {"PUT", "/v1/stats", read},
                                               {"POST", "/healthz", read},
                                               {"POST", "/v1/ws", read},
                                               {"POST", "/v1/clients/ann", read},
                                               {"PATCH", "/v1/topics/t/ephemeral", read}}) {
    const auto got = http.ask(method, place);
    EXPECT_EQ(got.status, 405) << method << ' ' << place;
    EXPECT_EQ(got.header("allow"), allowed);
  }
}

TEST(Http, W8_the_answer_to_a_head_has_no_body) {
  gateway_fixture h;
  auto http = h.http();
  for (const auto* place : {"/healthz", "/nowhere", "/v1/notifications"}) {
    EXPECT_GE(http.ask("HEAD", place).status, 200);
    EXPECT_EQ(http.get("/healthz").text(), "200 ok") << place; // and the next response is complete
  }
}

TEST(Http, W8_a_socket_is_kept_unless_asked_otherwise) {
  gateway_fixture h;
  auto http = h.http();
  for (int i = 0; i < 50; ++i)
    ASSERT_EQ(http.get("/healthz").status, 200);
  EXPECT_EQ(h.gateway.stats().accepted, 1u);
  EXPECT_EQ(http.get("/healthz", {{"Connection", "close"}}).status, 200);
  EXPECT_TRUE(http.at().ends());
}

TEST(Http, W8_old_http_is_answered_and_closed) {
  gateway_fixture h;
  line at{h.port()};
  at.send("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(read_answer(at).text(), "200 ok");
  EXPECT_TRUE(at.ends());
}

TEST(Http, W8_requests_in_one_go_are_answered_in_order) {
  gateway_fixture h;
  line at{h.port()};
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += http_request_text("POST", "/v1/notifications", R"({"to":"a","pack":1})");
    all += http_request_text("GET", "/v1/clients/a");
  }
  at.send(all);
  for (int i = 1; i <= 20; ++i) {
    ASSERT_EQ(read_answer(at).status, 201);
    ASSERT_EQ(read_answer(at).body, R"({"connected":false,"pending":)" + std::to_string(i) + "}");
  }
}

TEST(Http, W8_a_request_byte_by_byte_or_in_chunks_is_one) {
  gateway_fixture h;
  line at{h.port()};
  for (const char byte : http_request_text("GET", "/healthz"))
    at.send({&byte, 1});
  EXPECT_EQ(read_answer(at).text(), "200 ok");
  at.send("POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
          "8\r\n{\"to\":\"a\r\nc\r\n\",\"pack\":1} \r\n0\r\n\r\n");
  EXPECT_EQ(read_answer(at).status, 201);
}

TEST(Http, W5_W8_S8_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_413) {
  gateway_fixture h;
  auto http = h.http();
  std::string body = R"({"to":"a","pack":1})";
  body.resize(body_most, ' ');
  EXPECT_EQ(http.post("/v1/notifications", body).status, 201);
  for (const std::size_t size : {body_most + 1, 4 * body_most}) {
    auto large = h.http();
    body.resize(size, ' ');
    EXPECT_TRUE(large.at().send(http_request_text("POST", "/v1/notifications", body)));
    EXPECT_THAT(
        read_answer(large.at()).text(),
        Like(R"(413 {"error":{"code":"bad_frame","number":100,"message":"…","retry":false}})"))
        << size;
    large.at().close(); // there was no reset before the client had read the answer
  }
}

TEST(Http, W5_W8_S8_a_header_of_sixteen_kibibytes_is_read_and_more_is_431) {
  gateway_fixture h;
  auto http = h.http();
  EXPECT_EQ(http.get("/healthz", {{"Cookie", std::string(16'000, 'c')}}).status, 200);
  EXPECT_EQ(http.get("/healthz", {{"Cookie", std::string(17'000, 'c')}}).status, 431);
  EXPECT_TRUE(http.at().ends());
  auto large = h.http();
  EXPECT_EQ(large.get("/healthz", {{"Cookie", std::string(500'000, 'c')}}).status, 431);
  auto far = h.http();
  EXPECT_EQ(far.get("/" + std::string(20'000, 'x')).status, 414);
}

TEST(Http, W5_garbage_is_400_and_harms_nobody) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  for (const auto& raw :
       {std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n"},
        std::string{"hello\r\n\r\n"}, std::string(1000, '\0'),
        std::string{"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"},
        std::string{"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    "1\r\nContent-Length: 2\r\n\r\n"}}) {
    line at{h.port()};
    at.send(raw);
    EXPECT_THAT(read_answer(at).text(), StartsWith("400 ")) << raw.substr(0, 40);
    EXPECT_TRUE(at.ends());
  }
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Http, W5_one_that_never_ends_its_request_is_closed_in_time) {
  gateway_fixture h{{.handshake_timeout = 300ms}};
  line silent{h.port()};
  line slow{h.port()};
  slow.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
  const auto begun = std::chrono::steady_clock::now();
  while (!slow.is_over() && std::chrono::steady_clock::now() - begun < patient) {
    slow.send("X-Slow: 1\r\n");
    slow.listen(20ms);
  }
  EXPECT_TRUE(slow.is_over());
  EXPECT_TRUE(silent.ends());
}

TEST(Http, W5_a_later_request_has_no_more_time_than_the_first) {
  gateway_fixture h{{.handshake_timeout = 300ms, .idle_timeout = 60'000ms}};
  auto http = h.http();
  EXPECT_EQ(http.get("/healthz").status, 200);
  http.at().send("GET /healthz HTTP/1.1\r\n");
  EXPECT_TRUE(http.at().ends(10'000ms));
  auto other = h.http();
  EXPECT_EQ(other.get("/healthz").status, 200);
  other.at().send(
      "POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
  EXPECT_TRUE(other.at().ends(10'000ms));
}

TEST(Http, W8_an_idle_socket_outlives_those_that_proxies_keep) {
  EXPECT_GT(gateway::gateway_options{}.idle_timeout, 60'000ms);
}

TEST(Http, W8_thousands_of_requests_in_one_go_need_no_deep_stack) {
  gateway_fixture h;
  line at{h.port()};
  std::string all;
  for (int i = 0; i < 1500; ++i)
    all += "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  at.send(all);
  for (int i = 0; i < 1500; ++i)
    ASSERT_EQ(read_answer(at).text(), "200 ok") << i;
}

TEST(Http, W8_an_idle_socket_is_closed_in_time) {
  gateway_fixture h{{.handshake_timeout = 200ms, .idle_timeout = 300ms}};
  auto http = h.http();
  EXPECT_EQ(http.get("/healthz").status, 200);
  EXPECT_TRUE(http.at().ends());
}

TEST(Upgrade, W3_the_socket_is_in_its_place_only) {
  gateway_fixture h;
  EXPECT_EQ((ws_client{h.port(), {.path = "/"}}).answer().status, 200); // as without `Upgrade`
  EXPECT_EQ((ws_client{h.port(), {.path = "/v1/stats"}}).answer().status, 200);
  EXPECT_EQ((ws_client{h.port(), {.path = "/v1"}}).answer().status, 404);
  EXPECT_EQ((ws_client{h.port(), {.path = "/v1/ws?x=1"}}).answer().status, 101);
  const ws_client good{h.port()};
  EXPECT_EQ(good.answer().header("sec-websocket-accept"),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // RFC 6455
}

TEST(Upgrade, W3_a_handshake_that_is_none_is_refused_aloud) {
  gateway_fixture h;
  line no_key{h.port()};
  no_key.send(
      "GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_EQ(read_answer(no_key).status, 400);
  line old{h.port()};
  old.send("GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(read_answer(old).status, 426);
}

} // namespace
} // namespace restante::testing
