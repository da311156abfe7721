// Tokens and certificates of a client over WebSocket.

#include "restante/tests/network/certificate.hpp"
#include "restante/tests/remote/test_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Tokens : public ::testing::Test {
protected:
  Tokens() { tokens_->give("good", {.ns = "acme", .client = "ann"}); }

  gateway::gateway_options with_tokens() const {
    gateway::gateway_options how;
    how.tokens = tokens_;
    how.ping_interval = 500ms; // tokens are looked at as often
    return how;
  }

  std::shared_ptr<fake_tokens> tokens_ = std::make_shared<fake_tokens>();
  gateway_server at_{with_tokens()};
};

TEST_F(Tokens, W6_W7_S10_300_without_a_good_one_it_stays_away) {
  for (const auto* token : {"", "made up"}) {
    auto how = eager(at_.url());
    how.token = token;
    remote from{how};
    recorder seen;
    auto ann = from.connect({.client = "ann"}, seen.all());
    EXPECT_EQ(ann.connected().get().code(), errc::unauthenticated);
    ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
    EXPECT_EQ(seen.ends()[0].reason, end_reason::refused);
    EXPECT_EQ(seen.ends()[0].code, errc::unauthenticated);
    EXPECT_EQ(ann.put({.to = "bob"}).get().code(), errc::stale_connection);
  }
}

TEST_F(Tokens, W7_who_it_is_comes_from_the_token) {
  auto how = eager(at_.url());
  how.token = "good";
  remote from{how};
  auto ann = from.connect({});
  ASSERT_TRUE(ann.connected().get()) << ann.connected().get().error().text();
  EXPECT_EQ(ann.connected().get()->client, (client_address{"acme", "ann"}));
}

TEST_F(Tokens, W6_W7_where_they_come_from_is_asked_again_for_a_fresh_one) {
  auto how = eager(at_.url());
  std::atomic<int> asked{0};
  how.token_source = [&] { return asked.fetch_add(1) < 2 ? "made up" : "good"; };
  remote from{how};
  auto ann = from.connect({});
  EXPECT_TRUE(ann.connected().get()) << ann.connected().get().error().text();
  EXPECT_EQ(asked.load(), 3);
}

TEST_F(Tokens, W6_W7_S10_303_one_that_is_valid_soon_connects_when_it_is) {
  tokens_->give("soon", {.ns = "acme", .client = "ann"});
  tokens_->begin_at("soon", at_.broker().now() + duration{300ms});
  auto how = eager(at_.url());
  how.token = "soon"; // the token source is not called again
  remote from{how};
  recorder seen;
  auto ann = from.connect({}, seen.all());
  EXPECT_TRUE(ann.connected().get()) << ann.connected().get().error().text();
  EXPECT_THAT(seen.ends(), IsEmpty());
}

TEST_F(Tokens, W6_W7_S10_302_one_that_ends_under_its_bearer_is_replaced_by_a_fresh_one) {
  tokens_->give("brief",
                {.ns = "acme", .client = "ann", .expires_at = at_.broker().now() + duration{2s}});
  auto how = eager(at_.url());
  std::atomic<int> asked{0};
  how.token_source = [&] { return asked.fetch_add(1) == 0 ? "brief" : "good"; };
  remote from{how};
  recorder seen;
  auto ann = from.connect({}, seen.all());
  ASSERT_TRUE(ann.connected().get());
  ASSERT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
  EXPECT_THAT(seen.ends(), IsEmpty());
  EXPECT_TRUE(ann.put({.to = "bob"}).get());
}

TEST_F(Tokens, W6_W7_S10_302_one_that_ends_without_another_ends_its_connection) {
  tokens_->give("brief",
                {.ns = "acme", .client = "ann", .expires_at = at_.broker().now() + duration{2s}});
  auto how = eager(at_.url());
  how.token = "brief";
  remote from{how};
  recorder seen;
  auto ann = from.connect({}, seen.all());
  ASSERT_TRUE(ann.connected().get());
  ASSERT_TRUE(comes_true([&] { return seen.ends().size() == 1; }));
  EXPECT_EQ(seen.ends()[0].reason, end_reason::refused);
  EXPECT_EQ(seen.ends()[0].code, errc::token_expired);
}

