#include "restante/tests/server/jwt_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace restante::serve {

namespace {

using nlohmann::json;
using enum jwt_algorithm;

constexpr std::int64_t second = 1'000'000'000;
constexpr instant now{1'000'000 * second};
constexpr std::string_view hs_header = R"({"alg":"HS256","typ":"JWT"})";

/// Claims that are valid for another hour.
json claims() {
  return {{"sub", "bob"}, {"exp", 1'003'600}};
}

json with(const std::string& name, json value) {
  auto changed = claims();
  changed[name] = std::move(value);
  return changed;
}

errc refusal(const jwt_reader& reader, std::string_view token, instant at = now) {
  const auto said = reader.identify(token, at);
  const auto* failed = said.why();
  return failed == nullptr ? errc::none : failed->code;
}

errc refusal(const json& claims, const auth_settings& how = {}, instant at = now) {
  return refusal(reader_for(hs256, how), good_token(claims), at);
}

/// A token for claims that a JSON library would not write.
errc refusal_of_text(const std::string& text) {
  return refusal(reader_for(hs256), token_of(std::string{hs_header}, text, shared_secret, hs256));
}

gateway::credentials bearer(const json& claims, const auth_settings& how = {}) {
  return *reader_for(hs256, how).identify(good_token(claims), now);
}

} // namespace

TEST(Jwt, W7_each_algorithm_lets_its_tokens_in) {
  for (const auto algorithm : {hs256, rs256, es256}) {
    const auto bob = reader_for(algorithm).identify(good_token(claims(), algorithm), now);
    ASSERT_TRUE(bob) << to_string(algorithm);
    EXPECT_EQ(bob->client, "bob");
    EXPECT_EQ(bob->who, identity::client);
    EXPECT_EQ(bob->ns, "");
    EXPECT_EQ(bob->rights, nullptr);
    EXPECT_EQ(bob->expires_at, instant{1'003'600 * second});
  }
}

TEST(Jwt, W7_a_changed_token_is_unauthenticated) {
  for (const auto algorithm : {hs256, rs256, es256}) {
    const auto reader = reader_for(algorithm);
    const auto token = good_token(claims(), algorithm);
    for (std::size_t i = 0; i < token.size(); i += 7) {
      auto changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      if (changed != token) {
        EXPECT_EQ(refusal(reader, changed), errc::unauthenticated) << i;
      }
    }
    for (const auto& end : {"A", "=", "==", " ", ".", "\n"})
      EXPECT_EQ(refusal(reader, token + end), errc::unauthenticated) << end;
    EXPECT_EQ(refusal(reader, token.substr(0, token.rfind('.') + 1)), errc::unauthenticated);
  }
}

TEST(Jwt, W7_a_key_takes_no_other_algorithm_whatever_the_header_says) {
  const std::map<jwt_algorithm, std::string> public_keys{{rs256, rsa_pair().open},
                                                         {es256, ec_pair().open}};
  for (const auto& [algorithm, pem] : public_keys) {
    const auto reader = reader_for(algorithm);
    for (const auto name : {"HS256", "RS256", "ES256", "hs256"}) {
      // An HMAC with the public key as its secret: an attacker knows the public key.
      const auto header = R"({"alg":")" + std::string{name} + R"("})";
      for (const auto& secret : {pem, pem.substr(0, pem.size() - 1)})
        EXPECT_EQ(refusal(reader, token_of(header, claims().dump(), secret, hs256)),
                  errc::unauthenticated);
    }
  }
  EXPECT_EQ(refusal(reader_for(rs256), good_token(claims(), es256)), errc::unauthenticated);
  EXPECT_EQ(refusal(reader_for(es256), good_token(claims(), rs256)), errc::unauthenticated);
  EXPECT_EQ(refusal(reader_for(hs256), good_token(claims(), rs256)), errc::unauthenticated);
}

TEST(Jwt, W7_a_token_without_a_signature_is_unauthenticated) {
  for (const auto* name : {"none", "None", "NONE", "nOnE", ""}) {
    const auto header = R"({"alg":")" + std::string{name} + R"("})";
    const auto text = base64url(header) + "." + base64url(claims().dump()) + ".";
    for (const auto algorithm : {hs256, rs256, es256}) {
      EXPECT_EQ(refusal(reader_for(algorithm), text), errc::unauthenticated);
      EXPECT_EQ(refusal(reader_for(algorithm), text + "AA"), errc::unauthenticated);
    }
  }
}

