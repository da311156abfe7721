// The identity of a client on the wire: its token decides, and nothing else (spec W7).

#include "restante/tests/network/gateway_fixture.hpp"
#include "restante/tests/support/rights.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

gateway::credentials client(const std::string& name, const std::string& ns = "acme") {
  return {.ns = ns, .client = name};
}

http_headers bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

/// A gateway whose clients need tokens: `ann`, `bob` are in `acme`, `other` in `rival`.
struct guarded_gateway {
  explicit guarded_gateway(gateway::gateway_options how = {}) : fixture{with(std::move(how))} {
    tokens->give("ann", client("ann"));
    tokens->give("bob", client("bob"));
    tokens->give("other", client("ann", "rival"));
    tokens->give("root", {.who = identity::server});
    tokens->give("old", {.ns = "acme", .client = "ann", .expires_at = instant{1}});
  }

  gateway::gateway_options with(gateway::gateway_options how) {
    how.tokens = tokens;
    return how;
  }

  ws_client enter(const std::string& token, const std::string& fields = {}) {
    ws_client one{fixture.port()};
    const auto said = one.ask(R"({"op":"connect","id":0,"token":")" + token + "\"" + fields + "}");
    EXPECT_THAT(said, StartsWith(R"({"_orama":"reply","id":0,"ok":true)"));
    return one;
  }

  void give(const std::string& token, gateway::credentials who) {
    tokens->give(token, std::move(who));
  }

  std::shared_ptr<fake_tokens> tokens = std::make_shared<fake_tokens>();
  restante::testing::gateway_fixture fixture;
};

void expect_refused(std::uint16_t port, const std::string& connect, const std::string& error,
                    int code) {
  ws_client one{port};
  EXPECT_THAT(one.ask(connect),
              Like(R"({"_orama":"reply","id":1,"ok":false,"error":)" + error + "}"));
  EXPECT_THAT(one.receive(), Like(R"({"_orama":"goodbye","code":)" + std::to_string(code) +
                                  R"(,"reason":"…","reconnect":false})"));
  EXPECT_EQ(one.closed(), code);
}

TEST(Identity, W6_W7_S10_300_without_a_good_token_nobody_is_connected) {
  guarded_gateway g;
  const std::string error =
      R"({"code":"unauthenticated","number":300,"message":"…","retry":false})";
  const auto port = g.fixture.port();
  expect_refused(port, R"({"op":"connect","id":1,"client":"ann"})", error, 4500);
  expect_refused(port, R"({"op":"connect","id":1,"token":""})", error, 4500);
  expect_refused(port, R"({"op":"connect","id":1,"token":"made up","client":"ann"})", error, 4500);
  EXPECT_EQ(g.fixture.gateway.stats().unauthenticated, 3u);
  EXPECT_EQ(g.fixture.broker.stats().connections, 0u);
}

TEST(Identity, W6_W7_S10_302_an_expired_token_says_that_it_is) {
  guarded_gateway g;
  expect_refused(g.fixture.port(), R"({"op":"connect","id":1,"token":"old"})",
                 R"({"code":"token_expired","number":302,"message":"…","retry":false})", 4500);
}

TEST(Identity, W6_W7_S10_303_one_that_is_valid_soon_may_come_again) {
  guarded_gateway g;
  g.give("soon", {.ns = "acme", .client = "ann"});
  g.tokens->begin_at("soon", instant::never());
  ws_client one{g.fixture.port()};
  EXPECT_THAT(one.ask(R"({"op":"connect","id":1,"token":"soon"})"),
              Like(R"({"_orama":"reply","id":1,"ok":false,"error":{"code":"token_not_yet_valid",)"
                   R"("number":303,"message":"…","retry":true}})"));
  EXPECT_EQ(one.receive(),
            R"({"_orama":"goodbye","code":4003,"reason":"token_not_yet_valid","reconnect":true})");
  EXPECT_EQ(one.closed(), 4003);
}

TEST(Identity, W6_W7_S10_301_the_server_identity_connects_only_as_a_visit) {
  guarded_gateway g;
  expect_refused(g.fixture.port(), R"({"op":"connect","id":1,"token":"root"})",
                 R"({"code":"forbidden","number":301,"message":"…","retry":false})", 4507);
}

