#include "restante/clients/cpp/remote.hpp"

#include "restante/broker/log/stderr_lines.hpp"
#include "restante/clients/cpp/connector.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace restante {

namespace {

using remoting::attach_options;
using remoting::broker_url;

broker_url read_url(const remote_options& how) {
  auto read = remoting::broker_url_of(how.url);
  if (const auto* wrong = read.why())
    throw std::invalid_argument{wrong->text()};
  return std::move(*read);
}

std::shared_ptr<remote::connector> make_connector(remote_options how,
                                                  caf::actor_system* theirs = nullptr) {
  auto to = read_url(how);
  if (!how.log)
    how.log = lines_to_stderr();
  auto kept = std::make_shared<const remote_options>(std::move(how));
  if (to.by == broker_url::scheme::node)
    return remoting::make_node_connector(std::move(kept), std::move(to), theirs);
  if (theirs != nullptr)
    throw std::invalid_argument{"an actor system is for caf:// only"};
  return remoting::make_ws_connector(std::move(kept), std::move(to));
}

attach_options attach_options_of(attachment_kind how, client_address who = {}) {
  attach_options made;
  made.how = how;
  made.client = std::move(who);
  return made;
}

} // namespace

remote::remote(remote_options how) : connector_{make_connector(std::move(how))} {}

remote::remote(caf::actor_system& system, remote_options how)
    : connector_{make_connector(std::move(how), &system)} {}

remote::remote(remote&&) noexcept = default;

remote& remote::operator=(remote&& other) noexcept {
  if (this != &other) {
    if (connector_)
      connector_->stop();
    connector_ = std::move(other.connector_);
  }
  return *this;
}

remote::~remote() {
  if (connector_)
    connector_->stop();
}

connection remote::connect(connect_options who, handlers what) {
  return connect(std::move(who), make_sink(std::move(what)));
}

connection remote::connect(connect_options who, std::unique_ptr<sink> out) {
  auto as =
      attach_options_of(attachment_kind::attached, {std::move(who.ns), std::move(who.client)});
  as.inflight = who.max_inflight;
  as.resume_window = std::clamp(who.resume_window, duration{0}, resume_window_max);
  as.resume = who.resume;
  auto made = connector_->open(std::move(as), who.acks, std::move(out));
  return {connector_, connector_->time(), std::move(made.at), connection_actor{},
          std::move(made.connected)};
}

server_identity remote::open_server() {
  auto made = connector_->open(attach_options_of(attachment_kind::serving), ack_mode::automatic,
                               make_sink(handlers{}));
  return {connector_->time(), std::move(made.at), connection_actor{}};
}

visitor remote::open_visitor(client_address who) {
  auto made = connector_->open(attach_options_of(attachment_kind::visiting, std::move(who)),
                               ack_mode::automatic, make_sink(handlers{}));
  return {connector_->time(), std::move(made.at), connection_actor{}};
}

void remote::stop() {
  connector_->stop();
}

} // namespace restante
