#include "restante/tests/remote/places.hpp"

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

place::place(gateway::gateway_options door, options core)
    : how_{from_a_free_port(std::move(door))}, core_{small(std::move(core))} {
  start();
}

place::~place() {
  stop();
}

void place::start() {
  office_.emplace(core_);
  door_.emplace(*office_, how_);
  how_.port = door_->port();
}

void place::stop() {
  if (!door_)
    return;
  door_->refuse_newcomers();
  office_->stop();
  door_->stop();
  door_.reset();
  office_.reset();
}

node_system::node_system(std::chrono::milliseconds ping)
    : system{(configure(config, 2), configure_node(config, ping), config)} {
  system.await_actors_before_shutdown(false);
}

node_place::node_place(std::chrono::milliseconds ping, options core)
    : ping_{ping}, core_{small(std::move(core))} {
  core_.ping_interval = ping;
  start();
}

node_place::~node_place() {
  stop();
}

void node_place::start() {
  here_.emplace(ping_);
  office_.emplace(here_->system, core_);
  door_.emplace(*office_, node_options{.port = port_});
  port_ = door_->port();
}

void node_place::stop() {
  if (!door_)
    return;
  door_->refuse_newcomers();
  office_->stop();
  door_->stop();
  door_.reset();
  office_.reset();
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
