#pragma once

#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/actors/protocol/virtual_time.hpp"
#include "restante/broker/api/answer.hpp"
#include "restante/broker/api/options.hpp"

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace restante {

/// The operations that a client's connection and the server identity share. Every operation is a
/// plain call from any thread. It returns an answer immediately; wait for the outcome there. Errors
/// are in the answer too.
class caller {
public:
  /// Errors: invalid_argument, payload_too_large, target_full, overloaded, forbidden.
  answer<put_receipt> put(put_request what);

  /// Calls `done` inside the broker instead of returning an answer.
  template <class Done>
  requires(std::is_invocable_v<Done, outcome<put_receipt>>) void put(put_request what, Done done) {
    at_->submit(command_of(std::move(what)),
                [done = std::move(done)](answer_value&& value) mutable {
                  done(outcome_of<put_receipt>(std::move(value)));
                });
  }

  /// Puts one pack for several targets; `what.to` is ignored. Errors: too_many_targets; the error
  /// of one target is in its own outcome (spec N17).
  answer<put_many_receipt> put_many(std::vector<std::string> targets, put_request what);

  /// The state of a notification. Errors: not_found, forbidden (spec N6).
  answer<status_view> status(const trace_id& trace, std::string ns = {});

  /// Records a reply to a suit. Errors: not_found, forbidden, not_a_suit (spec N7).
  answer<status_view> reply(const trace_id& trace, body value, std::string ns = {});

  /// Waits for the reply to a suit. Errors: timeout, not_found, not_a_suit,
  /// too_many_waiters (spec N13).
  answer<reply_view> await(const trace_id& trace, duration timeout, std::string ns = {});

  /// The live entries of a topic by key (spec E8).
  answer<entries_view> list(std::string topic, std::string ns = {});

  /// The existing topics that the caller may read, in pages: pass the last topic of a page as
  /// `after`. The pages are no snapshot: topics come and go between them, but a topic that exists
  /// all the time is listed once. Errors: invalid_argument.
  answer<topics_view> list_topics(id_range which = {});

  /// Submits any operation from a decoder. `done` is called inside the broker, or immediately when
  /// the operation cannot be accepted. Ids, sizes and rights are checked as in every other call.
  void submit(command what, completion done) { at_->submit(std::move(what), std::move(done)); }

  /// The typed actor of the connection, which accepts the same operations as requests of another
  /// actor. For a broker at another node it exists while connected; over a WebSocket there is none.
  connection_actor actor() const { return actor_ ? actor_ : at_->actor(); }

  /// The controls of virtual time; null in real time.
  const std::shared_ptr<virtual_time>& time() const { return time_; }

protected:
  caller(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
         connection_actor actor);
  ~caller() = default;
  caller(caller&&) = default;
  caller& operator=(caller&&) = default;

  static put_notification command_of(put_request what);

  /// Submits a command and returns its answer.
  template <class Command>
  answer<answer_to<Command>> ask(Command what) {
    using T = answer_to<Command>;
    answer<T> promised{time_};
    at_->submit(std::move(what), [promised](answer_value&& value) {
      promised.fulfil(outcome_of<T>(std::move(value)));
    });
    return promised;
  }

  template <class T>
  static outcome<T> outcome_of(answer_value&& value) {
    if (auto* fine = std::get_if<T>(&value))
      return std::move(*fine);
    if (auto* bad = std::get_if<failure>(&value))
      return std::move(*bad);
    return errc::internal;
  }

  std::shared_ptr<virtual_time> time_;
  std::shared_ptr<connection_endpoint> at_;
  connection_actor actor_; ///< null: ask the endpoint
};

/// The identity of the broker's embedder or operator: no client, every right.
class server_identity : public caller {
public:
  server_identity(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
                  connection_actor actor);
  server_identity(server_identity&&) = default;
  server_identity& operator=(server_identity&& other) noexcept;
  ~server_identity();

  /// Takes everything undelivered from a target, oldest first (spec N5).
  answer<drain_view> drain(std::string client, std::string ns = {});

  /// How many notifications of the target are undelivered (spec N9).
  answer<pending_view> pending(std::string client, std::string ns = {});

  /// How many notifications have expired in a namespace since the last purge (spec N8).
  answer<purge_receipt> purge(std::string ns = {});

  /// The existing clients: connected, watched, or with something kept for them. Pages and errors
  /// are those of `list_topics`.
  answer<clients_view> list_clients(id_range which = {});
};

/// A visit: it acts for a client without being its connection. It puts, replies and asks for
/// everything its client may see, in addition to any connection of the client. Receipts go to that
/// connection. Operations that need a connection (ack, set, clear, subscribe, publish, watch) fail
/// with stale_connection. Dropping the visitor ends it once its answers are there, but its awaits
/// end with it.
class visitor : public caller {
public:
  visitor(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
          connection_actor actor);
  visitor(visitor&&) = default;
  visitor& operator=(visitor&& other) noexcept;
  ~visitor();

  /// How many notifications of its client are undelivered, and whether the client is connected
  /// (spec N9).
  answer<pending_view> pending();
};

/// A connected client. Dropping it disconnects cleanly: its keys are cleared, and unacknowledged
/// deliveries go back to its queue.
class connection : public caller {
public:
  /// The connection keeps `broker` alive: an actor system, or the threads of a `remote`.
  connection(std::shared_ptr<void> broker, std::shared_ptr<virtual_time> time,
             std::shared_ptr<connection_endpoint> at, connection_actor actor,
             answer<connect_receipt> connected);
  connection(connection&&) = default;
  connection& operator=(connection&& other) noexcept;
  ~connection();

  /// The outcome of the connect. Errors: invalid_argument, too_many_connections, shutting_down.
  /// Operations may be called earlier: they wait for the connect.
  const answer<connect_receipt>& connected() const { return connected_; }

  /// Acknowledges a delivery, with `ack_mode::explicit_by_peer` (spec N11).
  answer<ack_receipt> ack(const trace_id& trace);

  /// How many notifications of this client are undelivered (spec N9).
  answer<pending_view> pending();

  /// Holds a key until it is cleared, its lease ends, or this connection ends (spec E1). Errors:
  /// invalid_argument, payload_too_large, too_many_keys, topic_full, overloaded, publisher_failed,
  /// stale_connection.
  answer<entry_receipt> set(std::string topic, std::string key, body payload = {},
                            duration ttl = duration{0});
  answer<operation_done> clear(std::string topic, std::string key);

  /// Answers the state of the topic now. Later changes come as events (spec E11).
  answer<entries_view> subscribe(std::string topic);
  answer<operation_done> unsubscribe(std::string topic);

  /// Sends an application message to the present subscribers (spec E16).
  answer<operation_done> publish(std::string topic, body data);

  /// Reports when a client comes and goes, and its present state first (spec C5).
  answer<operation_done> watch(std::string client);
  answer<operation_done> unwatch(std::string client);

  /// Replaces the rights, for a newer token. The new rights apply from now on; null: everything.
  /// Subscriptions and watches without a right end silently, and keys with their lease (spec W7).
  /// Only for a broker in this process: a remote broker keeps the rights itself.
  void change_rights(std::shared_ptr<const model::rights> rights);

  /// Ends the connection cleanly, after all earlier operations are answered.
  void disconnect();

  /// Ends the connection like a lost one: without a goodbye, and resumable within its window.
  void cut();

private:
  std::shared_ptr<void> broker_;
  answer<connect_receipt> connected_;
};

} // namespace restante