TEST(Jwt, W7_a_key_of_somebody_else_is_unauthenticated) {
  const auto other_rsa = make_rsa(2048);
  const auto other_ec = make_ec("P-256");
  EXPECT_EQ(refusal(reader_for(rs256),
                    token_of(R"({"alg":"RS256"})", claims().dump(), other_rsa.secret, rs256)),
            errc::unauthenticated);
  EXPECT_EQ(refusal(reader_for(es256),
                    token_of(R"({"alg":"ES256"})", claims().dump(), other_ec.secret, es256)),
            errc::unauthenticated);
}

TEST(Jwt, W7_a_zero_ecdsa_signature_is_unauthenticated) {
  const auto text = base64url(R"({"alg":"ES256"})") + "." + base64url(claims().dump()) + ".";
  for (const std::size_t size : {63U, 64U, 65U, 72U})
    EXPECT_EQ(refusal(reader_for(es256), text + base64url(std::string(size, '\0'))),
              errc::unauthenticated);
}

TEST(Jwt, W7_headers_that_ask_for_more_are_unauthenticated) {
  const std::map<std::string, errc> cases{
      {R"({"alg":"HS256"})", errc::none},
      {R"({"alg":"HS256","typ":"jwt","kid":"1"})", errc::none},
      {R"({"alg":"HS256","typ":"at+jwt"})", errc::none},
      {R"({"alg":"HS256","typ":"application/at+jwt"})", errc::none},
      {R"({"alg":"HS256","typ":"Application/JWT"})", errc::none},
      {R"({"alg":"HS256","typ":"application/"})", errc::unauthenticated},
      {R"({"alg":"HS256","typ":"application/application/jwt"})", errc::unauthenticated},
      {R"({"alg":"HS256","typ":"application/jose"})", errc::unauthenticated},
      {R"({"alg":"HS256","typ":"text/jwt"})", errc::unauthenticated},
      {R"({"alg":"HS256","typ":"JWE"})", errc::unauthenticated},
      {R"({"alg":"HS256","typ":1})", errc::unauthenticated},
      {R"({"alg":"HS256","crit":["exp"]})", errc::unauthenticated},
      {R"({"alg":"HS512"})", errc::unauthenticated},
      {R"({"alg":"hs256"})", errc::unauthenticated},
      {R"({"alg":["HS256"]})", errc::unauthenticated},
      {R"({"typ":"JWT"})", errc::unauthenticated},
      {R"([])", errc::unauthenticated},
      {R"("HS256")", errc::unauthenticated},
      {"", errc::unauthenticated},
      {"{", errc::unauthenticated},
  };
  for (const auto& [header, expected] : cases)
    EXPECT_EQ(refusal(reader_for(hs256), token_of(header, claims().dump(), shared_secret, hs256)),
              expected)
        << header;
}

TEST(Jwt, W7_a_token_ends_at_its_instant_token_expired) {
  const auto at_the_end = instant{1'003'600 * second};
  EXPECT_EQ(refusal(claims(), {}, {at_the_end.ns - 1}), errc::none);
  EXPECT_EQ(refusal(claims(), {}, at_the_end), errc::token_expired);
  EXPECT_EQ(refusal(claims(), {}, {at_the_end.ns + 1}), errc::token_expired);

  const auth_settings lenient{.jwt_leeway = std::chrono::seconds{5}};
  const auto later = at_the_end + std::chrono::seconds{5};
  EXPECT_EQ(refusal(claims(), lenient, {later.ns - 1}), errc::none);
  EXPECT_EQ(refusal(claims(), lenient, later), errc::token_expired);
  EXPECT_EQ(bearer(claims(), lenient).expires_at, later);
}

TEST(Jwt, W7_a_token_counts_from_nbf_on) {
  const auto token = with("nbf", 1'000'010);
  const auto begin = instant{1'000'010 * second};
  EXPECT_EQ(refusal(token, {}, {begin.ns - 61 * second}), errc::unauthenticated);
  EXPECT_EQ(refusal(token, {}, begin), errc::none);
  const auth_settings lenient{.jwt_leeway = std::chrono::seconds{5}};
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 5 * second - 1}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 5 * second}), errc::none);
}

