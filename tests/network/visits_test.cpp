// Visits over WebSocket: operations of a client without a connection, and the server identity (spec
// W7).

#include "restante/tests/network/gateway_fixture.hpp"
#include "restante/tests/support/rights.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string welcome = R"({"_orama":"reply","id":0,"ok":true)";

struct visited_gateway {
  visited_gateway() : fixture{with(tokens)} {
    tokens->give("ann", {.ns = "acme", .client = "ann"});
    tokens->give("narrow",
                 {.ns = "acme", .client = "ann", .rights = rights_of({.put = {"b*"}}, "ann")});
    tokens->give("root", {.who = identity::server});
  }

  static gateway::gateway_options with(const std::shared_ptr<fake_tokens>& tokens) {
    gateway::gateway_options how;
    how.tokens = tokens;
    return how;
  }

  ws_client visit(const std::string& token, const std::string& fields = {}) {
    ws_client one{fixture.port()};
    EXPECT_THAT(
        one.ask(R"({"op":"connect","id":0,"visit":true,"token":")" + token + "\"" + fields + "}"),
        StartsWith(welcome));
    return one;
  }

  std::shared_ptr<fake_tokens> tokens = std::make_shared<fake_tokens>();
  restante::testing::gateway_fixture fixture;
};

std::string with_code(int number) {
  return R"("number":)" + std::to_string(number);
}

TEST(Visits, W7_C2_one_takes_nothing_over_and_gets_nothing) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  ws_client visitor{h.port()};
  EXPECT_THAT(visitor.ask(R"({"op":"connect","id":0,"visit":true,"client":"ann"})"),
              StartsWith(welcome));
  EXPECT_THAT(visitor.ask(R"({"op":"notify.put","id":1,"to":"ann","pack":"x"})"),
              HasSubstr(R"("ok":true)"));
  EXPECT_THAT(ann.receive(), HasSubstr(R"("from":"ann","pack":"x")"));
  EXPECT_TRUE(visitor.receives_nothing_else());
  for (const std::string op : {R"("op":"notify.ack","trace":"00000000000000000000000000000001")",
                               R"("op":"topic.publish","topic":"room","data":1)",
                               R"("op":"ephemeral.clear","topic":"room","key":"k")",
                               R"("op":"ephemeral.set","topic":"room","key":"k")"})
    EXPECT_THAT(visitor.ask(R"({"id":2,)" + op + "}"), HasSubstr(with_code(202))) << op;
  EXPECT_THAT(visitor.ask(R"({"op":"notify.pending","id":3})"), HasSubstr(R"("connected":true)"));
  EXPECT_THAT(visitor.ask(R"({"op":"disconnect","id":4})"), HasSubstr(R"("ok":true)"));
  EXPECT_EQ(visitor.closed(), 1000);
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Visits, W7_without_tokens_nobody_in_particular_is_the_server_identity) {
  gateway_fixture h;
  ws_client desk{h.port()};
  EXPECT_THAT(desk.ask(R"({"op":"connect","id":0,"visit":true})"), StartsWith(welcome));
  desk.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"from":"post","ns":"acme"})");
  EXPECT_THAT(desk.ask(R"({"op":"notify.pending","id":2,"client":"bob","ns":"acme"})"),
              HasSubstr(R"("pending":1,"connected":false)"));
  EXPECT_THAT(desk.ask(R"({"op":"notify.drain","id":3,"client":"bob","ns":"acme"})"),
              HasSubstr(R"("from":"post")"));
  EXPECT_THAT(desk.ask(R"({"op":"notify.purge","id":4})"), HasSubstr(R"("removed":0)"));
}

