#include "restante/broker/server/jwt_signing.hpp"
#include "restante/tests/server/jwt_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;

constexpr instant today{1'700'000'000'000'000'000};
constexpr std::string_view good_claims = R"({"sub":"ann","ns":"acme","exp":1700000060})";

std::string complaint_about(std::string_view key) {
  try {
    signing_key::read(key, "key.pem");
  } catch (const std::runtime_error& wrong) {
    return wrong.what();
  }
  return "";
}

void expect_signs(std::string_view secret, jwt_algorithm algorithm) {
  const auto key = signing_key::read(secret, "key");
  EXPECT_EQ(key.algorithm(), algorithm);
  const auto who = reader_for(algorithm).identify(key.token(good_claims), today);
  ASSERT_TRUE(who.ok()) << to_string(algorithm);
  EXPECT_EQ(who->client, "ann");
  EXPECT_EQ(who->ns, "acme");
}

TEST(JwtSigning, W7_a_broker_takes_what_each_kind_of_key_has_signed) {
  expect_signs(shared_secret, jwt_algorithm::hs256);
  std::string with_line_end{shared_secret};
  with_line_end.append("\r\n");
  expect_signs(with_line_end, jwt_algorithm::hs256);
  expect_signs(rsa_pair().secret, jwt_algorithm::rs256);
  expect_signs(ec_pair().secret, jwt_algorithm::es256);
}

TEST(JwtSigning, a_key_that_is_weak_or_public_or_none_is_refused_by_its_file) {
  EXPECT_THAT(complaint_about("short"), HasSubstr("key.pem: a secret for HS256"));
  EXPECT_THAT(complaint_about(rsa_pair().open), HasSubstr("key.pem: there is no private key"));
  EXPECT_THAT(complaint_about("-----BEGIN NONSENSE-----"), HasSubstr("no private key"));
  EXPECT_THAT(complaint_about(rsa_pair().secret + ec_pair().secret), HasSubstr("several private"));
  EXPECT_THAT(complaint_about(std::string{shared_secret} + " \n"), HasSubstr("white space"));
  EXPECT_THAT(complaint_about(make_rsa(1024).secret), HasSubstr("2048"));
  EXPECT_THAT(complaint_about(make_ec("P-384").secret), HasSubstr("P-256"));
}

TEST(JwtSigning, what_no_broker_would_take_is_known_before_it_is_signed) {
  EXPECT_EQ(fault_of(good_claims, today), std::nullopt);
  EXPECT_EQ(fault_of(R"({"server":true,"exp":1700000060})", today), std::nullopt);
  EXPECT_THAT(fault_of(R"({"exp":1700000060})", today).value_or(""), HasSubstr("sub"));
  EXPECT_THAT(fault_of(R"({"sub":"ann"})", today).value_or(""), HasSubstr("exp"));
  EXPECT_THAT(fault_of(R"({"sub":"ann","exp":1700000000})", today).value_or(""),
              HasSubstr("expired"));
  EXPECT_THAT(fault_of(R"({"sub":"ann","exp":1700000060,"rights":[]})", today).value_or(""),
              HasSubstr("rights"));
  EXPECT_NE(fault_of("not json", today), std::nullopt);
}

} // namespace

} // namespace restante::serve
