#include "restante/broker/api/caller.hpp"

#include "restante/messages/copy_members.hpp"

#include <utility>

namespace restante {

namespace {

trace_question question_of(const trace_id& trace, std::string ns) {
  trace_question asked;
  asked.trace = trace;
  asked.ns = std::move(ns);
  return asked;
}

} // namespace

caller::caller(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
               connection_actor actor)
    : time_{std::move(time)}, at_{std::move(at)}, actor_{std::move(actor)} {}

put_notification caller::command_of(put_request what) {
  static_assert(lists_all_members<put_request>);
  put_notification m;
  m.to = {std::move(what.ns), std::move(what.to)};
  copy_members(std::move(what), m);
  return m;
}

answer<put_receipt> caller::put(put_request what) {
  return ask(command_of(std::move(what)));
}

answer<put_many_receipt> caller::put_many(std::vector<std::string> targets, put_request what) {
  return ask(restante::put_many{std::move(targets), command_of(std::move(what))});
}

answer<status_view> caller::status(const trace_id& trace, std::string ns) {
  return ask(get_status{question_of(trace, std::move(ns))});
}

answer<status_view> caller::reply(const trace_id& trace, body value, std::string ns) {
  return ask(record_reply{question_of(trace, std::move(ns)), std::move(value)});
}

answer<reply_view> caller::await(const trace_id& trace, duration timeout, std::string ns) {
  return ask(await_reply{question_of(trace, std::move(ns)), timeout});
}

answer<entries_view> caller::list(std::string topic, std::string ns) {
  return ask(list_entries{0, {std::move(ns), std::move(topic)}});
}

answer<topics_view> caller::list_topics(id_range which) {
  return ask(restante::list_topics{0, std::move(which)});
}

server_identity::server_identity(std::shared_ptr<virtual_time> time,
                                 std::shared_ptr<connection_endpoint> at, connection_actor actor)
    : caller{std::move(time), std::move(at), std::move(actor)} {}

server_identity& server_identity::operator=(server_identity&& other) noexcept {
  if (this != &other) {
    if (at_)
      at_->depart(departure::left);
    caller::operator=(std::move(other));
  }
  return *this;
}

server_identity::~server_identity() {
  if (at_)
    at_->depart(departure::left);
}

answer<drain_view> server_identity::drain(std::string client, std::string ns) {
  return ask(drain_queue{0, {std::move(ns), std::move(client)}});
}

answer<pending_view> server_identity::pending(std::string client, std::string ns) {
  return ask(get_pending{0, {std::move(ns), std::move(client)}});
}

answer<purge_receipt> server_identity::purge(std::string ns) {
  return ask(purge_expired{0, std::move(ns)});
}

answer<clients_view> server_identity::list_clients(id_range which) {
  return ask(restante::list_clients{0, std::move(which)});
}

visitor::visitor(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
                 connection_actor actor)
    : caller{std::move(time), std::move(at), std::move(actor)} {}

visitor& visitor::operator=(visitor&& other) noexcept {
  if (this != &other) {
    if (at_)
      at_->depart(departure::left);
    caller::operator=(std::move(other));
  }
  return *this;
}

visitor::~visitor() {
  if (at_)
    at_->depart(departure::left);
}

answer<pending_view> visitor::pending() {
  return ask(get_pending{});
}

connection::connection(std::shared_ptr<void> broker, std::shared_ptr<virtual_time> time,
                       std::shared_ptr<connection_endpoint> at, connection_actor actor,
                       answer<connect_receipt> connected)
    : caller{std::move(time), std::move(at), std::move(actor)}, broker_{std::move(broker)},
      connected_{std::move(connected)} {}

connection& connection::operator=(connection&& other) noexcept {
  if (this != &other) {
    if (at_)
      disconnect();
    caller::operator=(static_cast<caller&&>(other)); // moves only the base
    broker_ = std::move(other.broker_);
    connected_ = std::move(other.connected_);
  }
  return *this;
}

connection::~connection() {
  if (at_)
    disconnect();
}

answer<ack_receipt> connection::ack(const trace_id& trace) {
  return ask(ack_notifications{0, {}, 0, {trace}});
}

answer<pending_view> connection::pending() {
  return ask(get_pending{});
}

answer<entry_receipt> connection::set(std::string topic, std::string key, body payload,
                                      duration ttl) {
  return ask(set_entry{0, {{}, std::move(topic)}, std::move(key), {}, std::move(payload), ttl, 0});
}

answer<operation_done> connection::clear(std::string topic, std::string key) {
  return ask(clear_entry{0, {{}, std::move(topic)}, std::move(key)});
}

answer<entries_view> connection::subscribe(std::string topic) {
  return ask(subscribe_topic{0, {{}, std::move(topic)}, view_reason::subscribe});
}

answer<operation_done> connection::unsubscribe(std::string topic) {
  return ask(unsubscribe_topic{0, {{}, std::move(topic)}});
}

answer<operation_done> connection::publish(std::string topic, body data) {
  return ask(publish_message{0, {{}, std::move(topic)}, {}, std::move(data)});
}

answer<operation_done> connection::watch(std::string client) {
  return ask(watch_client{0, {{}, std::move(client)}});
}

answer<operation_done> connection::unwatch(std::string client) {
  return ask(unwatch_client{0, {{}, std::move(client)}});
}

void connection::change_rights(std::shared_ptr<const model::rights> rights) {
  at_->change_rights(std::move(rights));
}

void connection::disconnect() {
  at_->depart(departure::left);
}

void connection::cut() {
  at_->depart(departure::lost);
}

} // namespace restante
