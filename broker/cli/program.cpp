#include "restante/broker/cli/program.hpp"

#include "restante/broker/cli/printing.hpp"
#include "restante/broker/server/nearest.hpp"

#include <algorithm>
#include <iostream>
#include <unistd.h>
#include <vector>

namespace restante::cli {

namespace {

/// The innermost command that was being parsed, or the program itself.
const CLI::App* innermost(const CLI::App& app) {
  const auto* found = &app;
  for (auto inside = found->get_subcommands(); !inside.empty(); inside = found->get_subcommands())
    found = inside.back();
  return found;
}

/// ` topic watch`; empty for the program itself.
std::string path_of(const CLI::App& app) {
  const auto* parent = app.get_parent();
  return parent == nullptr ? std::string{} : path_of(*parent) + " " + app.get_name();
}

std::string hint_of(const CLI::App& app) {
  return "see restante" + path_of(app) + " --help";
}

/// `topic watch: `, the beginning of an error line.
std::string prefix_of(const CLI::App& app) {
  const auto path = path_of(app);
  return path.empty() ? path : path.substr(1) + ": ";
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
  if (word.starts_with("-")) {
    const auto flag = word.substr(0, word.find('='));
    return prefix_of(at) + "there is no flag " + printable(flag) + "; the nearest is " +
           serve::nearest(flag, flags_of(at)) + "; a text that begins with - goes behind --";
  }
  const auto commands = commands_of(at);
  if (commands.empty())
    return prefix_of(at) + "nothing is expected of '" + printable(word) +
           "'; a text with blanks needs quotes";
  return prefix_of(at) + "there is no command " + printable(word) + "; the nearest is " +
         serve::nearest(word, commands);
}

/// The message of CLI11 in one line.
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
    return prefix_of(*at) + "a command is needed; " + hint_of(*at);
  return prefix_of(*at) + one_line(why.what()) + "; " + hint_of(*at);
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
  } catch (const std::exception& failed) { // out of memory or threads
    to.complain(one_line(failed.what()));
    return static_cast<int>(exit_code::failed);
  }
}

} // namespace restante::cli
