#include "restante/broker/server/serve.hpp"

#include "restante/broker/api/broker.hpp"
#include "restante/broker/api/version.hpp"
#include "restante/broker/gateway/gateway.hpp"
#include "restante/broker/server/check_files.hpp"
#include "restante/broker/server/journal_log.hpp"
#include "restante/broker/server/keyring.hpp"
#include "restante/broker/server/listen.hpp"
#include "restante/broker/server/logging.hpp"
#include "restante/broker/server/open_files.hpp"
#include "restante/broker/server/reload.hpp"
#include "restante/broker/server/service_state.hpp"
#include "restante/broker/server/signal_inbox.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <thread>

namespace restante::serve {

namespace {

using gateway::severity;

/// Objects that the broker and the gateway need in addition to the settings.
struct helpers {
  std::shared_ptr<line_log> log;
  std::shared_ptr<keyring> keys; ///< null: no proof of identity is needed
};

helpers helpers_of(const serve_settings& how) {
  helpers made;
  made.log = std::make_shared<line_log>(how.log);
  if (how.auth.is_needed())
    made.keys = std::make_shared<keyring>(how.auth);
  return made;
}

/// Checks early what would fail later, when the gateway and the node are created. Some other
/// failures may pass by the next start and are not checked here.
void expect_good(const serve_settings& how) {
  auto wrong = fault_in_ports(how);
  if (!wrong && (!how.network.tls_cert.empty() || !how.network.tls_key.empty()))
    wrong = fault_in_tls(how.network.tls_cert, how.network.tls_key);
  if (wrong)
    throw std::runtime_error{*wrong};
}

/// I/O threads use as much CPU time as actor threads. With more of both than cores, each message
/// waits until the system schedules a thread. Two actor threads beside one I/O thread halved the
/// rate of notifications on two cores.
std::size_t actor_threads(const serve_settings& how) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return cores > how.network.io_threads ? cores - how.network.io_threads : 1;
}

options broker_options(const serve_settings& how, const helpers& with) {
  auto made = how.broker;
  if (made.threads == 0)
    made.threads = actor_threads(how);
  made.log = broker_lines(with.log);
  made.events = with.log;
  if (!made.data_directory.empty())
    made.open_store = logged_opener(made.data_directory, with.log);
  return made;
}

gateway::gateway_options network_options(const serve_settings& how, const helpers& with) {
  auto made = how.network;
  made.sockets_max = sockets_within_open_files(how.network.sockets_max);
  made.tokens = with.keys;
  made.log = with.log;
  return made;
}

/// Warns of settings that are valid but may not be what the operator meant.
void warn_of_settings(const serve_settings& how, line_log& log) {
  const auto sockets = sockets_within_open_files(how.network.sockets_max);
  if (sockets < how.network.sockets_max && how.is_given("max_sockets"))
    log.write(severity::warning, "few_open_files",
              {{"allowed", raise_open_files()},
               {"wanted", how.network.sockets_max + other_files},
               {"sockets", sockets}});
  if (how.auth.takes_any_jwt())
    log.write(severity::warning, "jwt_unrestricted",
              {{"reason", "neither jwt_issuer nor jwt_audience is set: every JWT that the key has "
                          "signed is taken, whatever it was made for"}});
}

/// An actor system that other nodes can reach.
struct node_system {
  explicit node_system(const serve_settings& how) {
    configure(config, how.broker.threads != 0 ? how.broker.threads : actor_threads(how));
    configure_node(config, how.network.ping_interval);
    made = std::make_unique<caf::actor_system>(config);
    // The broker counts its own actors, and CAF's actors end with the system.
    made->await_actors_before_shutdown(false);
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> made;
};

/// A broker with its gateway and its node, and the reactions to signals.
class running {
public:
  running(serve_settings how, helpers with)
      : how_{std::move(how)}, with_{std::move(with)},
        system_{how_.node.port != 0 ? std::make_unique<node_system>(how_) : nullptr},
        broker_{system_ ? broker{*system_->made, broker_options(how_, with_)}
                        : broker{broker_options(how_, with_)}},
        gateway_{broker_, network_options(how_, with_)}, restoration_{with_.log} {
    if (system_)
      node_.emplace(broker_, how_.node);
  }

  void announce(std::ostream& out) const;

  /// Serves until the first SIGTERM or SIGINT. On SIGHUP, applies the settings that `read` returns.
  void serve_until_told(const signal_inbox& inbox, const settings_source& read);

  /// Stops everything; a second SIGTERM or SIGINT ends the wait for accepted work.
  void stop(const signal_inbox& inbox);

private:
  int next_signal(const signal_inbox& inbox);
  void reload(const settings_source& read);
  void take(const serve_settings& read);
  std::optional<std::string> reload_tls(const gateway::gateway_options& next);
  bool tell_outcome(std::string_view what, const std::optional<std::string>& wrong);

