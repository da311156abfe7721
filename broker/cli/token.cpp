// `restante token make` and `token check`: make and check JWTs for a broker, without a broker.

#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/token_text.hpp"
#include "restante/broker/server/jwt.hpp"
#include "restante/broker/server/jwt_signing.hpp"
#include "restante/broker/server/tokens_file.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>

namespace restante::cli {

namespace {

constexpr auto make_examples = R"(Examples:
  head -c 32 /dev/urandom | base64 > jwt.key         # restante serve --jwt-key-file jwt.key
  restante token make --key-file jwt.key --client ann --ns acme --expires 86400
  restante token make --key-file jwt.key --client bob --rights '{"put":["ann"],"read":["room/*"]}'
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out jwt.pem
  restante token make --key-file jwt.pem --server --expires 600
  restante token make --key-file jwt.pem --metrics --expires 31536000 > metrics.token

The key is a secret of 32 bytes or more, or a private RSA or P-256 key as PEM; that decides
the algorithm. Rights are those of docs/operations.md; without --rights all that a client may.)";

constexpr auto check_examples = R"(Examples:
  restante token check --key-file jwt.key "$TOKEN"
  restante token make --key-file jwt.key --client ann | restante token check --key-file jwt.key -

The key is the one that the broker checks with: the secret, or the public key as PEM. Prints
who it is; the exit status is 5 when it is nobody.)";

constexpr std::size_t key_bytes_max = 65'536;

struct token_flags {
  std::string key_file;
  std::string client;
  std::string ns;
  std::string rights;
  bool is_server = false;
  bool is_for_metrics = false;
  double expires = 3600;
  std::string algorithm;
  std::string issuer;
  std::string audience;
  double leeway = 0;
  std::string token;
  bool json = false;
};

instant wall_time() {
  return {std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

nlohmann::ordered_json claims_of(const token_flags& how, instant now) {
  nlohmann::ordered_json claims;
  if (how.is_server)
    claims["server"] = true;
  else if (how.is_for_metrics)
    claims["metrics"] = true;
  else
    claims["sub"] = how.client;
  if (!how.ns.empty())
    claims["ns"] = how.ns;
  if (!how.issuer.empty())
    claims["iss"] = how.issuer;
  if (!how.audience.empty())
    claims["aud"] = how.audience;
  if (!how.rights.empty()) {
    claims["rights"] = nlohmann::ordered_json::parse(how.rights, nullptr, false);
    if (claims["rights"].is_discarded())
      throw bad_usage("--rights is not JSON");
  }
  const auto seconds = now.milliseconds() / 1000;
  claims["iat"] = seconds;
  claims["exp"] = seconds + static_cast<std::int64_t>(std::ceil(how.expires));
  return claims;
}

exit_code make(const token_flags& how, screen& to) {
  if ((how.client.empty() ? 0 : 1) + (how.is_server ? 1 : 0) + (how.is_for_metrics ? 1 : 0) != 1)
    throw bad_usage("a token is for --client NAME, for --server or for --metrics, one of them");
  try {
    const auto key = serve::signing_key::read(text_in(how.key_file, key_bytes_max), how.key_file);
    const auto name = std::string{to_string(key.algorithm())};
    if (!how.algorithm.empty() && how.algorithm != name)
      throw bad_usage(how.key_file + ": the key is for " + name + ", not " + how.algorithm);
    const auto now = wall_time();
    const auto claims = claims_of(how, now);
    if (const auto wrong = serve::fault_of(claims.dump(), now))
      throw bad_usage("no broker would take it: " + *wrong);
    const auto token = key.token(claims.dump());
    to.result(how.json ? nlohmann::ordered_json{{"token", token}, {"claims", claims}}.dump()
                       : token);
  } catch (const command_failed&) {
    throw;
  } catch (const std::exception& wrong) {
    throw bad_usage(wrong.what());
  }
  return exit_code::done;
}

serve::jwt_reader reader_of(const token_flags& how) {
  serve::auth_settings with;
  with.jwt_key_file = how.key_file;
  with.jwt_issuer = how.issuer;
  with.jwt_audience = how.audience;
  with.jwt_leeway = milliseconds_of(how.leeway);
  try {
    return {serve::jwt_key::read(text_in(how.key_file, key_bytes_max), how.key_file), with};
  } catch (const command_failed&) {
    throw;
  } catch (const std::exception& wrong) {
    throw bad_usage(wrong.what());
  }
}

exit_code check(const token_flags& how, screen& to) {
  const auto reader = reader_of(how);
  const auto token = how.token == "-" ? text_in("-", serve::token_bytes_max + 1) : how.token;
  const auto who = reader.identify(token, wall_time());
  if (const auto* wrong = who.why())
    throw failure_at({}, *wrong, duration{0});
  const auto& known = *who;
  const auto rights = rights_in(token);
  if (how.json)
    to.result(identity_json(known, rights));
  else
    to.result(identity_text(known, rights));
  return exit_code::done;
}

CLI::App* add(CLI::App& family, const char* name, const char* about, const char* examples,
              token_flags& how) {
  auto* command = family.add_subcommand(name, about);
  command->footer(examples);
  command->add_option("--key-file", how.key_file, "Where the key is")
      ->type_name("FILE")
      ->required();
  command->add_option("--issuer", how.issuer, "Its iss")->type_name("TEXT");
  command->add_option("--audience", how.audience, "Its aud")->type_name("TEXT");
  add_json_flag(*command, how.json);
  return command;
}

void add_make(CLI::App& family, chosen_command& chosen) {
  auto how = std::make_shared<token_flags>();
  auto* command = add(family, "make", "Print a signed token", make_examples, *how);
  command->add_option("--client", how->client, "Whom it makes its bearer")->type_name("NAME");
  command->add_option("--ns", how->ns, "In which namespace")->type_name("NAME");
  command->add_flag("--server", how->is_server, "For the operator, who may do everything");
  command->add_flag("--metrics", how->is_for_metrics,
                    "For a scraper, who may only read /metrics and /v1/stats");
  command->add_option("--rights", how->rights, "What the client may do, as JSON")
      ->type_name("JSON");
  command->add_option("--expires", how->expires, "How long it is good for [3600]")
      ->type_name("SECONDS")
      ->check(seconds_from(1));
  command->add_option("--algorithm", how->algorithm, "HS256, RS256 or ES256; must fit the key")
      ->type_name("NAME")
      ->check(CLI::IsMember({"HS256", "RS256", "ES256"}));
  choose(*command, chosen, how, &make);
}

} // namespace

void add_token(CLI::App& app, chosen_command& chosen) {
  auto* family = app.add_subcommand("token", "Make and check JWTs");
  family->require_subcommand(1);
  add_make(*family, chosen);
  auto how = std::make_shared<token_flags>();
  auto* command = add(*family, "check", "Say whose a token is", check_examples, *how);
  command->add_option("TOKEN", how->token, "The token; - is standard input")
      ->type_name("TEXT")
      ->required();
  command->add_option("--leeway", how->leeway, "How far clocks may differ [0]")
      ->type_name("SECONDS")
      ->check(seconds_from(0));
  choose(*command, chosen, how, &check);
}

} // namespace restante::cli
