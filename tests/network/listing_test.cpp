// Lists of clients and topics over HTTP and WebSocket, and which clients may see them (spec W7,
// W8).

#include "restante/tests/network/gateway_fixture.hpp"
#include "restante/tests/support/rights.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Ann and Bob are in the default namespace, Cid is in another.
struct peopled_gateway : gateway_fixture {
  explicit peopled_gateway(gateway::gateway_options how = {}) : gateway_fixture{std::move(how)} {
    bob.ask(R"({"op":"topic.subscribe","id":1,"topic":"room/2"})");
    bob.ask(R"({"op":"topic.subscribe","id":1,"topic":"hall"})");
    ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"room/1","key":"k"})");
    ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"room/2","key":"k"})");
    ann.ask(R"({"op":"notify.put","id":1,"to":"zoe","pack":1})");
  }

  ws_client ann = enter("ann");
  ws_client bob = enter("bob");
};

TEST(Lists, W8_clients_over_http) {
  peopled_gateway h;
  auto http = h.http();
  EXPECT_EQ(http.get("/v1/clients").text(),
            R"(200 {"clients":[{"client":"ann","connected":true,"pending":0},)"
            R"({"client":"bob","connected":true,"pending":0},)"
            R"({"client":"zoe","connected":false,"pending":1}],"total":3,"more":false})");
  EXPECT_EQ(http.get("/v1/clients?limit=1&after=ann").text(),
            R"(200 {"clients":[{"client":"bob","connected":true,"pending":0}],)"
            R"("total":3,"more":true})");
  EXPECT_EQ(http.get("/v1/clients?prefix=z&after=&limit=&ns=").text(),
            R"(200 {"clients":[{"client":"zoe","connected":false,"pending":1}],)"
            R"("total":1,"more":false})");
  EXPECT_EQ(http.get("/v1/clients?ns=acme").text(), R"(200 {"clients":[],"total":0,"more":false})");
  EXPECT_EQ(http.get("/v1/clients/").status, 404); // a client without a name
}

TEST(Lists, W8_topics_over_http) {
  peopled_gateway h;
  auto http = h.http();
  EXPECT_EQ(http.get("/v1/topics?prefix=room%2F").text(),
            R"(200 {"topics":[{"topic":"room/1","keys":1,"subscribers":0},)"
            R"({"topic":"room/2","keys":1,"subscribers":1}],"total":2,"more":false})");
  EXPECT_EQ(http.get("/v1/topics?limit=1").text(),
            R"(200 {"topics":[{"topic":"hall","keys":0,"subscribers":1}],"total":3,"more":true})");
  EXPECT_EQ(http.get("/v1/topics?after=room/1").text(),
            R"(200 {"topics":[{"topic":"room/2","keys":1,"subscribers":1}],)"
            R"("total":3,"more":false})");
}

TEST(Lists, W8_S8_a_limit_that_is_none_is_400_and_so_is_an_overlong_text) {
  gateway_fixture h;
  auto http = h.http();
  for (const std::string place : {"/v1/clients", "/v1/topics"}) {
    for (const std::string bad :
         {"0", "257", "-1", "1.0", "x", "1x", "%20", "4294967297", "99999999999999999999", "+1"})
      EXPECT_THAT(http.get(place + "?limit=" + bad).text(),
                  Like(R"(400 {"error":{"code":"invalid_argument","number":102,)"
                       R"("message":"limit is not 1 to 256","retry":false}})"))
          << bad;
    EXPECT_EQ(http.get(place + "?limit=256").status, 200);
    for (const std::string name : {"prefix", "after", "ns"}) {
      EXPECT_EQ(http.get(place + "?" + name + "=" + std::string(257, 'x')).status, 400) << name;
      EXPECT_EQ(http.get(place + "?" + name + "=%ff").status, 400) << name;
    }
    const auto post = http.post(place, "{}");
    EXPECT_EQ(post.status, 405);
    EXPECT_EQ(post.header("allow"), "GET, HEAD, OPTIONS");
  }
}