  serve_settings how_; ///< the settings in force
  helpers with_;
  std::unique_ptr<node_system> system_; ///< null: the broker makes one of its own
  broker broker_;
  gateway::gateway gateway_;
  std::optional<node> node_;
  restoration_log restoration_;
};

void running::announce(std::ostream& out) const {
  const listen_endpoint endpoint{how_.network.address, gateway_.port()};
  const bool is_tls = !how_.network.tls_cert.empty();
  out << "restante " << version << " listens on " << url(is_tls ? "wss" : "ws", endpoint, "/v1/ws")
      << " and " << url(is_tls ? "https" : "http", endpoint, "/");
  if (node_)
    out << " and " << url("caf", {how_.node.address, node_->port()}, "");
  out << '\n';
  const bool is_kept = !how_.broker.data_directory.empty();
  if (!is_kept)
    out << "notifications are kept in memory only, and go with this process: data_dir is not set\n";
  out << std::flush;
  with_.log->write(severity::info, "listening",
                   {{"address", endpoint.address},
                    {"port", endpoint.port},
                    {"tls", is_tls ? "yes" : "no"},
                    {"identity", with_.keys ? "token" : "none"},
                    {"kept_in", is_kept ? "disk" : "memory"},
                    {"max_sockets", sockets_within_open_files(how_.network.sockets_max)},
                    {"version", version}});
  if (node_)
    with_.log->write(severity::info, "node_listening",
                     {{"address", how_.node.address}, {"port", node_->port()}});
}

/// While the journal is being restored, this wakes up now and then to check the progress. The check
/// need not be frequent.
int running::next_signal(const signal_inbox& inbox) {
  constexpr std::chrono::milliseconds soon{20};
  // A damaged slot stays damaged, so later checks are rare.
  constexpr std::chrono::milliseconds seldom{2000};
  for (auto pause = soon; !restoration_.is_complete(broker_.stats());
       pause = std::min(2 * pause, seldom)) {
    if (const auto signal = inbox.next_within(pause))
      return *signal;
  }
  return inbox.next();
}

void running::serve_until_told(const signal_inbox& inbox, const settings_source& read) {
  tell_ready();
  for (;;) {
    switch (next_signal(inbox)) {
    case SIGHUP:
      tell_reloading();
      reload(read);
      tell_ready();
      break;
    case SIGTERM:
    case SIGINT:
      return;
    default:
      break;
    }
  }
}

/// Reports the outcome. Whether the step succeeded.
bool running::tell_outcome(std::string_view what, const std::optional<std::string>& wrong) {
  if (wrong)
    with_.log->write(severity::error, "reload_failed", {{"what", what}, {"reason", *wrong}});
  else
    with_.log->write(severity::info, "reloaded", {{"what", what}});
  return !wrong;
}

/// Reopens the log in any case: log rotation must work even when the settings are invalid.
void running::reload(const settings_source& read) {
  if (!how_.log.file.empty())
    tell_outcome("log", with_.log->reopen());
  try {
    take(read());
  } catch (const std::exception& wrong) { // a settings_error, or out of memory
    tell_outcome("settings", wrong.what());
  }
}

std::optional<std::string> running::reload_tls(const gateway::gateway_options& next) {
  if (auto wrong = fault_in_tls_files(next.tls_cert, next.tls_key))
    return wrong;
  return gateway_.reload_tls(next.tls_cert, next.tls_key);
}

/// When a file is invalid, the settings that name the file stay as they were.
void running::take(const serve_settings& read) {
  const auto change = change_between(how_, read);
  auto next = with_values(how_, read, change.taken);
  if (with_.keys && !tell_outcome("tokens", with_.keys->reload(next.auth)))
    next.auth = how_.auth;
  if (!how_.network.tls_cert.empty() && !tell_outcome("tls", reload_tls(next.network))) {
    next.network.tls_cert = how_.network.tls_cert;
    next.network.tls_key = how_.network.tls_key;
  }
  const auto taken = change_between(how_, next).taken;
  how_ = std::move(next);
  gateway_.take(network_options(how_, with_));
  with_.log->set_level(how_.log.level);
  if (!taken.empty()) {
    with_.log->write(severity::info, "settings_changed", {{"settings", names_of(taken)}});
    warn_of_settings(how_, *with_.log);
  }
  if (!change.at_restart.empty())
    with_.log->write(severity::warning, "restart_needed",
                     {{"settings", names_of(change.at_restart)}});
}

void running::stop(const signal_inbox& inbox) {
  constexpr std::chrono::seconds margin{10}; // for the work after the draining
  tell_stopping(std::chrono::duration_cast<std::chrono::microseconds>(how_.broker.drain_timeout) +
                how_.network.close_timeout + margin);
  with_.log->write(severity::info, "stopping");
  std::atomic<bool> is_over{false};
  std::thread stopper{[&] {
    gateway_.refuse_newcomers();
    if (node_)
      node_->refuse_newcomers();
    broker_.stop();
    gateway_.stop();
    if (node_)
      node_->stop();
    is_over = true;
    inbox.wake();
  }};
  while (!is_over) {
    const int signal = inbox.next();
    if (signal == SIGTERM || signal == SIGINT) {
      with_.log->write(severity::warning, "hurrying");
      broker_.hurry();
      gateway_.hurry();
    }
  }
  stopper.join();
  with_.log->write(severity::info, "stopped");
}

int complain(std::ostream& err, const std::exception& why, int status) {
  err << "restante: " << why.what() << std::endl;
  return status;
}

} // namespace

int serve(const settings_source& read, std::ostream& out, std::ostream& err) {
  const signal_inbox inbox;
  serve_settings how;
  helpers with;
  try {
    how = read();
    expect_good(how);
    with = helpers_of(how);
  } catch (const std::exception& wrong) {
    return complain(err, wrong, bad_settings);
  }
  warn_of_settings(how, *with.log);
  try {
    running all{how, with};
    all.announce(out);
    all.serve_until_told(inbox, read);
    all.stop(inbox);
    for (const int late : {SIGTERM, SIGINT, SIGHUP})
      // The stop has succeeded, and a late signal must not change the exit status.
      std::signal(late, SIG_IGN);
    return ended_well;
  } catch (const journal::storage_error& wrong) {
    return complain(err, wrong, may_pass(wrong.fault()) ? cannot_listen : bad_settings);
  } catch (const std::exception& failed) {
    return complain(err, failed, cannot_listen);
  }
}

} // namespace restante::serve