TEST(Identity, W7_S10_102_no_client_is_called_server) {
  gateway_fixture open;
  ws_client one{open.port()};
  EXPECT_THAT(
      one.ask(R"({"op":"connect","id":1,"client":"server"})"),
      Like(
          R"({"_orama":"reply","id":1,"ok":false,"error":{"code":"invalid_argument","number":102,"message":"…","retry":false}})"));
  EXPECT_THAT(one.ask(R"({"op":"connect","id":2,"client":"Server"})"), HasSubstr(R"("ok":true)"));
}

TEST(Identity, W7_it_comes_from_the_token_and_never_from_a_field) {
  guarded_gateway g;
  ws_client ann{g.fixture.port()};
  EXPECT_THAT(ann.ask(R"({"op":"connect","id":1,"token":"ann","client":"bob","ns":"rival"})"),
              StartsWith(R"({"_orama":"reply","id":1,"ok":true,"client":"ann","ns":"acme",)"));
  auto other = g.enter("other");
  auto bob = g.enter("bob");
  // Whatever namespace and sender the frames of a client name, the client keeps its identity.
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"cy","pack":1,"ns":"rival"})"),
              StartsWith(R"({"_orama":)"));
  EXPECT_THAT(other.ask(R"({"op":"notify.pending","id":1,"ns":"acme"})"),
              Like(R"({"_orama":"reply","id":1,"ok":true,"pending":0,"ignored":["ns"]})"));
  EXPECT_THAT(other.ask(R"({"op":"notify.pending","id":1,"ns":"rival"})"),
              Like(R"({"_orama":"reply","id":1,"ok":true,"pending":0})"));
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"bob","pack":1,"from":"bob"})"),
              HasSubstr(R"("code":)"));
  EXPECT_THAT(
      ann.ask(R"({"op":"ephemeral.set","id":1,"topic":"t","key":"k","ns":"rival","as":"bob"})"),
      StartsWith(R"({"_orama":)"));
  EXPECT_THAT(other.ask(R"({"op":"ephemeral.list","id":1,"topic":"t","ns":"acme"})"),
              Like(R"({"_orama":"reply","id":1,"ok":true,"entries":[],"epoch":0,"seq":0,)"
                   R"("ignored":["ns"]})"));
  EXPECT_THAT(bob.ask(R"({"op":"ephemeral.list","id":1,"topic":"t"})"),
              HasSubstr(R"([{"key":"k","client_id":"ann")"));
}

TEST(Identity, W7_the_rights_of_the_token_bind_the_socket) {
  guarded_gateway g;
  auto narrow = client("ann");
  narrow.rights = rights_of({.put = {"b*"},
                             .read = {"room/*"},
                             .write = {{"room/1", "{client}"}, {"room/2", "*"}},
                             .publish = {"room/1"}},
                            "ann");
  g.give("narrow", narrow);
  auto ann = g.enter("narrow");
  const auto forbidden =
      R"({"_orama":"reply","id":1,"ok":false,"error":{"code":"forbidden","number":301,"message":"…","retry":false}})";
  for (const auto* said :
       {R"({"op":"notify.put","id":1,"to":"cy","pack":1})",
        R"({"op":"client.watch","id":1,"client":"bob"})",
        R"({"op":"topic.subscribe","id":1,"topic":"hall"})",
        R"({"op":"ephemeral.list","id":1,"topic":"hall"})",
        R"({"op":"ephemeral.set","id":1,"topic":"room/1","key":"bob"})",
        R"({"op":"ephemeral.clear","id":1,"topic":"room/1","key":"bob"})",
        R"({"op":"topic.publish","id":1,"topic":"room/2","data":1})",
        R"({"op":"notify.pending","id":1,"client":"bob"})",
        R"({"op":"notify.drain","id":1,"client":"ann"})", R"({"op":"notify.purge","id":1})"})
    EXPECT_THAT(ann.ask(said), Like(forbidden)) << said;
  for (const auto* said : {R"({"op":"notify.put","id":1,"to":"bob","pack":1})",
                           R"({"op":"topic.subscribe","id":1,"topic":"room/2"})",
                           R"({"op":"ephemeral.clear","id":1,"topic":"room/1","key":"ann"})",
                           R"({"op":"topic.publish","id":1,"topic":"room/1","data":1})",
                           R"({"op":"notify.pending","id":1})"})
    EXPECT_THAT(ann.ask(said), StartsWith(R"({"_orama":"reply","id":1,"ok":true)")) << said;
}

