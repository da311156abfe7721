#pragma once

#include "restante/broker/server/settings.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace restante::serve {

/// The flags of `restante serve`, one per setting.
class command_line {
public:
  /// Adds them to `app`, which keeps references to this. Flags that nobody knows are no error
  /// of the parsing, but one of `settings`.
  explicit command_line(CLI::App& app);

  command_line(const command_line&) = delete;
  command_line& operator=(const command_line&) = delete;

  /// What is to be printed instead of serving: the settings in force for `--print-config`,
  /// the table of docs/operations.md for `--print-settings`. Throws settings_error.
  std::optional<std::string> printed(const char* const* variables) const;

  /// What all sources say together: a flag counts more than a variable, that more than the
  /// file, that more than the default. `variables` is as `environ`; `file`, unless it is empty,
  /// is read instead of the one that they name. Throws settings_error.
  serve_settings settings(const char* const* variables, const std::string& file = {}) const;

private:
  struct flag {
    const setting* what;
    CLI::Option* option;
  };

  void add(const setting& what);

  CLI::App& app_;
  std::vector<flag> flags_;
  std::string config_;
  bool prints_config_ = false;
  bool prints_table_ = false;
};

} // namespace restante::serve
