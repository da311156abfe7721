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

/// The operations that a client's connection and the server identity share. Every one is
/// a plain call from any thread: it answers at once with something to wait for, and the
/// error, if there is one, is in the answer.
class caller {
public:
  /// Errors: invalid_argument, payload_too_large, target_full, overloaded, forbidden.
  answer<put_receipt> put(put_request what);

  /// The same without anything to wait for: `done` is called inside the broker.
  template <class Done>
  requires(std::is_invocable_v<Done, outcome<put_receipt>>) void put(put_request what, Done done) {
    at_->submit(command_of(std::move(what)),
                [done = std::move(done)](answer_value&& value) mutable {
                  done(outcome_of<put_receipt>(std::move(value)));
                });
  }

  /// One pack for many targets; `what.to` is ignored. Errors: too_many_targets; those of
  /// one target are in its outcome (spec N17).
  answer<put_many_receipt> put_many(std::vector<std::string> targets, put_request what);

  /// What became of a notification. Errors: not_found, forbidden (spec N6).
  answer<status_view> status(const trace_id& trace, std::string ns = {});

  /// Records a reply to a suit. Errors: not_found, forbidden, not_a_suit (spec N7).
  answer<status_view> reply(const trace_id& trace, body value, std::string ns = {});

  /// Waits for the reply to a suit. Errors: timeout, not_found, not_a_suit,
  /// too_many_waiters (spec N13).
  answer<reply_view> await(const trace_id& trace, duration timeout, std::string ns = {});

  /// The live entries of a topic by key (spec E8).
  answer<entries_view> list(std::string topic, std::string ns = {});

  /// The topics that there are, of those it may read, a page at a time: go on with the last
  /// one as `after`. No snapshot: topics come and go between pages, but what is there all
  /// the time is listed once. Errors: invalid_argument.
  answer<topics_view> list_topics(id_range which = {});

  /// Any operation as it comes from a decoder: `done` is called inside the broker, or at
  /// once when it cannot be taken. Ids, sizes and rights are checked like everybody's.
  void submit(command what, completion done) { at_->submit(std::move(what), std::move(done)); }

  /// The typed actor behind it: the same operations as requests of another actor. At another
  /// node, it is there while it is connected; over a WebSocket there is none.
  connection_actor actor() const { return actor_ ? actor_ : at_->actor(); }

  /// The controls of virtual time, if the broker runs in it.
  const std::shared_ptr<virtual_time>& time() const { return time_; }

protected:
  caller(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
         connection_actor actor);
  ~caller() = default;
  caller(caller&&) = default;
  caller& operator=(caller&&) = default;

  static put_notification command_of(put_request what);

  /// Submits a command and answers with its outcome.
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
  connection_actor actor_; ///< null: asked of the endpoint
};

/// The identity of a broker's embedder or operator: no client, every right.
class server_identity : public caller {
public:
  server_identity(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
                  connection_actor actor);
  server_identity(server_identity&&) = default;
  server_identity& operator=(server_identity&& other) noexcept;
  ~server_identity();

  /// Takes everything undelivered from a target, oldest first (spec N5).
  answer<drain_view> drain(std::string client, std::string ns = {});

  /// How many are undelivered (spec N9).
  answer<pending_view> pending(std::string client, std::string ns = {});

  /// How many have expired in a namespace since the last purge (spec N8).
  answer<purge_receipt> purge(std::string ns = {});

  /// The clients that there are: connected, or with something kept for them, or watched.
  /// Pages and errors as of `list_topics`.
  answer<clients_view> list_clients(id_range which = {});
};

/// A client that asks without being connected: it puts, replies, and asks for what its
/// client may see, beside whatever connection the client has. Receipts go to that one.
/// Whatever needs a connection (ack, set, clear, subscribe, publish, watch) is
/// stale_connection. Dropping it ends it, once its answers are there; awaits go with it.
class visitor : public caller {
public:
  visitor(std::shared_ptr<virtual_time> time, std::shared_ptr<connection_endpoint> at,
          connection_actor actor);
  visitor(visitor&&) = default;
  visitor& operator=(visitor&& other) noexcept;
  ~visitor();

  /// How many of its client's own are undelivered, and whether that is connected (spec N9).
  answer<pending_view> pending();
};

/// A connected client. Dropping it disconnects cleanly: its keys are cleared, what it was
/// offered and did not acknowledge goes back to its queue.
class connection : public caller {
public:
  /// `broker` is kept alive by it: an actor system, or the threads of a broker elsewhere.
  connection(std::shared_ptr<void> broker, std::shared_ptr<virtual_time> time,
             std::shared_ptr<connection_endpoint> at, connection_actor actor,
             answer<connect_receipt> connected);
  connection(connection&&) = default;
  connection& operator=(connection&& other) noexcept;
  ~connection();

  /// How the connect went. Errors: invalid_argument, too_many_connections, shutting_down.
  /// Operations may be called before: they wait for it.
  const answer<connect_receipt>& connected() const { return connected_; }

  /// Acknowledges a delivery, with `ack_mode::explicit_by_peer` (spec N11).
  answer<ack_receipt> ack(const trace_id& trace);

  /// How many of its own are undelivered (spec N9).
  answer<pending_view> pending();

  /// Holds a key until it is cleared, the lease ends, or this connection does (spec E1).
  /// Errors: invalid_argument, payload_too_large, too_many_keys, topic_full, overloaded,
  /// publisher_failed, stale_connection.
  answer<entry_receipt> set(std::string topic, std::string key, body payload = {},
                            duration ttl = duration{0});
  answer<operation_done> clear(std::string topic, std::string key);

  /// The topic's state now; what happens from there on comes as events (spec E11).
  answer<entries_view> subscribe(std::string topic);
  answer<operation_done> unsubscribe(std::string topic);

  /// An application message to the present subscribers (spec E16).
  answer<operation_done> publish(std::string topic, body data);

  /// Tells when a client comes and goes, starting with the present state (spec C5).
  answer<operation_done> watch(std::string client);
  answer<operation_done> unwatch(std::string client);

  /// A newer token: these rights count from now on; null: everything. Subscriptions and
  /// watches beyond them end without a word, keys with their lease (spec W7). Only at a
  /// broker in this process: one elsewhere keeps rights itself.
  void change_rights(std::shared_ptr<const model::rights> rights);

  /// Ends it cleanly, once what was asked has been answered.
  void disconnect();

  /// Ends it as a lost connection would: without a word, resumable within its window.
  void cut();

private:
  std::shared_ptr<void> broker_;
  answer<connect_receipt> connected_;
};

} // namespace restante
