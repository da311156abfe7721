#pragma once

#include "restante/broker/api/options.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/node/node.hpp"
#include "restante/broker/server/auth_settings.hpp"
#include "restante/broker/server/log_settings.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace restante::serve {

/// All settings of `restante serve`, with their defaults.
struct serve_settings {
  /// HOST:PORT as given by the operator; `network.address` and `network.port` follow from it.
  std::string listen = "127.0.0.1:7467";

  options broker;                   ///< without `log`
  gateway::gateway_options network; ///< without `tokens` and `log`

  /// For CAF programs in a trusted network; port 0: off.
  node_options node{.port = 0};
  auth_settings auth;
  log_settings log;

  /// The source of each setting that differs from its default: `--threads`, `RESTANTE_THREADS`,
  /// `restante.toml:7`.
  std::map<std::string, std::string, std::less<>> origins{};

  bool is_given(std::string_view name) const { return origins.contains(name); }
};

/// What is wrong with a setting, as one line for the operator: the value and its setting, its
/// source, and the allowed values.
class settings_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The member that holds a setting. Its type is the type of the setting.
using setting_target =
    std::variant<std::string*, std::vector<std::string>*, bool*, std::uint16_t*, std::uint32_t*,
                 std::uint64_t*, std::chrono::milliseconds*, duration*, cap_policy*>;

/// How SIGHUP applies a new value.
enum class on_reload {
  restart, ///< nothing: the log says that a restart is needed
  taken,   ///< applies from then on
};

/// One row of the table. The key in the file (`drain_timeout_ms`), the variable
/// (`RESTANTE_DRAIN_TIMEOUT_MS`) and the flag (`--drain-timeout-ms`) follow from its name. Its
/// default is the value in a new `serve_settings`.
struct setting {
  std::string_view name;
  std::string_view help; ///< one line, without a full stop
  setting_target (*target)(serve_settings&);

  // Bounds of a number, both included; durations count milliseconds.
  std::uint64_t least = 0;
  std::uint64_t most = 0;

  /// The allowed values of a text or of each item of a list; empty: any text. A policy has a fixed
  /// set.
  std::vector<std::string_view> choices{};

  /// The heading for this setting and the following ones; empty: the heading of the previous row.
  std::string_view group{};

  on_reload at_reload = on_reload::restart;

  /// The required form of a text in words, and the check for it; null: any text.
  std::string_view form{};
  bool (*fits)(const std::string& text) = nullptr;
};

/// All settings, in the order of display.
const std::vector<setting>& settings_table();

/// The row with that name, or null.
const setting* find_setting(std::string_view name);

std::string flag_of(const setting& what);
std::string variable_of(const setting& what);

/// A value as given in one of the sources.
struct given_value {
  const setting* what = nullptr;
  std::vector<std::string> texts; ///< one text; for a list any number
  std::string origin;             ///< `--threads`, `RESTANTE_THREADS`, `restante.toml:7`
};

/// Stores a value in its member. Throws settings_error.
void assign(serve_settings& into, const given_value& from);

/// The allowed values in words: `a whole number from 1 to 64`.
std::string allowed(const setting& what);

/// The value as TOML.
std::string toml_value(const setting& what, serve_settings from);

/// Applies all given values, later ones over earlier ones, and checks combinations of settings.
/// Throws settings_error.
serve_settings settle(std::span<const given_value> values);

} // namespace restante::serve
