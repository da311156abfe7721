// The program: `serve` is a broker for the network, `demo` plays a script, and the rest of
// broker/cli speaks to a broker or helps to run one.

#include "restante/broker/api/version.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/demo/play.hpp"
#include "restante/broker/cli/program.hpp"
#include "restante/broker/log/patient_stream.hpp"
#include "restante/broker/server/command_line.hpp"
#include "restante/broker/server/serve.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <unistd.h>

namespace {

constexpr auto demo_examples = R"(Examples:
  restante demo --virtual examples/sessions/chat.jsonl
  echo '{"op":"notify.put","to":"bob","pack":"call me"}' | restante demo
  restante demo --seed 7 --no-end script.jsonl

A script is one JSON object per line, and so is what comes out.

Exit status: 0 when the script was carried out, whatever its answers; 2 when it could not
be read.)";

constexpr auto serve_examples = R"(Examples:
  restante serve
  restante serve --config /etc/restante/restante.toml
  restante serve --data-dir /var/lib/restante
  RESTANTE_LOG_FORMAT=json restante serve --listen 0.0.0.0:7467 --tokens-file tokens.toml
  restante serve --config restante.toml --print-config     # what is in force, and where it is from
  restante default-config > restante.toml

Each setting is a flag (--io-threads), a variable (RESTANTE_IO_THREADS) and a key of the file
(io_threads); the flag counts most, the file least. SIGHUP reads settings, tokens, keys and
certificates again; the log says which settings need a restart. SIGTERM finishes accepted work and stops; a second one stops at once.

Exit status: 0 when it was told to stop; 1 when it could not listen, or cannot use its
data directory now; 2 when a setting is wrong, or the directory will be no better next time.)";

int serve(const restante::serve::command_line& line) {
  // A broker must be able to start and end even when its output has no reader.
  restante::logging::patient_stream out{STDOUT_FILENO};
  restante::logging::patient_stream err{STDERR_FILENO};
  try {
    if (const auto text = line.printed(environ)) {
      std::cout << *text;
      return restante::serve::ended_well;
    }
    return restante::serve::serve([&line] { return line.settings(environ); }, out, err);
  } catch (const restante::serve::settings_error& wrong) {
    err << "restante: " << wrong.what() << '\n';
    return restante::serve::bad_settings;
  }
}

void add_serve(CLI::App& app, restante::cli::chosen_command& chosen) {
  auto* command = app.add_subcommand("serve", "Serve clients over WebSocket and HTTP");
  command->footer(serve_examples);
  auto line = std::make_shared<restante::serve::command_line>(*command);
  command->callback(
      [&chosen, line] { chosen = [line](restante::cli::screen&) { return serve(*line); }; });
}

void add_demo(CLI::App& app, restante::cli::chosen_command& chosen) {
  auto* command = app.add_subcommand("demo", "Play a script to a broker of its own");
  command->footer(demo_examples);
  auto how = std::make_shared<restante::demo::play_options>();
  command->add_option("FILE", how->file, "The script; - is standard input")->capture_default_str();
  command->add_flag("--virtual", how->is_virtual, "Let time pass as fast as it goes");
  command->add_option("--seed", how->seed, "Draws the random bits and the schedule")
      ->capture_default_str();
  command->add_flag("--no-end", how->no_end, "Stop in silence, without disconnecting everybody");
  command->add_flag("--json")->description("What it prints is JSON, with this or without it");
  command->callback([&chosen, how] {
    chosen = [how](restante::cli::screen&) {
      return restante::demo::play(*how, std::cin, std::cout, std::cerr);
    };
  });
}

/// A file that is opened while a standard descriptor is closed would get that descriptor's number,
/// and would then receive everything that is printed. So the closed ones are filled first. They are
/// read-only: writing to a closed standard output still fails, so `listen` does not acknowledge a
/// notification that it could not print.
void fill_standard_files() {
  int made = 0;
  do {
    made = ::open("/dev/null", O_RDONLY);
  } while (made >= 0 && made <= STDERR_FILENO);
  if (made > STDERR_FILENO)
    ::close(made);
}

} // namespace

int main(int argc, char** argv) {
  fill_standard_files();
  // A closed pipe ends the output as an error of the write, not as a signal.
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);

  CLI::App app{"Restante: keeps notifications for clients that are away, and ephemeral state for "
               "as long as its owner is connected.",
               "restante"};
  app.set_version_flag("--version", "restante " + std::string{restante::version});
  app.require_subcommand(1);
  app.footer(restante::cli::help_footer());

  restante::cli::chosen_command chosen;
  add_serve(app, chosen);
  add_demo(app, chosen);
  restante::cli::add_client_commands(app, chosen);
  restante::cli::add_operator_commands(app, chosen);
  return restante::cli::run(app, chosen, argc, argv);
}
