#include "restante/broker/cli/program.hpp"

#include "restante/broker/cli/printing.hpp"
#include "restante/broker/serve/nearest.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>
#include <vector>

namespace restante::cli {

namespace {

/// The command that was being parsed, or the program.
const CLI::App* innermost(const CLI::App& app) {
  const auto* found = &app;
  for (auto inside = found->get_subcommands(); !inside.empty();
       inside = found->get_subcommands())
    found = inside.back();
  return found;
}

std::string full_name(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? "restante" : full_name(*parent) + " " + app.get_name();
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* one : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames())
      names.push_back("--" + name);
  }
  return names;
}

std::string about_extra(const CLI::App& at, const std::string& word) {
  const auto name = full_name(at);
  if (word.starts_with("-")) {
    const auto flag = word.substr(0, word.find('='));
    return name + " has no flag " + printable(flag) + "; the nearest is " +
           serve::nearest(flag, flags_of(at)) + " (what begins with - and is no flag goes behind --)";
  }
  const auto commands = commands_of(at);
  if (commands.empty())
    return name + " expects nothing of '" + printable(word) + "'; is a text without quotes?";
  return name + " has no command " + printable(word) + "; the nearest is " +
         serve::nearest(word, commands);
}

/// What CLI11 says, in one line.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return printable(text);
}

int complain(screen& to, const command_failed& failed) {
  to.complain(failed.what());
  return static_cast<int>(failed.code());
}

} // namespace

std::string help_footer() {
  std::string text = "Each command has a --help with examples.\n\nExit status:\n";
  for (const auto& row : exit_table())
    text += "  " + std::to_string(static_cast<int>(row.code)) + "  " + std::string{row.text} + "\n";
  return text + R"(
Environment:
  RESTANTE_URL    the broker that commands speak to, ws://127.0.0.1:7467 without it
  RESTANTE_TOKEN  says who they are
  NO_COLOR        no colours on a terminal; in a pipe there are none
  RESTANTE_...    the settings of serve, see restante serve --help)";
}

std::string complaint_of(const CLI::App& app, const CLI::ParseError& why) {
  const auto* at = innermost(app);
  const auto extra = at->remaining();
  if (!extra.empty() && !at->get_allow_extras())
    return about_extra(*at, extra.front());
  if (!at->get_subcommands([](const CLI::App*) { return true; }).empty())
    return full_name(*at) + " needs a command; see " + full_name(*at) + " --help";
  return full_name(*at) + ": " + one_line(why.what()) + "; see " + full_name(*at) + " --help";
}

int run(CLI::App& app, const chosen_command& chosen, int argc, const char* const* argv) {
  screen to{std::cout, std::cerr, {wants_colours(STDOUT_FILENO), wants_colours(STDERR_FILENO)}};
  try {
    app.parse(argc, argv);
    return chosen(to);
  } catch (const CLI::ParseError& said) {
    if (said.get_exit_code() == 0)
      return app.exit(said, std::cout, std::cerr);
    to.complain(complaint_of(app, said));
    return static_cast<int>(exit_code::usage);
  } catch (const command_failed& failed) {
    return complain(to, failed);
  } catch (const std::exception& failed) { // no memory, no threads
    to.complain(one_line(failed.what()));
    return static_cast<int>(exit_code::failed);
  }
}

} // namespace restante::cli
