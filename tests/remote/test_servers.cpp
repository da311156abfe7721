#include "restante/tests/remote/test_servers.hpp"

#include <utility>

namespace restante::testing {

namespace {

gateway::gateway_options from_a_free_port(gateway::gateway_options how) {
  how.port = 0;
  return how;
}

options small(options how) {
  how.threads = 2;
  how.slots = 4;
  return how;
}

} // namespace

gateway_server::gateway_server(gateway::gateway_options gateway, options core)
    : how_{from_a_free_port(std::move(gateway))}, core_{small(std::move(core))} {
  start();
}

gateway_server::~gateway_server() {
  stop();
}

void gateway_server::start() {
  broker_.emplace(core_);
  listener_.emplace(*broker_, how_);
  how_.port = listener_->port();
}

void gateway_server::stop() {
  if (!listener_)
    return;
  listener_->refuse_newcomers();
  broker_->stop();
  listener_->stop();
  listener_.reset();
  broker_.reset();
}

node_system::node_system(std::chrono::milliseconds ping)
    : system{(configure(config, 2), configure_node(config, ping), config)} {
  system.await_actors_before_shutdown(false);
}

node_server::node_server(std::chrono::milliseconds ping, options core)
    : ping_{ping}, core_{small(std::move(core))} {
  core_.ping_interval = ping;
  start();
}

node_server::~node_server() {
  stop();
}

void node_server::start() {
  here_.emplace(ping_);
  broker_.emplace(here_->system, core_);
  listener_.emplace(*broker_, node_options{.port = port_});
  port_ = listener_->port();
}

void node_server::stop() {
  if (!listener_)
    return;
  listener_->refuse_newcomers();
  broker_->stop();
  listener_->stop();
  listener_.reset();
  broker_.reset();
  here_.reset();
}

remote_options eager(std::string url) {
  remote_options how;
  how.url = std::move(url);
  how.first_pause = std::chrono::milliseconds{5};
  how.longest_pause = std::chrono::milliseconds{20};
  how.log = [](std::string_view) {};
  return how;
}

remote_options eager(std::uint16_t port) {
  return eager("ws://127.0.0.1:" + std::to_string(port));
}

std::vector<std::string> packs_of(const recorder& seen) {
  std::vector<std::string> made;
  for (const auto& one : seen.notes())
    made.emplace_back(one.pack.view());
  return made;
}

} // namespace restante::testing
