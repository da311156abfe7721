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
  /// Adds the flags to `app`, which keeps references to this object. An unknown flag is reported by
  /// `settings`, not while parsing.
  explicit command_line(CLI::App& app);

  command_line(const command_line&) = delete;
  command_line& operator=(const command_line&) = delete;

  /// What to print instead of serving: the settings in force for `--print-config`, the table of
  /// docs/operations.md for `--print-settings`. Nothing: serve. Throws settings_error.
  std::optional<std::string> printed(const char* const* variables) const;

  /// Combines all sources. A flag overrides a variable, a variable overrides the file, and the file
  /// overrides the default. `variables` has the form of `environ`. If `file` is not empty, it is
  /// read instead of the file that the flags or variables name. Throws settings_error.
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
