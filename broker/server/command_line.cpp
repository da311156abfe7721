#include "restante/broker/server/command_line.hpp"

#include "restante/broker/server/setting_sources.hpp"
#include "restante/broker/server/setting_texts.hpp"

namespace restante::serve {

namespace {

bool is_switch(const setting& what) {
  serve_settings any;
  return std::holds_alternative<bool*>(what.target(any));
}

bool is_list(const setting& what) {
  serve_settings any;
  return std::holds_alternative<std::vector<std::string>*>(what.target(any));
}

} // namespace

command_line::command_line(CLI::App& app) : app_{app} {
  app.allow_extras();
  app.add_option("--config", config_, "TOML file with settings (RESTANTE_CONFIG)")
      ->type_name("FILE");
  app.add_flag("--print-config", prints_config_,
               "Print the settings in force as a file, each with where it was given");
  app.add_flag("--print-settings", prints_table_, "Print the settings as a Markdown table");
  std::string group;
  for (const auto& what : settings_table()) {
    add(what);
    if (!what.group.empty())
      group = what.group;
    flags_.back().option->group(group);
  }
}

void command_line::add(const setting& what) {
  const std::string help{what.help};
  auto* option =
      is_switch(what) ? app_.add_flag(flag_of(what), help) : app_.add_option(flag_of(what), help);
  if (is_list(what))
    option->expected(1)->take_all()->type_name("TEXT,...");
  else if (!is_switch(what))
    option->expected(1)->type_name("[" + toml_value(what, {}) + "]");
  flags_.push_back({&what, option});
}

std::optional<std::string> command_line::printed(const char* const* variables) const {
  if (prints_config_)
    return config_in_force(settings(variables));
  if (prints_table_)
    return settings_markdown();
  return std::nullopt;
}

serve_settings command_line::settings(const char* const* variables, const std::string& file) const {
  if (const auto unknown = app_.remaining(); !unknown.empty())
    throw unknown_flag(unknown.front(),
                       {"--config", "--print-config", "--print-settings", "--help"});

  auto environment = read_environment(variables);
  const auto& named = config_.empty() ? environment.config : config_;
  const auto& read = file.empty() ? named : file;
  auto values = read.empty() ? std::vector<given_value>{} : read_file(read);
  values.insert(values.end(), environment.values.begin(), environment.values.end());
  for (const auto& flag : flags_) {
    if (flag.option->count() > 0)
      values.push_back(read_flag(*flag.what, flag.option->as<std::vector<std::string>>()));
  }
  return settle(values);
}

} // namespace restante::serve
