#include "restante/broker/server/tokens_file.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;

constexpr std::int64_t second = 1'000'000'000;

static_tokens tokens_of(std::string_view text) {
  return parse_tokens(text, "tokens.toml");
}

std::string complaint_of(std::string_view text) {
  try {
    tokens_of(text);
  } catch (const std::runtime_error& wrong) {
    return wrong.what();
  }
  return {};
}

gateway::credentials bearer(const static_tokens& tokens, std::string_view token, instant now = {}) {
  return *look_up(tokens, token, now);
}

errc refusal(const static_tokens& tokens, std::string_view token, instant now = {}) {
  return look_up(tokens, token, now).error().code;
}

} // namespace

TEST(TokensFile, W7_a_token_says_client_and_namespace) {
  const auto tokens = tokens_of(R"(
    [[token]]
    token = "of-bob"
    client = "bob"
    namespace = "acme"

    [[token]]
    token = "of-ann"
    client = "ann"
  )");
  const auto bob = bearer(tokens, "of-bob");
  EXPECT_EQ(bob.who, identity::client);
  EXPECT_EQ(bob.client, "bob");
  EXPECT_EQ(bob.ns, "acme");
  EXPECT_EQ(bob.rights, nullptr);
  EXPECT_EQ(bob.expires_at, std::nullopt);
  EXPECT_EQ(bearer(tokens, "of-ann").ns, "");
}

TEST(TokensFile, W7_a_token_nobody_has_is_unauthenticated) {
  const auto tokens = tokens_of("[[token]]\ntoken = \"of-bob\"\nclient = \"bob\"\n");
  for (const auto* token : {"", "of-bo", "of-bob ", "OF-BOB", "bob"})
    EXPECT_EQ(refusal(tokens, token), errc::unauthenticated) << token;
  EXPECT_EQ(refusal(tokens, std::string(1 << 20, 'x')), errc::unauthenticated);
}

TEST(TokensFile, W7_the_digest_stands_for_the_token) {
  const auto clear = tokens_of("[[token]]\ntoken = \"abc\"\nclient = \"bob\"\n");
  // The output of: printf abc | sha256sum
  const auto hashed =
      tokens_of("[[token]]\n"
                "sha256 = \"BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"\n"
                "client = \"bob\"\n");
  EXPECT_EQ(clear.begin()->first, hashed.begin()->first);
  EXPECT_EQ(bearer(hashed, "abc").client, "bob");
}

TEST(TokensFile, W7_the_server_identity_has_no_client) {
  const auto tokens = tokens_of("[[token]]\ntoken = \"s\"\nserver = true\n");
  EXPECT_EQ(bearer(tokens, "s").who, identity::server);
  EXPECT_EQ(bearer(tokens, "s").client, "");
}

TEST(TokensFile, W7_a_token_ends_at_its_instant_token_expired) {
  const auto tokens = tokens_of(
      "[[token]]\ntoken = \"t\"\nclient = \"bob\"\nexpires = 1970-01-02T01:00:00+01:00\n");
  const instant end{86'400 * second};
  EXPECT_EQ(bearer(tokens, "t", {end.ns - 1}).expires_at, end);
  EXPECT_EQ(refusal(tokens, "t", end), errc::token_expired);
}

TEST(TokensFile, W7_an_expiry_beyond_the_clock_is_never) {
  const auto tokens =
      tokens_of("[[token]]\ntoken = \"t\"\nclient = \"bob\"\nexpires = 9999-12-31T23:59:59Z\n");
  EXPECT_EQ(bearer(tokens, "t").expires_at, instant::never());
}

TEST(TokensFile, W7_rights_are_patterns_and_an_absent_list_allows_nothing) {
  const auto tokens = tokens_of(R"(
    [[token]]
    token = "t"
    client = "bob"
    [token.rights]
    put = ["ann", "team-*"]
    read = ["room/*"]
    write = [ { topic = "room/*", key = "typing:{client}" } ]
  )");
  const auto rights = bearer(tokens, "t").rights;
  ASSERT_NE(rights, nullptr);
  EXPECT_TRUE(rights->may_put("ann"));
  EXPECT_TRUE(rights->may_put("team-a"));
  EXPECT_FALSE(rights->may_put("eve"));
  EXPECT_FALSE(rights->may_watch("ann"));
  EXPECT_TRUE(rights->may_read("room/1"));
  EXPECT_TRUE(rights->may_write("room/1", "typing:bob"));
  EXPECT_FALSE(rights->may_write("room/1", "typing:ann"));
}

TEST(TokensFile, W7_publishing_is_a_right_of_its_own) {
  const auto tokens = tokens_of(R"([[token]]
    token = "t"
    client = "bob"
    rights = { publish = ["news/*"], write = [{ topic = "room", key = "*" }] })");
  const auto rights = bearer(tokens, "t").rights;
  EXPECT_TRUE(rights->may_publish("news/1"));
  EXPECT_FALSE(rights->may_publish("room"));
}

TEST(TokensFile, W7_default_rights_are_those_of_clients_that_are_given_none) {
  const std::optional<rights_text> few{{.put = {"of/{client}"}}};
  const auto tokens = parse_tokens(R"([[token]]
    token = "t"
    client = "bob"
    [[token]]
    token = "own"
    client = "bob"
    rights = { put = ["eve"] })",
                                   "tokens.toml", few);
  EXPECT_TRUE(bearer(tokens, "t").rights->may_put("of/bob"));
  EXPECT_FALSE(bearer(tokens, "t").rights->may_put("eve"));
  EXPECT_TRUE(bearer(tokens, "own").rights->may_put("eve"));
}