TEST(Lists, W3_over_a_websocket_with_the_same_answers) {
  peopled_gateway h;
  EXPECT_EQ(h.ann.ask(R"({"op":"topic.list","id":"l","prefix":"room","limit":1})"),
            R"({"_orama":"reply","id":"l","ok":true,)"
            R"("topics":[{"topic":"room/1","keys":1,"subscribers":0}],"total":2,"more":true})");
  EXPECT_THAT(h.ann.ask(R"({"op":"client.list","id":2})"),
              Like(R"({"_orama":"reply","id":2,"ok":false,"error":{"code":"forbidden",)"
                   R"("number":301,"message":"…","retry":false}})"));
  EXPECT_THAT(h.ann.ask(R"({"op":"topic.list","id":3,"limit":257})"),
              HasSubstr(R"("number":102,"message":"limit is not 1 to 256")"));
  ws_client desk{h.port()};
  desk.ask(R"({"op":"connect","id":0,"visit":true})");
  EXPECT_EQ(desk.ask(R"({"op":"client.list","id":4,"after":"bob"})"),
            R"({"_orama":"reply","id":4,"ok":true,)"
            R"("clients":[{"client":"zoe","connected":false,"pending":1}],)"
            R"("total":3,"more":false})");
  desk.ask(R"({"op":"notify.put","id":5,"to":"cid","pack":1,"ns":"acme"})");
  EXPECT_THAT(desk.ask(R"({"op":"client.list","id":6,"ns":"acme"})"),
              HasSubstr(R"("clients":[{"client":"cid")"));
}

struct lists_with_tokens {
  lists_with_tokens() : h{with(tokens)} {
    tokens->give("ann", {.ns = "acme", .client = "ann"});
    tokens->give(
        "few",
        {.ns = "acme", .client = "few", .rights = rights_of({.read = {"{client}/*"}}, "few")});
    tokens->give("root", {.who = identity::server});
    ws_client ann{h.port()};
    ann.ask(R"({"op":"connect","id":0,"token":"ann"})");
    ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"few/1","key":"k"})");
    ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"room","key":"k"})");
    sitting.emplace(std::move(ann));
  }

  static gateway::gateway_options with(const std::shared_ptr<fake_tokens>& tokens) {
    gateway::gateway_options how;
    how.tokens = tokens;
    return how;
  }

  std::string get(const std::string& token, const std::string& place) {
    return h.http().get(place, {{"Authorization", "Bearer " + token}}).text();
  }

  std::shared_ptr<fake_tokens> tokens = std::make_shared<fake_tokens>();
  gateway_fixture h;
  std::optional<ws_client> sitting;
};

TEST(Lists, W7_what_a_token_may_not_read_is_neither_shown_nor_counted) {
  lists_with_tokens g;
  const std::string own = R"("topics":[{"topic":"few/1","keys":1,"subscribers":0}],"total":1)";
  EXPECT_EQ(g.get("few", "/v1/topics"), "200 {" + own + R"(,"more":false})");
  EXPECT_THAT(g.get("ann", "/v1/topics"), HasSubstr(R"("total":2)"));
  EXPECT_THAT(g.get("ann", "/v1/topics?ns=other"), HasSubstr(R"("total":2)")); // its own
  EXPECT_THAT(g.get("root", "/v1/topics"), HasSubstr(R"("total":0)"));
  EXPECT_THAT(g.get("root", "/v1/topics?ns=acme"), HasSubstr(R"("total":2)"));
  EXPECT_THAT(g.get("nobody", "/v1/topics"), StartsWith("401 "));
  ws_client few{g.h.port()};
  few.ask(R"({"op":"connect","id":0,"token":"few"})");
  EXPECT_EQ(few.ask(R"({"op":"topic.list","id":1})"),
            R"({"_orama":"reply","id":1,"ok":true,)" + own + R"(,"more":false})");
}

TEST(Lists, W7_clients_are_for_the_server_identity) {
  lists_with_tokens g;
  for (const auto* token : {"ann", "few"})
    EXPECT_THAT(
        g.get(token, "/v1/clients"),
        Like(R"(403 {"error":{"code":"forbidden","number":301,"message":"…","retry":false}})"));
  EXPECT_EQ(g.get("root", "/v1/clients?ns=acme"),
            R"(200 {"clients":[{"client":"ann","connected":true,"pending":0}],)"
            R"("total":1,"more":false})");
}

TEST(Lists, S8_many_in_one_go_are_answered_in_full) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  const std::string longest(250, 't');
  for (int n = 100; n < 400; ++n)
    ann.ask(R"({"op":"topic.subscribe","id":1,"topic":")" + longest + std::to_string(n) + "\"}");
  std::string all;
  constexpr int asked = 100; // much more than the credit for their answers
  for (int n = 0; n < asked; ++n)
    all += frame_text(opcode::text,
                      R"({"op":"topic.list","limit":256,"id":)" + std::to_string(n) + "}");
  EXPECT_TRUE(ann.send(all));
  for (int n = 0; n < asked; ++n) {
    const auto received = ann.receive();
    ASSERT_THAT(received, StartsWith(R"({"_orama":"reply","id":)" + std::to_string(n) + ","));
    ASSERT_THAT(received, HasSubstr(R"("total":300,"more":true})"));
  }
  EXPECT_TRUE(ann.receives_nothing_else());
}

} // namespace
} // namespace restante::testing
