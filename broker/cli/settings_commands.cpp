// `restante check-config` and `restante default-config`: the settings of `serve`, without starting
// it.

#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/server/check_files.hpp"
#include "restante/broker/server/command_line.hpp"
#include "restante/broker/server/setting_texts.hpp"
#include "restante/messages/json/writer.hpp"

#include <unistd.h>

namespace restante::cli {

namespace {

constexpr auto check_examples = R"(Examples:
  restante check-config
  restante check-config /etc/restante/restante.toml
  RESTANTE_LISTEN=0.0.0.0:7467 restante check-config restante.toml --max-sockets 1000

Reads the file, the environment and the flags as serve does, and the tokens, keys and
certificates that they name; and looks whether log file, data directory and address can be used by
the user that runs it. Prints ok; or one line on standard error, with the exit status 2.)";

constexpr auto default_examples = R"(Examples:
  restante default-config > restante.toml
  restante default-config --json | jq .ping_interval_ms)";

struct check_flags {
  explicit check_flags(CLI::App& app) : line{app} {}

  serve::command_line line;
  std::string file;
  bool json = false;
};

exit_code check(const check_flags& how, screen& to) {
  try {
    const auto read = how.line.settings(environ, how.file);
    if (const auto wrong = serve::fault_in_files(read))
      throw bad_usage(*wrong);
    if (const auto wrong = serve::fault_in_places(read))
      throw bad_usage(*wrong);
  } catch (const serve::settings_error& wrong) {
    throw bad_usage(wrong.what());
  }
  to.result(how.json ? R"({"ok":true})" : "ok");
  return exit_code::done;
}

/// TOML writes these values in the form of JSON.
std::string defaults_as_json() {
  json::writer out;
  for (const auto& what : serve::settings_table())
    out.raw(what.name, serve::toml_value(what, {}));
  return std::move(out).object();
}

} // namespace

void add_settings(CLI::App& app, chosen_command& chosen) {
  auto* checks = app.add_subcommand("check-config", "Say whether serve would take its settings");
  checks->footer(check_examples);
  auto how = std::make_shared<check_flags>(*checks);
  checks->add_option("FILE", how->file, "The file, instead of --config and RESTANTE_CONFIG")
      ->type_name("TEXT");
  add_json_flag(*checks, how->json);
  choose(*checks, chosen, how, &check);

  auto is_json = std::make_shared<bool>(false);
  auto* prints = app.add_subcommand("default-config", "Print every setting of serve");
  prints->footer(default_examples);
  add_json_flag(*prints, *is_json);
  choose(*prints, chosen, is_json, [](bool json, screen& to) {
    if (json)
      to.result(defaults_as_json());
    else
      to.result_text(serve::default_config());
    return exit_code::done;
  });
}

} // namespace restante::cli