TEST(Jwt, W7_S10_303_a_token_that_is_valid_within_a_minute_says_so) {
  const auto token = with("nbf", 1'000'010);
  const auto begin = instant{1'000'010 * second};
  EXPECT_EQ(refusal(token, {}, {begin.ns - 1}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, {}, {begin.ns - 60 * second}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, {}, {begin.ns - 60 * second - 1}), errc::unauthenticated);

  // With a leeway the token is valid that much earlier, so the tested minute is the minute before
  // that.
  const auth_settings lenient{.jwt_leeway = std::chrono::seconds{60}};
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 60 * second}), errc::none);
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 60 * second - 1}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 61 * second - second / 2}),
            errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 120 * second}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, lenient, {begin.ns - 120 * second - 1}), errc::unauthenticated);
}

TEST(Jwt, W7_S10_302_an_expired_token_is_not_asked_to_come_again) {
  const auto at_the_end = instant{1'003'600 * second};
  const auto token = with("nbf", 1'003'630);
  EXPECT_EQ(refusal(token, {}, {at_the_end.ns - 1}), errc::token_not_yet_valid);
  EXPECT_EQ(refusal(token, {}, at_the_end), errc::token_expired);
  EXPECT_EQ(refusal(with("nbf", "soon"), {}, at_the_end), errc::unauthenticated);
}

TEST(Jwt, W7_times_must_be_numbers_and_exp_must_be_there) {
  EXPECT_EQ(refusal(json{{"sub", "bob"}}), errc::unauthenticated);
  for (const auto* name : {"exp", "nbf"}) {
    for (const auto& value : {json("1003600"), json(nullptr), json(true), json(-1), json::array()})
      EXPECT_EQ(refusal(with(name, value)), errc::unauthenticated) << name << value;
    for (const auto* value : {"NaN", "Infinity", "1e999", "-1e999"})
      EXPECT_EQ(refusal_of_text(R"({"sub":"bob","exp":2000000,")" + std::string{name} +
                                "\":" + value + "}"),
                errc::unauthenticated)
          << value;
  }
}

TEST(Jwt, W7_times_may_have_fractions_and_be_far_away) {
  EXPECT_EQ(bearer(with("exp", 1'003'600.5)).expires_at, instant{1'003'600 * second + second / 2});
  EXPECT_EQ(bearer(with("exp", 1e18)).expires_at, instant::never());
  EXPECT_EQ(bearer(with("exp", 18'446'744'073'709'551'615ULL)).expires_at, instant::never());
  EXPECT_EQ(refusal(with("exp", 0)), errc::token_expired);
  EXPECT_EQ(refusal(with("nbf", 1e18)), errc::unauthenticated);
}

TEST(Jwt, W7_issuer_and_audience_are_checked_when_asked_for) {
  const auth_settings strict{.jwt_issuer = "https://id", .jwt_audience = "restante"};
  auto good = claims();
  good["iss"] = "https://id";
  good["aud"] = "restante";
  EXPECT_EQ(refusal(good, strict), errc::none);
  good["aud"] = {"other", "restante"};
  EXPECT_EQ(refusal(good, strict), errc::none);
  for (const auto& wrong : {json("other"), json::array({"other"}), json::array(), json(1),
                            json::array({1}), json(nullptr), json("restante ")}) {
    auto bad = good;
    bad["aud"] = wrong;
    EXPECT_EQ(refusal(bad, strict), errc::unauthenticated) << wrong;
    bad = good;
    bad["iss"] = wrong;
    EXPECT_EQ(refusal(bad, strict), errc::unauthenticated) << wrong;
  }
  EXPECT_EQ(refusal(claims(), strict), errc::unauthenticated);
  EXPECT_EQ(refusal(with("aud", "anything")), errc::none);
}

TEST(Jwt, W7_a_wrong_audience_is_told_before_the_age) {
  EXPECT_EQ(refusal(claims(), {.jwt_audience = "restante"}, instant::never()),
            errc::unauthenticated);
}

