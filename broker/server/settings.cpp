#include "restante/broker/server/settings.hpp"

#include "restante/broker/server/listen.hpp"
#include "restante/broker/server/rights_json.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <limits>

namespace restante::serve {

namespace {

using at = serve_settings;

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t tebibyte = mebibyte * 1024 * 1024;
constexpr std::uint64_t u32_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t minute_ms = 60'000;
constexpr std::uint64_t hour_ms = 60 * minute_ms;
constexpr std::uint64_t ten_years_ms = 24 * hour_ms * 3653;
constexpr std::uint64_t lease_max_ms =
    std::chrono::duration_cast<std::chrono::milliseconds>(lease_max).count();

std::vector<setting> network_settings() {
  return {
      {.name = "listen",
       .help = "Where to listen; port 0 takes a free one, localhost is 127.0.0.1 and ::1",
       .target = [](at& s) -> setting_target { return &s.listen; },
       .group = "Network",
       .form = "IP:PORT, [IPv6]:PORT or localhost:PORT",
       .fits = [](const std::string& text) { return listen_endpoint_of(text).has_value(); }},
      {.name = "insecure",
       .help = "Listen on other addresses than loopback though nobody has to say who they are",
       .target = [](at& s) -> setting_target { return &s.network.insecure; }},
      {.name = "tls_cert",
       .help = "PEM file with the certificate chain; read again on SIGHUP",
       .target = [](at& s) -> setting_target { return &s.network.tls_cert; },
       .at_reload = on_reload::taken},
      {.name = "tls_key",
       .help = "PEM file with the certificate's private key; read again on SIGHUP",
       .target = [](at& s) -> setting_target { return &s.network.tls_key; },
       .at_reload = on_reload::taken},
      {.name = "allow_origin",
       .help = "Origins that web pages may connect from, beside the broker's own; * is any",
       .target = [](at& s) -> setting_target { return &s.network.allowed_origins; },
       .at_reload = on_reload::taken},
      {.name = "allow_host",
       .help = "Host names the broker may be asked by, beside its own; * is any",
       .target = [](at& s) -> setting_target { return &s.network.allowed_hosts; },
       .at_reload = on_reload::taken},
      {.name = "io_threads",
       .help = "Threads that serve the sockets",
       .target = [](at& s) -> setting_target { return &s.network.io_threads; },
       .least = 1,
       .most = 64},
      {.name = "max_sockets",
       .help = "Open sockets at once, HTTP ones too",
       .target = [](at& s) -> setting_target { return &s.network.sockets_max; },
       .least = 1,
       .most = 4'000'000,
       .at_reload = on_reload::taken},
      {.name = "max_connections",
       .help = "Connected clients at once; 0 is unlimited",
       .target = [](at& s) -> setting_target { return &s.broker.limits.connections; },
       .most = u32_max},
      {.name = "ping_interval_ms",
       .help = "Time between pings; a connection that is silent for 2.5 of them is lost",
       .target = [](at& s) -> setting_target { return &s.network.ping_interval; },
       .least = 100,
       .most = hour_ms},
      {.name = "handshake_timeout_ms",
       .help = "Time from an opened socket to its connect, or to the end of its HTTP request",
       .target = [](at& s) -> setting_target { return &s.network.handshake_timeout; },
       .least = 100,
       .most = hour_ms},
      {.name = "idle_timeout_ms",
       .help = "Time an HTTP socket may stay open between requests; more than the 60 s for which "
               "proxies "
               "keep one",
       .target = [](at& s) -> setting_target { return &s.network.idle_timeout; },
       .least = 100,
       .most = hour_ms},
      {.name = "write_timeout_ms",
       .help = "Time after which a socket that takes no byte of its output is closed",
       .target = [](at& s) -> setting_target { return &s.network.write_timeout; },
       .least = 100,
       .most = hour_ms},
  };
}

std::vector<setting> node_settings() {
  return {
      {.name = "node_port",
       .help = "Port for CAF programs in other processes; 0 is none",
       .target = [](at& s) -> setting_target { return &s.node.port; },
       .most = 65'535,
       .group = "CAF node"},
      {.name = "node_address",
       .help = "IP address to listen on for them",
       .target = [](at& s) -> setting_target { return &s.node.address; },
       .form = "an IP address or localhost",
       .fits = &is_address},
      {.name = "node_trusted_network",
       .help = "Listen for them on other addresses than loopback; any program that "
               "reaches that port can stop the broker",
       .target = [](at& s) -> setting_target { return &s.node.trusted_network; }},
  };
}

std::vector<setting> identity_settings() {
  return {
      {.name = "tokens_file",
       .help = "TOML file with static tokens; read again on SIGHUP",
       .target = [](at& s) -> setting_target { return &s.auth.tokens_file; },
       .group = "Identity",
       .at_reload = on_reload::taken},
      {.name = "jwt_key_file",
       .help = "Key that JWTs are checked with: a public key as PEM, or a secret of 32 bytes or "
               "more; read again on SIGHUP",
       .target = [](at& s) -> setting_target { return &s.auth.jwt_key_file; },
       .at_reload = on_reload::taken},
      {.name = "jwt_algorithms",
       .help = "Algorithms a JWT may use, as far as they fit the key",
       .target = [](at& s) -> setting_target { return &s.auth.jwt_algorithms; },
       .choices = {"HS256", "RS256", "ES256"},
       .at_reload = on_reload::taken},
      {.name = "jwt_issuer",
       .help = "What a JWT's iss must be; empty is any",
       .target = [](at& s) -> setting_target { return &s.auth.jwt_issuer; },
       .at_reload = on_reload::taken},
      {.name = "jwt_audience",
       .help = "What must be in a JWT's aud; empty is any",
       .target = [](at& s) -> setting_target { return &s.auth.jwt_audience; },
       .at_reload = on_reload::taken},
      {.name = "jwt_leeway_ms",
       .help = "How far the clock of a JWT's issuer may be off",
       .target = [](at& s) -> setting_target { return &s.auth.jwt_leeway; },
       .most = 10 * minute_ms,
       .at_reload = on_reload::taken},
      {.name = "default_rights",
       .help = "What clients may do whose token names no rights, as JSON such as "
               "{\"read\":[\"*\"]}, {} for "
               "nothing; empty is everything",
       .target = [](at& s) -> setting_target { return &s.auth.default_rights; },
       .at_reload = on_reload::taken,
       .form = "rights as JSON, or empty",
       .fits = &is_rights_setting},
  };
}

std::vector<setting> broker_settings() {
  return {
      {.name = "threads",
       .help = "Threads that run actors; 0 is one per core that io_threads leave, at least 1",
       .target = [](at& s) -> setting_target { return &s.broker.threads; },
       .most = 1024,
       .group = "Broker"},
      {.name = "data_dir",
       .help = "Directory where notifications are kept, made if need be; empty is in memory only",
       .target = [](at& s) -> setting_target { return &s.broker.data_directory; }},
      {.name = "slots",
       .help = "Hash slots for clients, and as many for topics; more let more cores work at once; "
               "a data directory that is there keeps to its own",
       .target = [](at& s) -> setting_target { return &s.broker.slots; },
       .least = 1,
       .most = 1024},
      {.name = "drain_timeout_ms",
       .help = "How long a stop waits for accepted work",
       .target = [](at& s) -> setting_target { return &s.broker.drain_timeout; },
       .most = hour_ms},
  };
}

std::vector<setting> limit_settings() {
  return {
      {.name = "queue_length",
       .help = "Undelivered notifications per client",
       .target = [](at& s) -> setting_target { return &s.broker.limits.queue_length; },
       .least = 1,
       .most = 1'000'000,
       .group = "Limits"},
      {.name = "at_cap",
       .help = "Which one goes at that bound, where a put does not say: the oldest that waits, or "
               "the new one",
       .target = [](at& s) -> setting_target { return &s.broker.limits.at_cap; },
       .choices = {"evict", "reject"}},
      {.name = "delivered_length",
       .help = "Delivered notifications kept per client for status and reply",
       .target = [](at& s) -> setting_target { return &s.broker.limits.delivered_length; },
       .most = 1'000'000},
      {.name = "ttl_default_ms",
       .help = "How long a notification lives when its put does not say",
       .target = [](at& s) -> setting_target { return &s.broker.limits.ttl_default; },
       .least = 1,
       .most = ten_years_ms},
      {.name = "lease_default_ms",
       .help = "How long an ephemeral key lives when its set does not say",
       .target = [](at& s) -> setting_target { return &s.broker.limits.lease_default; },
       .least = 1,
       .most = lease_max_ms},
      {.name = "keys_per_client",
       .help = "Ephemeral keys one client may own",
       .target = [](at& s) -> setting_target { return &s.broker.limits.keys_per_client; },
       .least = 1,
       .most = 1'000'000},
      {.name = "memory_bytes",
       .help = "Bytes of all that is kept, over the whole broker; unread output has a quarter more",
       .target = [](at& s) -> setting_target { return &s.broker.limits.memory_bytes; },
       .least = mebibyte,
       .most = 16 * tebibyte},
      {.name = "namespace_memory_bytes",
       .help = "The same within one namespace",
       .target = [](at& s) -> setting_target { return &s.broker.limits.namespace_memory_bytes; },
       .least = mebibyte,
       .most = 16 * tebibyte},
      {.name = "credit_operations",
       .help = "Operations of one connection under way at once; then its socket is not read",
       .target = [](at& s) -> setting_target { return &s.broker.limits.credit_operations; },
       .least = 1,
       .most = 65'536},
      {.name = "output_bytes",
       .help = "Output one connection may have waiting; then it misses events and is not read",
       .target = [](at& s) -> setting_target { return &s.broker.limits.output_bytes; },
       .least = 65'536,
       .most = 1024 * mebibyte},
      {.name = "journal_waiting_changes",
       .help = "Changes on their way to the journal at once; then puts are refused",
       .target = [](at& s) -> setting_target { return &s.broker.limits.journal_waiting_changes; },
       .least = 1,
       .most = 16'777'216},
      {.name = "journal_waiting_bytes",
       .help = "The same, in bytes",
       .target = [](at& s) -> setting_target { return &s.broker.limits.journal_waiting_bytes; },
       .least = mebibyte,
       .most = tebibyte},
      {.name = "clients_per_namespace",
       .help = "Clients that are connected or have something kept; 0 is unlimited",
       .target = [](at& s) -> setting_target { return &s.broker.limits.clients_per_namespace; },
       .most = u32_max},
      {.name = "topics_per_namespace",
       .help = "Topics with keys or subscribers; 0 is unlimited",
       .target = [](at& s) -> setting_target { return &s.broker.limits.topics_per_namespace; },
       .most = u32_max},
      {.name = "puts_per_second",
       .help = "Puts of one client connection per second; 0 is unlimited",
       .target = [](at& s) -> setting_target { return &s.broker.limits.puts_per_second; },
       .most = u32_max},
  };
}

std::vector<setting> log_rows() {
  return {
      {.name = "log_level",
       .help = "The least that is logged",
       .target = [](at& s) -> setting_target { return &s.log.level; },
       .choices = {"debug", "info", "warning", "error"},
       .group = "Log",
       .at_reload = on_reload::taken},
      {.name = "log_format",
       .help = "Lines for people, or one JSON object a line",
       .target = [](at& s) -> setting_target { return &s.log.format; },
       .choices = {"text", "json"}},
      {.name = "log_file",
       .help = "Where the log is appended, opened again on SIGHUP; empty is standard error",
       .target = [](at& s) -> setting_target { return &s.log.file; }},
  };
}

std::vector<setting> all_settings() {
  std::vector<setting> all;
  for (auto rows : {network_settings(), node_settings(), identity_settings(), broker_settings(),
                    limit_settings(), log_rows()})
    all.insert(all.end(), rows.begin(), rows.end());
  return all;
}

} // namespace

const std::vector<setting>& settings_table() {
  static const auto table = all_settings();
  return table;
}

const setting* find_setting(std::string_view name) {
  const auto& table = settings_table();
  const auto found = std::ranges::find(table, name, &setting::name);
  return found == table.end() ? nullptr : &*found;
}

std::string flag_of(const setting& what) {
  std::string flag{what.name};
  std::ranges::replace(flag, '_', '-');
  return "--" + flag;
}

std::string variable_of(const setting& what) {
  std::string variable{"RESTANTE_"};
  for (const char c : what.name)
    variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

} // namespace restante::serve
