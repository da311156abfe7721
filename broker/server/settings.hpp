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

/// Everything `restante serve` is told, with its defaults.
struct serve_settings {
  /// HOST:PORT as it was given; `network.address` and `network.port` follow from it.
  std::string listen = "127.0.0.1:7467";

  options broker;                   ///< without `log`
  gateway::gateway_options network; ///< without `tokens` and `log`

  /// For CAF programs of a network that is trusted; port 0 is off.
  node_options node{.port = 0};
  auth_settings auth;
  log_settings log;

  /// Where each setting that is not left at its default was given: `--threads`,
  /// `RESTANTE_THREADS`, `restante.toml:7`.
  std::map<std::string, std::string, std::less<>> origins{};

  bool is_given(std::string_view name) const { return origins.contains(name); }
};

/// What is wrong with a setting, as one line for the operator that says which value of
/// which setting it is, where it stands and what is allowed.
class settings_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where a setting is kept; its type is the kind of the setting.
using setting_target =
    std::variant<std::string*, std::vector<std::string>*, bool*, std::uint16_t*, std::uint32_t*,
                 std::uint64_t*, std::chrono::milliseconds*, duration*, cap_policy*>;

/// What SIGHUP does with a new value.
enum class on_reload {
  restart, ///< nothing: the log says that a restart is needed
  taken,   ///< it counts from then on
};

/// One row of the table. From its name follow the key in the file (`drain_timeout_ms`), the
/// variable (`RESTANTE_DRAIN_TIMEOUT_MS`) and the flag (`--drain-timeout-ms`); its default is
/// what a new `serve_settings` has there.
struct setting {
  std::string_view name;
  std::string_view help; ///< one line, without a full stop
  setting_target (*target)(serve_settings&);

  // Bounds of a number, both included; durations count milliseconds.
  std::uint64_t least = 0;
  std::uint64_t most = 0;

  /// What a text, or each item of a list, must be one of; empty: anything. A policy has some.
  std::vector<std::string_view> choices{};

  /// Heading of the settings from here on; empty: that of the one before.
  std::string_view group{};

  on_reload at_reload = on_reload::restart;

  /// What a text must be, in words, and whether it is; null: any text.
  std::string_view form{};
  bool (*fits)(const std::string& text) = nullptr;
};

/// All settings, in the order in which people are shown them.
const std::vector<setting>& settings_table();

/// The row with that name, or null.
const setting* find_setting(std::string_view name);

std::string flag_of(const setting& what);
std::string variable_of(const setting& what);

/// A value as somebody gave it.
struct given_value {
  const setting* what = nullptr;
  std::vector<std::string> texts; ///< one, but of a list any number
  std::string origin;             ///< `--threads`, `RESTANTE_THREADS`, `restante.toml:7`
};

/// Puts a value where it belongs. Throws settings_error.
void assign(serve_settings& into, const given_value& from);

/// What is allowed, for people: `a whole number from 1 to 64`.
std::string allowed(const setting& what);

/// The value as TOML.
std::string toml_value(const setting& what, serve_settings from);

/// Sets all that is given, what stands later over what stands earlier, and checks what goes
/// together. Throws settings_error.
serve_settings settle(std::span<const given_value> values);

} // namespace restante::serve