TEST(Identity, W7_W8_S10_301_a_metrics_token_reads_figures_and_nothing_else) {
  guarded_gateway g;
  g.give("figures", {.scope = gateway::token_scope::figures});
  const auto port = g.fixture.port();
  http_client http{port};
  for (const auto* path : {"/metrics", "/v1/stats"})
    EXPECT_EQ(http.get(path, bearer("figures")).status, 200) << path;
  for (const auto* path : {"/v1/clients", "/v1/clients/ann", "/v1/topics", "/v1/topics/t",
                           "/v1/notifications/0000000000000000000000000000000000000000"}) {
    const auto said = http.get(path, bearer("figures"));
    EXPECT_NE(said.status, 200) << path;
    EXPECT_NE(said.status, 401) << path;
  }
  const auto put = http.post("/v1/notifications", R"({"to":"bob","pack":1})", bearer("figures"));
  EXPECT_EQ(put.status, 403);
  EXPECT_THAT(put.body, HasSubstr(R"("number":301)"));
  EXPECT_EQ(http.get("/metrics", bearer("ann")).status, 403);
  EXPECT_EQ(http.get("/metrics", {}).status, 401);
  const std::string error = R"({"code":"forbidden","number":301,"message":"…","retry":false})";
  expect_refused(port, R"({"op":"connect","id":1,"token":"figures"})", error, 4507);
  expect_refused(port, R"({"op":"connect","id":1,"token":"figures","visit":true})", error, 4507);
  auto ann = g.enter("ann");
  EXPECT_THAT(ann.ask(R"({"op":"token.refresh","id":1,"token":"figures"})"),
              HasSubstr(R"("number":301)"));
  EXPECT_EQ(g.fixture.broker.stats().puts, 0u);
}

// --- tokens that end -----------------------------------------------------------------------

TEST(Expiry, W6_W7_a_connection_ends_4500_with_its_token) {
  guarded_gateway g{{.ping_interval = 4s}}; // bob must not be lost while ann's token expires
  auto bob = g.enter("bob", R"(,"ack":"auto")");
  bob.say(R"({"op":"client.watch","client":"ann"})");
  EXPECT_EQ(bob.receive(), R"({"_orama":"client.presence","client":"ann","connected":false})");
  auto brief = client("ann");
  brief.expires_at = g.fixture.broker.now() + 2s; // long enough to connect on a busy machine
  g.give("brief", brief);
  ws_client ann{g.fixture.port()};
  EXPECT_THAT(
      ann.ask(R"({"op":"connect","id":1,"token":"brief"})"),
      Like(R"({"_orama":"reply","id":1,"ok":true,"client":"ann","ns":"acme","epoch":…,)"
           R"("ping_ms":4000,"resume":"…","resumed":false,"pending":0,"expires_in_ms":…})"));
  EXPECT_EQ(ann.receive(),
            R"({"_orama":"goodbye","code":4500,"reason":"token_expired","reconnect":false})");
  EXPECT_EQ(ann.closed(), 4500);
  EXPECT_EQ(bob.receive(), R"({"_orama":"client.presence","client":"ann","connected":true})");
  EXPECT_EQ(bob.receive(), R"({"_orama":"client.presence","client":"ann","connected":false})");
}

TEST(Expiry, W7_a_fresh_token_keeps_the_connection_and_brings_its_rights) {
  guarded_gateway g{{.ping_interval = 500ms}};
  auto brief = client("ann");
  brief.expires_at = g.fixture.broker.now() + 3s; // long enough to be refreshed on a busy machine
  g.give("brief", brief);
  auto ann = g.enter("brief");
  auto longer = client("ann");
  longer.expires_at = g.fixture.broker.now() + 1h;
  longer.rights = rights_of({.put = {"bob"}}, "ann");
  g.give("longer", longer);
  captures known;
  EXPECT_THAT(ann.ask(R"({"op":"token.refresh","id":1,"token":"longer"})"),
              LikeWith(R"({"_orama":"reply","id":1,"ok":true,"expires_in_ms":…ms})", &known));
  EXPECT_GT(std::stol(known["ms"]), 3'500'000);
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"cy","pack":1})"), HasSubstr("forbidden"));
  EXPECT_THAT(ann.ask(R"({"op":"token.refresh","id":1,"token":"ann"})"), // a token without an end
              Like(R"({"_orama":"reply","id":1,"ok":true})"));
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"cy","pack":1})"),
              HasSubstr(R"("ok":true)"));
  EXPECT_EQ(ann.receive(4000ms), "(silence)"); // the first token has expired now
  EXPECT_TRUE(ann.receives_nothing_else());
}