TEST(TokensFile, W7_a_metrics_token_has_no_client) {
  const auto tokens = tokens_of("[[token]]\ntoken = \"m\"\nmetrics = true\n");
  EXPECT_EQ(bearer(tokens, "m").scope, gateway::token_scope::figures);
  EXPECT_EQ(bearer(tokens, "m").client, "");
}

TEST(TokensFile, W7_empty_rights_allow_nothing) {
  const auto tokens = tokens_of("[[token]]\ntoken = \"t\"\nclient = \"bob\"\nrights = {}\n");
  const auto rights = bearer(tokens, "t").rights;
  ASSERT_NE(rights, nullptr);
  EXPECT_FALSE(rights->may_put("bob"));
}

TEST(TokensFile, W7_every_mistake_is_told_with_its_line) {
  const std::string entry = "[[token]]\ntoken = \"t\"\nclient = \"bob\"\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"tokens = 1\n", "tokens.toml:1: there is no tokens here; the nearest is token"},
      {"token = \"t\"\n", "tokens.toml:1: write each token as [[token]]"},
      {"token = [1]\n", "tokens.toml:1: token must be a table"},
      {entry + "clint = \"x\"\n", "tokens.toml:4: there is no clint here; the nearest is client"},
      {"[[token]]\ntoken = \"t\"\n", "tokens.toml:1: client is missing"},
      {"[[token]]\nclient = \"t\"\n", "tokens.toml:1: give either token or sha256"},
      {entry + "sha256 = \"00\"\n", "tokens.toml:1: give either token or sha256"},
      {"[[token]]\nsha256 = \"00\"\nclient = \"b\"\n", "tokens.toml:2: sha256 is"},
      {"[[token]]\ntoken = \"a b\"\nclient = \"b\"\n", "tokens.toml:2: a token is"},
      {"[[token]]\ntoken = \"\"\nclient = \"b\"\n", "tokens.toml:2: a token is"},
      {"[[token]]\ntoken = 1\nclient = \"b\"\n", "tokens.toml:2: token must be text"},
      {"[[token]]\ntoken = \"t\"\nclient = \"\"\n", "tokens.toml:3: client is empty"},
      {"[[token]]\ntoken = \"t\"\nclient = \"" + std::string(257, 'x') + "\"\n",
       "tokens.toml:3: client is longer"},
      {"[[token]]\ntoken = \"t\"\nclient = \"server\"\n", "tokens.toml:3: client is server"},
      {entry + "namespace = \"" + std::string(257, 'x') + "\"\n", "tokens.toml:4: ns is longer"},
      {entry + "server = 1\n", "tokens.toml:4: server must be"},
      {entry + "server = true\n", "tokens.toml:1: a server token"},
      {entry + "metrics = true\n", "tokens.toml:1: a metrics token has no client"},
      {entry + "metrics = 1\n", "tokens.toml:4: metrics must be"},
      {"[[token]]\ntoken = \"t\"\nserver = true\nmetrics = true\n",
       "tokens.toml:1: a token is for server or for metrics"},
      {entry + "rights = { publish = \"*\" }\n", "tokens.toml:4: publish must be a list"},
      {entry + "expires = 1\n", "tokens.toml:4: expires must be"},
      {entry + "expires = 2030-01-01\n", "tokens.toml:4: expires must be"},
      {entry + "expires = 2030-01-01T00:00:00\n", "tokens.toml:4: expires must be"},
      {entry + "rights = 1\n", "tokens.toml:4: rights must be a table"},
      {entry + "rights = { puts = [] }\n", "tokens.toml:4: there is no puts here"},
      {entry + "rights = { put = \"*\" }\n", "tokens.toml:4: put must be a list"},
      {entry + "rights = { put = [1] }\n", "tokens.toml:4: a pattern of put must be text"},
      {entry + "rights = { write = [\"x\"] }\n", "tokens.toml:4: an item of write must be"},
      {entry + "rights = { write = [{ topic = \"x\" }] }\n", "tokens.toml:4: an item of write has"},
      {entry + entry, "tokens.toml:4: this token stands at line 1 already"},
      {entry + "x = \n", "tokens.toml:4: "},
  };
  for (const auto& [text, complaint] : cases)
    EXPECT_THAT(complaint_of(text), ::testing::StartsWith(complaint)) << text;
}

TEST(TokensFile, W7_a_file_that_cannot_be_read_is_an_error_that_names_it) {
  EXPECT_THROW(read_tokens("/nowhere/tokens.toml"), std::runtime_error);
  const temporary_file file{"[[token]]\ntoken = \"t\"\nclient = \"bob\"\n"};
  EXPECT_EQ(read_tokens(file.path()).size(), 1U);
}

} // namespace restante::serve