TEST_F(Tokens, C7_a_source_of_tokens_that_throws_is_asked_again) {
  auto how = eager(at_.url());
  std::atomic<int> asked{0};
  how.token_source = [&]() -> std::string {
    if (asked.fetch_add(1) == 0)
      throw std::runtime_error{"the identity provider is away"};
    return "good";
  };
  remote from{how};
  auto ann = from.connect({});
  EXPECT_TRUE(ann.connected().get()) << ann.connected().get().error().text();
}

TEST_F(Tokens, C7_a_source_of_tokens_that_throws_is_no_way_to_connect) {
  auto how = eager(at_.url());
  how.give_up_after = 0ms;
  how.token_source = []() -> std::string { throw std::runtime_error{"no such file"}; };
  remote from{how};
  auto ann = from.connect({});
  const auto why = ann.connected().get().error();
  EXPECT_EQ(why.code, errc::unauthenticated);
  EXPECT_THAT(why.detail, HasSubstr("no such file"));
}

// --- TLS ---------------------------------------------------------------------------------------

gateway::gateway_options with(const certificate& shown) {
  gateway::gateway_options how;
  how.tls_cert = shown.cert();
  how.tls_key = shown.key();
  return how;
}

remote_options secretly(const gateway_server& at, const std::string& ca_file) {
  auto how = eager("wss://localhost:" + std::to_string(at.port()));
  how.ca_file = ca_file;
  return how;
}

TEST(RemoteTls, W3_W9_a_broker_that_somebody_vouches_for_is_spoken_to) {
  const certificate shown{"localhost"};
  gateway_server at{with(shown)};
  remote from{secretly(at, shown.cert())};
  recorder seen;
  auto bob = from.connect({.client = "bob"}, seen.all());
  ASSERT_TRUE(bob.connected().get()) << bob.connected().get().error().text();
  auto ann = connected(from.connect({.client = "ann"}));
  for (int i = 0; i < 50; ++i)
    ann.put({.to = "bob", .pack = body::bytes(std::string(10'000, 'x'))});
  EXPECT_TRUE(comes_true([&] { return seen.notes().size() == 50; }));
  at.stop();
  ASSERT_TRUE(comes_true([&] { return seen.interruptions().size() == 1; }));
  at.start();
  EXPECT_TRUE(comes_true([&] { return seen.connects().size() == 2; }));
}

void expect_distrust(const remote_options& how) {
  remote from{how};
  recorder seen;
  auto ann = from.connect({.client = "ann"}, seen.all());
  const auto why = ann.connected().get().error();
  EXPECT_EQ(why.code, errc::unreachable);
  EXPECT_THAT(why.detail, HasSubstr("cannot trust the broker at localhost:"));
  EXPECT_TRUE(comes_true([&] { return seen.ends().size() == 1; })) << "it stays away";
}

TEST(RemoteTls, W9_one_that_nobody_vouches_for_is_refused) {
  const certificate shown{"localhost"};
  const certificate other{"localhost"};
  gateway_server at{with(shown)};
  expect_distrust(secretly(at, other.cert()));
  expect_distrust(secretly(at, {}));
}

TEST(RemoteTls, W9_one_of_another_name_is_refused) {
  const certificate shown{"elsewhere"};
  gateway_server at{with(shown)};
  expect_distrust(secretly(at, shown.cert()));
}

TEST(RemoteTls, W9_one_that_speaks_no_tls_is_refused) {
  gateway_server at;
  const certificate any{"localhost"};
  remote from{secretly(at, any.cert())};
  auto ann = from.connect({.client = "ann"});
  EXPECT_EQ(ann.connected().get().code(), errc::unreachable);
}

TEST(RemoteTls, W9_certificates_that_cannot_be_read_are_told_at_once) {
  remote_options how;
  how.url = "wss://localhost:1";
  how.ca_file = "/no/such/file.pem";
  EXPECT_THROW(remote{how}, std::runtime_error);
  how.url = "http://localhost:1";
  EXPECT_THROW(remote{how}, std::invalid_argument);
}

} // namespace
} // namespace restante::testing
