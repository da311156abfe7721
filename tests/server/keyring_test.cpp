#include "restante/broker/server/keyring.hpp"
#include "restante/tests/server/jwt_fixture.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdexcept>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;
using enum jwt_algorithm;

constexpr std::string_view tokens_of_bob = "[[token]]\ntoken = \"of.bob.x\"\nclient = \"bob\"\n";

std::string client_of(const keyring& ring, std::string_view token) {
  const auto said = ring.identify(token, instant{0});
  return said ? said->client : "";
}

std::string complaint_of(std::string_view key) {
  try {
    jwt_key::read(key, "the-key");
  } catch (const std::runtime_error& wrong) {
    return wrong.what();
  }
  return {};
}

std::string der_of(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(in, nullptr, nullptr, nullptr);
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key, &bytes);
  std::string der{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  EVP_PKEY_free(key);
  BIO_free(in);
  return der;
}

} // namespace

TEST(Keyring, W7_takes_static_tokens_and_jwts) {
  const temporary_file tokens{tokens_of_bob};
  const temporary_file key{shared_secret};
  const keyring ring{{.tokens_file = tokens.path(), .jwt_key_file = key.path()}};
  EXPECT_EQ(client_of(ring, "of.bob.x"), "bob");
  EXPECT_EQ(client_of(ring, good_token({{"sub", "ann"}, {"exp", 1}})), "ann");
  EXPECT_EQ(client_of(ring, "of.bob.y"), "");
  EXPECT_EQ(client_of(ring, ""), "");
}

TEST(Keyring, W7_takes_no_jwt_without_a_key) {
  const temporary_file tokens{tokens_of_bob};
  const keyring ring{{.tokens_file = tokens.path()}};
  EXPECT_EQ(client_of(ring, good_token({{"sub", "ann"}, {"exp", 1}})), "");
}

TEST(Keyring, W7_a_reload_takes_the_new_files) {
  const temporary_file tokens{tokens_of_bob};
  const temporary_file key{shared_secret};
  const auth_settings how{.tokens_file = tokens.path(), .jwt_key_file = key.path()};
  keyring ring{how};
  tokens.write("[[token]]\ntoken = \"of-eve\"\nclient = \"eve\"\n");
  key.write(rsa_pair().open);
  EXPECT_EQ(ring.reload(how), std::nullopt);
  EXPECT_EQ(client_of(ring, "of-eve"), "eve");
  EXPECT_EQ(client_of(ring, "of.bob.x"), "");
  EXPECT_EQ(client_of(ring, good_token({{"sub", "ann"}, {"exp", 1}}, rs256)), "ann");
  EXPECT_EQ(client_of(ring, good_token({{"sub", "ann"}, {"exp", 1}}, hs256)), "");
}

TEST(Keyring, W7_a_reload_that_fails_keeps_all_of_the_old) {
  const temporary_file tokens{tokens_of_bob};
  const temporary_file key{shared_secret};
  const auth_settings how{.tokens_file = tokens.path(), .jwt_key_file = key.path()};
  keyring ring{how};
  tokens.write("[[token]]\ntoken = \"of-eve\"\nclient = \"eve\"\n");
  key.write("short");
  const auto wrong = ring.reload(how);
  ASSERT_TRUE(wrong);
  EXPECT_THAT(*wrong, HasSubstr(key.path()));
  EXPECT_EQ(client_of(ring, "of.bob.x"), "bob");
  EXPECT_EQ(client_of(ring, "of-eve"), "");
}

TEST(Keyring, W7_files_that_are_wrong_are_errors_at_the_start) {
  EXPECT_THROW(keyring({.tokens_file = "/nowhere"}), std::runtime_error);
  EXPECT_THROW(keyring({.jwt_key_file = "/nowhere"}), std::runtime_error);
}

TEST(Keyring, W7_a_secret_has_32_bytes_or_more_without_its_line_end) {
  EXPECT_EQ(complaint_of(std::string(32, 'x')), "");
  EXPECT_EQ(complaint_of(std::string(32, 'x') + "\n"), "");
  EXPECT_THAT(complaint_of(std::string(31, 'x') + "\n"), HasSubstr("the-key: a secret"));
  EXPECT_NE(complaint_of(""), "");
}

TEST(Keyring, W7_nothing_that_is_published_becomes_a_secret) {
  EXPECT_EQ(complaint_of(rsa_pair().open), "");
  EXPECT_EQ(jwt_key::read("# ours\n" + rsa_pair().open, "x").algorithm(), rs256);
  EXPECT_EQ(jwt_key::read(ec_pair().open, "x").algorithm(), es256);
  EXPECT_THAT(complaint_of(der_of(rsa_pair().open)),
              HasSubstr("the-key: this is no secret for HS256: it looks like a public RSA key; a "
                        "public key must be PEM"));
  EXPECT_THAT(complaint_of(der_of(ec_pair().open)), HasSubstr("must be PEM"));
  EXPECT_THAT(complaint_of("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 bob"), HasSubstr("PEM"));
  EXPECT_THAT(complaint_of(R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9","e":"AQAB"})"),
              HasSubstr("must be PEM"));
  EXPECT_THAT(complaint_of("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
              HasSubstr("no public key"));
}

TEST(Keyring, W7_of_two_keys_in_one_file_neither_is_taken) {
  const auto other = make_ec("P-256");
  for (const auto& two : {rsa_pair().open + other.open, ec_pair().open + "\n" + ec_pair().open,
                          "# old\n" + rsa_pair().open + "# new\n" + rsa_pair().open})
    EXPECT_THAT(complaint_of(two), HasSubstr("the-key: there are 2 PEM blocks in it"));
  EXPECT_EQ(complaint_of("# the only one\n" + other.open + "# and that is all\n"), "");
}

TEST(Keyring, W7_a_reload_can_take_other_files_and_other_settings) {
  const temporary_file old_tokens{tokens_of_bob};
  const temporary_file new_tokens{"[[token]]\ntoken = \"of-eve\"\nclient = \"eve\"\n"};
  keyring ring{{.tokens_file = old_tokens.path()}};
  EXPECT_EQ(ring.reload({.tokens_file = new_tokens.path(), .default_rights = "{}"}), std::nullopt);
  EXPECT_EQ(client_of(ring, "of.bob.x"), "");
  const auto eve = *ring.identify("of-eve", instant{0});
  EXPECT_EQ(eve.client, "eve");
  ASSERT_NE(eve.rights, nullptr);
  EXPECT_FALSE(eve.rights->may_put("eve"));
}

TEST(Keyring, W7_private_and_weak_keys_are_refused) {
  EXPECT_THAT(complaint_of(rsa_pair().secret), HasSubstr("private key"));
  EXPECT_THAT(complaint_of(ec_pair().secret), HasSubstr("private key"));
  EXPECT_THAT(complaint_of(make_rsa(1024).open), HasSubstr("2048"));
  EXPECT_THAT(complaint_of(make_ec("P-384").open), HasSubstr("P-256"));
  EXPECT_THAT(complaint_of(make_ec("secp256k1").open), HasSubstr("P-256"));
}

TEST(Keyring, W7_a_bad_signature_leaves_no_error_for_the_next_tls_socket) {
  const auto reader = reader_for(rs256);
  auto token = good_token({{"sub", "ann"}, {"exp", 1}}, rs256);
  token[token.size() - 20] = token[token.size() - 20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(reader.identify(token, instant{0}));
  EXPECT_EQ(ERR_peek_error(), 0UL);
}

} // namespace restante::serve