TEST(Visits, E11_C5_one_hears_what_it_subscribed_to_and_watches) {
  gateway_fixture h;
  ws_client visitor{h.port()};
  visitor.ask(R"({"op":"connect","id":0,"visit":true,"client":"ann"})");
  EXPECT_THAT(visitor.ask(R"({"op":"topic.subscribe","id":1,"topic":"room"})"),
              HasSubstr(R"("entries":[])"));
  EXPECT_THAT(visitor.ask(R"({"op":"client.watch","id":2,"client":"bob"})"),
              HasSubstr(R"("ok":true)"));
  EXPECT_THAT(visitor.receive(), HasSubstr(R"("client":"bob","connected":false)"));
  auto bob = h.enter("bob");
  EXPECT_THAT(visitor.receive(), HasSubstr(R"("client":"bob","connected":true)"));
  bob.ask(R"({"op":"ephemeral.set","id":1,"topic":"room","key":"k"})");
  EXPECT_THAT(visitor.receive(), HasSubstr(R"("ephemeral.set","topic":"room","key":"k")"));
  bob.drop();
  const auto one = visitor.receive();
  const auto other = visitor.receive();
  EXPECT_THAT(one + other, HasSubstr(R"("reason":"disconnect")"));
  EXPECT_THAT(one + other, HasSubstr(R"("client":"bob","connected":false)"));
  EXPECT_THAT(visitor.ask(R"({"op":"topic.unsubscribe","id":3,"topic":"room"})"),
              HasSubstr(R"("ok":true)"));
}

TEST(Visits, W7_E9_the_server_identity_subscribes_in_the_namespace_it_connects_with) {
  visited_gateway g;
  auto desk = g.visit("root", R"(,"ns":"acme")");
  desk.ask(R"({"op":"topic.subscribe","id":1,"topic":"room"})");
  ws_client ann{g.fixture.port()};
  ann.ask(R"({"op":"connect","id":0,"token":"ann"})");
  ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"room","key":"k"})");
  EXPECT_THAT(desk.receive(), HasSubstr(R"("ephemeral.set","topic":"room","key":"k")"));
}

TEST(Visits, W7_a_visit_subscribes_and_watches_within_its_rights) {
  visited_gateway g;
  auto visitor = g.visit("narrow");
  EXPECT_THAT(visitor.ask(R"({"op":"topic.subscribe","id":1,"topic":"room"})"),
              HasSubstr(with_code(301)));
  EXPECT_THAT(visitor.ask(R"({"op":"client.watch","id":2,"client":"bob"})"),
              HasSubstr(with_code(301)));
}

TEST(Visits, W7_it_is_who_the_token_says) {
  visited_gateway g;
  auto visitor = g.visit("ann", R"(,"client":"bob","ns":"rival")");
  visitor.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1})");
  EXPECT_THAT(visitor.ask(R"({"op":"notify.drain","id":2,"client":"bob"})"),
              HasSubstr(with_code(301)));
  EXPECT_THAT(visitor.ask(R"({"op":"notify.pending","id":3,"client":"bob"})"),
              HasSubstr(with_code(301)));
  auto desk = g.visit("root");
  EXPECT_THAT(desk.ask(R"({"op":"notify.drain","id":4,"client":"bob","ns":"acme"})"),
              HasSubstr(R"("from":"ann")"));
}

TEST(Visits, W7_its_rights_are_those_of_the_token) {
  visited_gateway g;
  auto visitor = g.visit("narrow");
  EXPECT_THAT(visitor.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1})"),
              HasSubstr(R"("ok":true)"));
  EXPECT_THAT(visitor.ask(R"({"op":"notify.put","id":2,"to":"cid","pack":1})"),
              HasSubstr(with_code(301)));
}

TEST(Visits, W6_W7_the_server_identity_is_no_client_and_strangers_are_nobody) {
  visited_gateway g;
  ws_client desk{g.fixture.port()};
  EXPECT_THAT(desk.ask(R"({"op":"connect","id":1,"token":"root"})"), HasSubstr(with_code(301)));
  EXPECT_EQ(desk.closed(), 4507);
  ws_client stranger{g.fixture.port()};
  EXPECT_THAT(stranger.ask(R"({"op":"connect","id":1,"visit":true})"), HasSubstr(with_code(300)));
  EXPECT_EQ(stranger.closed(), 4500);
}

} // namespace
} // namespace restante::testing
