#include "restante/clients/cpp/remote.hpp"

#include "restante/broker/log/stderr_lines.hpp"
#include "restante/clients/cpp/office.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace restante {

namespace {

using remoting::attach_wish;
using remoting::broker_url;

broker_url read_url(const remote_options& how) {
  auto read = remoting::broker_url_of(how.url);
  if (const auto* wrong = std::get_if<failure>(&read))
    throw std::invalid_argument{wrong->text()};
  return std::get<broker_url>(std::move(read));
}

std::shared_ptr<remote::office> make_office(remote_options how,
                                            caf::actor_system* theirs = nullptr) {
  auto to = read_url(how);
  if (!how.log)
    how.log = lines_to_stderr();
  auto kept = std::make_shared<const remote_options>(std::move(how));
  if (to.by == broker_url::way::node)
    return remoting::make_node_office(std::move(kept), std::move(to), theirs);
  if (theirs != nullptr)
    throw std::invalid_argument{"an actor system is for caf:// only"};
  return remoting::make_ws_office(std::move(kept), std::move(to));
}

attach_wish wish_of(standing how, client_address who = {}) {
  attach_wish made;
  made.how = how;
  made.client = std::move(who);
  return made;
}

} // namespace

remote::remote(remote_options how) : office_{make_office(std::move(how))} {}

remote::remote(caf::actor_system& system, remote_options how)
    : office_{make_office(std::move(how), &system)} {}

remote::remote(remote&&) noexcept = default;

remote& remote::operator=(remote&& other) noexcept {
  if (this != &other) {
    if (office_)
      office_->stop();
    office_ = std::move(other.office_);
  }
  return *this;
}

remote::~remote() {
  if (office_)
    office_->stop();
}

connection remote::connect(connect_options who, handlers what) {
  return connect(std::move(who), make_sink(std::move(what)));
}

connection remote::connect(connect_options who, std::unique_ptr<sink> out) {
  auto as = wish_of(standing::attached, {std::move(who.ns), std::move(who.client)});
  as.inflight = who.max_inflight;
  as.resume_window = std::clamp(who.resume_window, duration{0}, resume_window_max);
  as.resume = who.resume;
  auto made = office_->open(std::move(as), who.acks, std::move(out));
  return {office_, office_->time(), std::move(made.at), connection_actor{},
          std::move(made.connected)};
}

server_identity remote::open_server() {
  auto made = office_->open(wish_of(standing::serving), ack_mode::automatic, make_sink(handlers{}));
  return {office_->time(), std::move(made.at), connection_actor{}};
}

visitor remote::open_visitor(client_address who) {
  auto made = office_->open(wish_of(standing::visiting, std::move(who)), ack_mode::automatic,
                            make_sink(handlers{}));
  return {office_->time(), std::move(made.at), connection_actor{}};
}

void remote::stop() {
  office_->stop();
}

} // namespace restante