TEST(Jwt, W7_S8_ids_at_256_bytes_are_taken_and_past_them_refused) {
  EXPECT_EQ(bearer(with("sub", std::string(256, 'x'))).client.size(), 256U);
  EXPECT_EQ(refusal(with("sub", std::string(257, 'x'))), errc::unauthenticated);
  EXPECT_EQ(bearer(with("ns", std::string(256, 'x'))).ns.size(), 256U);
  EXPECT_EQ(refusal(with("ns", std::string(257, 'x'))), errc::unauthenticated);
  EXPECT_EQ(bearer(with("ns", "")).ns, "");
}

TEST(Jwt, W7_ids_of_the_wrong_kind_are_unauthenticated) {
  for (const auto& value :
       {json(1), json(nullptr), json::object(), json::array({"bob"}), json(true)}) {
    EXPECT_EQ(refusal(with("sub", value)), errc::unauthenticated) << value;
    EXPECT_EQ(refusal(with("ns", value)), errc::unauthenticated) << value;
  }
  EXPECT_EQ(refusal(with("sub", "")), errc::unauthenticated);
  EXPECT_EQ(refusal(with("sub", "server")), errc::unauthenticated);
  EXPECT_EQ(refusal(json{{"exp", 1'003'600}}), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text("{\"exp\":2000000,\"sub\":\"b\xff\"}"), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text(R"({"exp":2000000,"sub":"\ud800"})"), errc::unauthenticated);
}

TEST(Jwt, W7_the_server_identity_has_neither_client_nor_rights) {
  const auto server = bearer(with("server", true));
  EXPECT_EQ(server.who, identity::server);
  EXPECT_EQ(server.client, "");
  EXPECT_EQ(bearer(with("server", false)).who, identity::client);
  for (const auto& value : {json("true"), json(1), json(nullptr)})
    EXPECT_EQ(refusal(with("server", value)), errc::unauthenticated) << value;
  auto limited = with("server", true);
  limited["rights"] = json::object();
  EXPECT_EQ(refusal(limited), errc::unauthenticated);
}

