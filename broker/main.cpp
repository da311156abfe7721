// The program: `restante demo` plays a script.

#include "restante/broker/demo/play.hpp"
#include "restante/broker/version.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>
#include <string>

namespace {

constexpr auto demo_help = R"(Plays a script: one JSON object per line in, one per line out.

Examples:
  restante demo --virtual examples/sessions/chat.jsonl
  echo '{"op":"notify.put","to":"bob","pack":"call me"}' | restante demo
  restante demo --seed 7 --no-end script.jsonl

Exit status: 0 when the script was carried out, whatever its answers; 2 when it could not
be read.)";

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN); // a reader that leaves ends the output, it is no accident
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);

  CLI::App app{"Restante: keeps notifications for clients that are away, and ephemeral state for "
               "as long as its owner is connected."};
  app.set_version_flag("--version", "restante " + std::string{restante::version});
  app.require_subcommand(1);

  restante::demo::play_options how;
  auto* demo = app.add_subcommand("demo", demo_help);
  demo->add_option("FILE", how.file, "The script; - is standard input")->capture_default_str();
  demo->add_flag("--virtual", how.is_virtual, "Let time pass as fast as it goes");
  demo->add_option("--seed", how.seed, "Draws the random bits and the schedule")
      ->capture_default_str();
  demo->add_flag("--no-end", how.no_end, "Stop in silence, without disconnecting everybody");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& said) {
    const int code = app.exit(said);
    return code == 0 ? 0 : 2;
  }
  return restante::demo::play(how, std::cin, std::cout, std::cerr);
}