TEST(Expiry, W7_a_token_that_is_another_clients_or_none_changes_nothing) {
  guarded_gateway g;
  auto ann = g.enter("ann");
  const auto refused = [&](const std::string& token, const std::string& code) {
    EXPECT_THAT(ann.ask(R"({"op":"token.refresh","id":1)" + token + "}"),
                HasSubstr(R"("ok":false,"error":{"code":")" + code));
  };
  refused(R"(,"token":"bob")", "forbidden");
  refused(R"(,"token":"other")", "forbidden"); // a client with an equal name in another namespace
  refused(R"(,"token":"root")", "forbidden");
  refused(R"(,"token":"made up")", "unauthenticated");
  refused(R"(,"token":"old")", "token_expired");
  refused("", "unauthenticated");
  refused(R"(,"token":7)", "invalid_argument");
  EXPECT_THAT(ann.ask(R"({"op":"notify.put","id":1,"to":"cy","pack":1})"),
              HasSubstr(R"("ok":true)"));
}

TEST(Expiry, W7_without_tokens_there_is_none_to_replace) {
  gateway_fixture h;
  auto ann = h.enter("ann");
  EXPECT_THAT(ann.ask(R"({"op":"token.refresh","id":1,"token":"x"})"),
              HasSubstr(R"("number":202)"));
}

// --- over HTTP -----------------------------------------------------------------------------

TEST(HttpIdentity, W7_W8_S10_300_302_a_request_needs_its_token) {
  guarded_gateway g;
  auto http = g.fixture.http();
  for (const auto* place : {"/v1/clients/ann", "/v1/topics/t/ephemeral", "/v1/stats", "/metrics",
                            "/v1/notifications/00000000000000000000000000000001"}) {
    const auto none = http.get(place);
    EXPECT_THAT(
        none.text(),
        Like(
            R"(401 {"error":{"code":"unauthenticated","number":300,"message":"…","retry":false}})"))
        << place;
    EXPECT_EQ(none.header("www-authenticate"), "Bearer");
    EXPECT_EQ(http.get(place, bearer("made up")).status, 401);
    EXPECT_EQ(http.get(place, {{"Authorization", "Basic YW5uOmFubg=="}}).status, 401);
    EXPECT_THAT(http.get(place, bearer("old")).text(), HasSubstr(R"("number":302)"));
  }
  for (const auto* place : {"/", "/healthz", "/readyz"})
    EXPECT_EQ(http.get(place).status, 200) << place;
}

TEST(HttpIdentity, W7_W8_a_clients_token_asks_as_that_client) {
  guarded_gateway g;
  auto http = g.fixture.http();
  const auto put = http.post("/v1/notifications?ns=rival",
                             R"({"to":"bob","pack":1,"ns":"rival","suit":true})", bearer("ann"));
  captures known;
  EXPECT_THAT(
      put.text(),
      LikeWith(
          R"(201 {"trace":"…t","created_at_ms":…,"expires_at_ms":…,"accepted":"memory","ignored":["ns"]})",
          &known));
  const auto trace = "/v1/notifications/" + known["t"];
  EXPECT_THAT(http.get(trace, bearer("ann")).body, HasSubstr(R"("from":"ann","to":"bob")"));
  EXPECT_EQ(http.get(trace, bearer("other")).status, 404); // a trace of another namespace
  EXPECT_EQ(http.get(trace + "?ns=acme", bearer("other")).status, 404);
  EXPECT_EQ(http.get(trace + "?ns=acme", bearer("root")).status, 200);
  EXPECT_EQ(http.post(trace + "/reply", R"({"reply":1})", bearer("ann")).status, 403); // bob's
  EXPECT_EQ(http.post(trace + "/reply", R"({"reply":1})", bearer("bob")).status, 200);
  EXPECT_EQ(
      http.post("/v1/notifications", R"({"to":"bob","pack":1,"from":"bob"})", bearer("ann")).status,
      403);
  EXPECT_THAT(http.get("/v1/clients/bob", bearer("bob")).text(),
              Like(R"(200 {"connected":false,"pending":1})"));
  EXPECT_EQ(http.get("/v1/clients/bob", bearer("ann")).status, 403);
  EXPECT_EQ(http.get("/v1/clients/bob?ns=acme", bearer("root")).status, 200);
}

TEST(HttpIdentity, W3_W7_W8_a_client_learns_that_another_namespace_than_its_own_means_nothing) {
  guarded_gateway g;
  auto http = g.fixture.http();
  const std::string ignored = R"("ignored":["ns"]})";
  const std::string place = "/v1/clients/ann";
  for (const auto* query : {"?ns=rival", "?ns=", "?ns"})
    EXPECT_THAT(http.get(place + query, bearer("ann")).body, EndsWith(ignored)) << query;
  EXPECT_THAT(http.get(place + "?ns=acme", bearer("ann")).body, Not(HasSubstr("ignored")));
  EXPECT_THAT(http.get(place + "?ns=rival", bearer("root")).body, Not(HasSubstr("ignored")));
  const std::string put = "/v1/notifications";
  const std::string body = R"({"to":"bob","pack":1)";
  EXPECT_THAT(http.post(put + "?ns=rival", body + "}", bearer("ann")).body, EndsWith(ignored));
  EXPECT_THAT(http.post(put, body + R"(,"ns":"rival"})", bearer("ann")).body, EndsWith(ignored));
  EXPECT_THAT(http.post(put + "?ns=acme", body + R"(,"ns":"acme"})", bearer("ann")).body,
              Not(HasSubstr("ignored")));
  EXPECT_THAT(http.post(put + "?ns=rival", body + "}", bearer("root")).body,
              Not(HasSubstr("ignored")));
}

TEST(HttpIdentity, W7_W8_figures_are_the_operators_and_name_nobody) {
  guarded_gateway g;
  auto http = g.fixture.http();
  auto ann = g.enter("ann");
  ann.say(R"({"op":"topic.subscribe","topic":"secret place"})");
  ASSERT_TRUE(ann.receives_nothing_else());
  for (const auto* place : {"/v1/stats", "/metrics"}) {
    EXPECT_EQ(http.get(place, bearer("ann")).status, 403);
    const auto shown = http.get(place, bearer("root"));
    EXPECT_EQ(shown.status, 200);
    EXPECT_THAT(shown.body, HasSubstr("websockets"));
    for (const auto* name : {"ann", "acme", "secret"})
      EXPECT_THAT(shown.body, Not(HasSubstr(name)));
  }
  EXPECT_THAT(http.get("/metrics", bearer("root")).body, HasSubstr("restante_websockets 1\n"));
}

TEST(HttpIdentity, W7_the_rights_of_the_token_bind_a_request) {
  guarded_gateway g;
  auto narrow = client("ann");
  narrow.rights = rights_of({.put = {"b*"}, .read = {"room"}}, "ann");
  g.give("narrow", narrow);
  auto http = g.fixture.http();
  EXPECT_EQ(http.post("/v1/notifications", R"({"to":"cy","pack":1})", bearer("narrow")).status,
            403);
  EXPECT_EQ(http.post("/v1/notifications", R"({"to":"bob","pack":1})", bearer("narrow")).status,
            201);
  EXPECT_EQ(http.get("/v1/topics/hall/ephemeral", bearer("narrow")).status, 403);
  EXPECT_EQ(http.get("/v1/topics/room/ephemeral", bearer("narrow")).status, 200);
}

TEST(Listening, W7_without_tokens_only_on_loopback_unless_told) {
  broker broker;
  const auto opens = [&](gateway::gateway_options how) {
    gateway::gateway{broker, std::move(how)};
  };
  EXPECT_THROW((opens({.address = "0.0.0.0", .port = 0})), std::runtime_error);
  EXPECT_THROW((opens({.address = "::", .port = 0})), std::runtime_error);
  EXPECT_THROW((opens({.address = "example.org", .port = 0})), std::runtime_error);
  EXPECT_NO_THROW((opens({.address = "localhost", .port = 0})));
  EXPECT_NO_THROW((opens({.address = "0.0.0.0", .port = 0, .insecure = true})));
  EXPECT_NO_THROW(
      (opens({.address = "0.0.0.0", .port = 0, .tokens = std::make_shared<fake_tokens>()})));
}

} // namespace
} // namespace restante::testing