TEST(Jwt, W7_rights_are_patterns_and_an_absent_list_allows_nothing) {
  const auto rights = bearer(with("rights", json::parse(R"({
      "put": ["ann"], "read": ["room/*"],
      "write": [{"topic": "room/*", "key": "typing:{client}"}]})")))
                          .rights;
  ASSERT_NE(rights, nullptr);
  EXPECT_TRUE(rights->may_put("ann"));
  EXPECT_FALSE(rights->may_put("eve"));
  EXPECT_FALSE(rights->may_watch("ann"));
  EXPECT_TRUE(rights->may_write("room/1", "typing:bob"));
  EXPECT_FALSE(rights->may_write("room/1", "typing:ann"));
  const auto none = bearer(with("rights", json::object())).rights;
  ASSERT_NE(none, nullptr);
  EXPECT_FALSE(none->may_put("bob"));
}

TEST(Jwt, W7_publishing_is_a_right_of_its_own) {
  const auto rights = bearer(with("rights", json::parse(R"({
      "write": [{"topic": "*", "key": "*"}], "publish": ["news/{client}"]})")))
                          .rights;
  ASSERT_NE(rights, nullptr);
  EXPECT_TRUE(rights->may_publish("news/bob"));
  EXPECT_FALSE(rights->may_publish("news/ann"));
  for (const auto* bad : {R"({"publish":"*"})", R"({"publish":[1]})", R"({"publish":[{}]})"})
    EXPECT_EQ(refusal(with("rights", json::parse(bad))), errc::unauthenticated) << bad;
}

TEST(Jwt, W7_default_rights_are_those_of_clients_whose_token_names_none) {
  const auth_settings how{.default_rights = R"({"put":["of/{client}"]})"};
  const auto given = bearer(claims(), how).rights;
  ASSERT_NE(given, nullptr);
  EXPECT_TRUE(given->may_put("of/bob"));
  EXPECT_FALSE(given->may_put("bob"));
  EXPECT_FALSE(given->may_publish("news"));
  const auto own = bearer(with("rights", json::parse(R"({"put":["bob"]})")), how).rights;
  EXPECT_TRUE(own->may_put("bob"));
  EXPECT_FALSE(own->may_put("of/bob"));
  EXPECT_EQ(bearer(with("server", true), how).rights, nullptr);
  EXPECT_FALSE(bearer(claims(), {.default_rights = "{}"}).rights->may_put("bob"));
  EXPECT_EQ(bearer(claims()).rights, nullptr);
}

TEST(Jwt, W7_a_metrics_token_is_no_client_and_has_no_other_right) {
  const auto reader = bearer(with("metrics", true));
  EXPECT_EQ(reader.scope, gateway::token_scope::figures);
  EXPECT_EQ(reader.who, identity::client);
  EXPECT_EQ(reader.client, "");
  EXPECT_EQ(bearer(with("metrics", false)).scope, gateway::token_scope::operations);
  EXPECT_EQ(refusal(with("metrics", 1)), errc::unauthenticated);
  for (const auto* other : {"server", "rights"}) {
    auto both = with("metrics", true);
    both[other] = other == std::string{"server"} ? json(true) : json::object();
    EXPECT_EQ(refusal(both), errc::unauthenticated) << other;
  }
}

TEST(Jwt, W7_rights_that_are_not_understood_are_unauthenticated) {
  for (const auto* rights :
       {"null", "1", "[]", R"("*")", R"({"put":"*"})", R"({"put":[1]})", R"({"put":null})",
        R"({"deny":["*"]})", R"({"write":["*"]})", R"({"write":[{"topic":"*"}]})",
        R"({"write":[{"topic":"*","key":1}]})", R"({"write":[{"topic":"*","key":"*","x":1}]})",
        R"({"write":{"topic":"*","key":"*"}})"})
    EXPECT_EQ(refusal(with("rights", json::parse(rights))), errc::unauthenticated) << rights;
}

TEST(Jwt, W7_S8_claims_are_nested_64_deep_and_no_deeper) {
  const auto nested = [](std::size_t depth) { // the object itself is the first level
    return R"({"sub":"bob","exp":2000000,"x":)" + std::string(depth - 1, '[') + "1" +
           std::string(depth - 1, ']') + "}";
  };
  EXPECT_EQ(refusal_of_text(nested(64)), errc::none);
  EXPECT_EQ(refusal_of_text(nested(65)), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text(nested(2000)), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text(std::string(4000, '[')), errc::unauthenticated);
}

TEST(Jwt, W7_S8_a_token_of_8_kib_is_read_and_a_longer_one_refused) {
  const auto token = [](std::size_t padding) {
    return good_token(with("x", std::string(padding, 'x')));
  };
  std::size_t padding = 8192 / 4 * 3 - 200;
  while (token(padding + 1).size() <= 8192)
    ++padding;
  EXPECT_EQ(refusal(reader_for(hs256), token(padding)), errc::none);
  EXPECT_EQ(refusal(reader_for(hs256), token(padding + 1)), errc::unauthenticated);
  EXPECT_EQ(refusal(reader_for(hs256), std::string(1 << 22, '.')), errc::unauthenticated);
}

TEST(Jwt, W7_what_is_no_token_at_all_is_unauthenticated) {
  using namespace std::string_literals;
  for (const auto& token : {""s, "."s, ".."s, "..."s, "a"s, "a.b"s, "a.b.c"s, "a.b.c.d"s,
                            "\0.\0.\0"s, "\xff.\xff.\xff"s, "====.====.===="s, " . . "s})
    for (const auto algorithm : {hs256, rs256, es256})
      EXPECT_EQ(refusal(reader_for(algorithm), token), errc::unauthenticated) << token;
  EXPECT_EQ(refusal_of_text(""), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text("[]"), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text("null"), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text(claims().dump() + "x"), errc::unauthenticated);
  EXPECT_EQ(refusal_of_text(claims().dump() + "\0x"s), errc::unauthenticated);
}

TEST(Jwt, W7_bytes_above_127_in_a_signature_are_unauthenticated) {
  auto token = good_token(claims(), es256);
  token[token.rfind('.') + 3] = '\xe9';
  EXPECT_EQ(refusal(reader_for(es256), token), errc::unauthenticated);
}

TEST(Jwt, W7_an_algorithm_that_is_not_allowed_is_an_error_at_the_start) {
  EXPECT_THROW(reader_for(hs256, {.jwt_algorithms = {"RS256", "ES256"}}), std::runtime_error);
  EXPECT_THROW(reader_for(rs256, {.jwt_algorithms = {}}), std::runtime_error);
  EXPECT_NO_THROW(reader_for(es256, {.jwt_algorithms = {"ES256"}}));
}

} // namespace restante::serve
