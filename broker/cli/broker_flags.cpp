#include "restante/broker/cli/broker_flags.hpp"

#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/server/tokens_file.hpp"
#include "restante/clients/cpp/broker_url.hpp"
#include "restante/messages/ids.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace restante::cli {

namespace {

constexpr const char* default_url = "ws://127.0.0.1:7467";

/// About thirty years: a larger value must be a mistake.
constexpr double seconds_max = 1e9;

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string{} : text;
}

std::string url_of(const broker_flags& how) {
  if (!how.url.empty())
    return how.url;
  const auto given = variable("RESTANTE_URL");
  return given.empty() ? default_url : given;
}

std::string token_of(const broker_flags& how) {
  if (!how.token.empty())
    return how.token;
  if (how.token_file.empty())
    return variable("RESTANTE_TOKEN");
  auto token = text_in(how.token_file, serve::token_bytes_max);
  if (token.empty())
    throw bad_usage(how.token_file + ": there is no token in it");
  return token;
}

} // namespace

void add_json_flag(CLI::App& app, bool& into) {
  app.add_flag("--json", into, "Print JSON, one object a line");
}

void add_broker_flags(CLI::App& app, broker_flags& into) {
  const auto group = "Broker";
  app.add_option("--url", into.url,
                 "ws://, wss:// or caf://HOST:PORT [RESTANTE_URL, else " +
                     std::string{default_url} + "]")
      ->type_name("URL")
      ->check(not_empty())
      ->group(group);
  auto* token = app.add_option("--token", into.token, "Says who you are [RESTANTE_TOKEN]")
                    ->type_name("TEXT")
                    ->check(not_empty())
                    ->group(group);
  app.add_option("--token-file", into.token_file, "File with the token; - is standard input")
      ->type_name("FILE")
      ->check(not_empty())
      ->excludes(token)
      ->group(group);
  app.add_option("--ca-file", into.ca_file, "PEM file with those who may vouch for a wss broker")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(group);
  app.add_option("--ns", into.ns, "Namespace, where no token says it")
      ->type_name("NAME")
      ->group(group);
  add_json_flag(app, into.json);
}

void add_timeout_flag(CLI::App& app, broker_flags& into) {
  app.add_option("--timeout", into.timeout, "How long the broker has to answer [10]")
      ->type_name("SECONDS")
      ->check(seconds_from(0.001))
      ->group("Broker");
}

void add_as_flag(CLI::App& app, broker_flags& into, const std::string& help) {
  app.add_option("--as", into.as, help)->type_name("CLIENT")->check(not_empty())->group("Broker");
}

CLI::Validator not_empty() {
  const auto check = [](std::string& text) -> std::string {
    return text.empty() ? "it must not be empty" : "";
  };
  return CLI::Validator{check, "", "text"};
}

CLI::Validator seconds_from(double least) {
  const auto check = [least](std::string& text) -> std::string {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0' && std::isfinite(value) && value >= least &&
        value <= seconds_max)
      return {};
    std::array<char, 64> bound{};
    std::snprintf(bound.data(), bound.size(), "%g", least);
    return "'" + text + "' is not a number of seconds of " + bound.data() + " or more";
  };
  return CLI::Validator{check, "", "seconds"};
}

CLI::Validator a_trace() {
  const auto check = [](std::string& text) -> std::string {
    if (trace_of(text))
      return {};
    return "'" + text + "' is not a trace, which is 32 of the characters 0-9a-f";
  };
  return CLI::Validator{check, "", "trace"};
}

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds{std::llround(seconds * 1000)};
}

remote_options remote_options_of(const broker_flags& how) {
  remote_options made;
  made.url = url_of(how);
  made.token = token_of(how);
  made.ca_file = how.ca_file;
  made.give_up_after = std::chrono::milliseconds{0};
  made.connect_timeout = milliseconds_of(how.timeout);
  made.operation_deadline = made.connect_timeout;
  made.close_timeout = std::min(made.close_timeout, made.connect_timeout);
  made.log = [](std::string_view) {}; // a command prints its one line of error itself
  return made;
}

patience patience_of(const broker_flags& how) {
  const auto read = remoting::broker_url_of(url_of(how));
  if (const auto* wrong = read.why())
    throw bad_usage(wrong->text());
  return {read->authority(), milliseconds_of(how.timeout)};
}

std::string made_up_client(const std::string& prefix) {
  std::random_device draw;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x", draw(), draw());
  return prefix + text.data();
}

} // namespace restante::cli
