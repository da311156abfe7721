#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/limits.hpp"
#include "restante/tests/simulation/reference_state.hpp"
#include "restante/tests/simulation/request.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace restante::simulation {

/// The broker as the spec describes it, with plain maps, one thread and linear scans: a second,
/// independent implementation. It shares no code with the broker, and must not.
///
/// Values that the broker draws or stamps are symbols here. A trace is `$ID` (`$ID#N` for a target
/// of `notify.put_many`), a resume token `token:…`, an epoch `epoch:SCOPE:COUNT`; see `renaming`.
///
/// Limitations: the reference does not model the memory bounds (spec N18), `topic_full`, slow
/// sockets (spec E14) and the publisher hook (spec E15).
class reference {
public:
  explicit reference(const limits& bounds = {}) : bounds_{bounds} {}

  /// Carries out one request; `number` counts lines from 1. The result is the answer and then its
  /// effects; for `advance` the effects of the passing time, then the answer. An await that waits
  /// has no answer yet.
  std::vector<json> line(const json& request, std::uint64_t number);

  /// Carries out the request in the text of a line; nothing for a blank line or a comment.
  std::vector<json> text(std::string_view text, std::uint64_t number);

  /// The end of the script: every connected client leaves cleanly.
  std::vector<json> end();

  /// The future deadlines, in ms since the start, rounded down. The generator likes to stop the
  /// clock exactly there.
  std::vector<std::int64_t> deadlines_ms() const;

  /// The clients that are connected, without those in a resume window. For the generator.
  std::vector<std::string> connected(const std::string& ns) const;

private:
  /// The fields of an answer, or nothing when the answer comes later.
  using outcome = std::optional<json>;
  using operation = outcome (reference::*)(const caller&, const request&);

  static const std::map<std::string, operation, std::less<>>& operations();

  // reference_script.cpp
  outcome carry_out(const json& line);
  outcome advance(const caller& who, const request& fields);
  void ring();
  std::optional<instant> next_deadline() const;
  void retire_topics();
  outcome crash(const caller& who, const request& fields);
  static void rank_deliveries(client& of);
  json refused(const json& id, const char* code) const;
  json answered(const json& id, const json& fields) const;
  void push(const std::string& ns, const std::string& client, json frame);

  // reference_clients.cpp
  outcome connect(const caller& who, const request& fields);
  outcome disconnect(const caller& who, const request& fields);
  outcome cut(const caller& who, const request& fields);
  outcome watch(const caller& who, const request& fields);
  outcome unwatch(const caller& who, const request& fields);
  void resume(const std::string& ns, const std::string& name);
  void detach(const std::string& ns, const std::string& name);
  void end_connection(const std::string& ns, const std::string& name);
  void tell_watchers(const std::string& ns, const std::string& name, bool connected);
  void tell_lost(const std::string& ns, const std::string& name, json frame);
  void push_presence(const std::string& ns, const std::string& watcher, const std::string& name);
  void drop_waiters(const std::string& ns, const std::string& name);

  // reference_notifications.cpp
  outcome put(const caller& who, const request& fields);
  outcome put_many(const caller& who, const request& fields);
  outcome drain(const caller& who, const request& fields);
  outcome ack(const caller& who, const request& fields);
  outcome pending(const caller& who, const request& fields);
  outcome purge(const caller& who, const request& fields);
  std::string make_room(const std::string& ns, client& target, const put_fields& what);
  json store(const caller& who, const std::string& to, const std::string& symbol,
             const put_fields& what);
  put_fields read_put(const caller& who, const request& fields) const;
  void offer(const std::string& ns, const std::string& to);
  void deliver(const std::string& ns, client& target, notification& what);
  void finish(const std::string& ns, client& target, notifications::iterator which,
              const char* state);
  void forget(client& target, notifications::iterator which);
  void expire_notifications();
  void queue_due_ones();
  void return_offered(const std::string& ns, const std::string& to);
  void tell_sender(const std::string& ns, const notification& what, const char* state);

  // reference_replies.cpp
  outcome status(const caller& who, const request& fields);
  outcome reply(const caller& who, const request& fields);
  outcome await(const caller& who, const request& fields);
  void time_out_waiters();
  notification& find(const std::string& ns, const std::string& trace);
  std::string trace_of(const request& fields) const;
  std::size_t undelivered(const client& of) const;

  // reference_topics.cpp
  outcome set(const caller& who, const request& fields);
  outcome clear(const caller& who, const request& fields);
  outcome list(const caller& who, const request& fields);
  outcome subscribe(const caller& who, const request& fields);
  outcome unsubscribe(const caller& who, const request& fields);
  outcome publish(const caller& who, const request& fields);
  void expire_entries();
  void clear_owned(const std::string& ns, const std::string& owner);
  void clear_entry(const std::string& ns, const std::string& name, const std::string& key,
                   const char* reason);
  void announce(const std::string& ns, const std::string& name, json event);
  topic& open_topic(const std::string& ns, const std::string& name);
  json view_of(const std::string& ns, const std::string& name) const;
  std::size_t keys_of(const tenant& in, const std::string& owner) const;

  // reference_listing.cpp
  outcome list_clients(const caller& who, const request& fields);
  outcome list_topics(const caller& who, const request& fields);

  limits bounds_;
  instant now_ = 0;
  std::map<std::string, tenant> tenants_;
  /// The put that `$ID` stands for.
  std::map<std::string, std::string> traces_;
  std::set<std::string> named_; ///< ids that a put has used
  /// The id of the line being carried out.
  json id_;
  /// Notifications that a client put to itself and that ended with its connection. If the next
  /// connection takes over, it gets their receipts (spec C2: a takeover is no leave and connect).
  std::vector<notification> told_late_;
  std::uint64_t accepted_ = 0;
  std::vector<json> out_;
};

} // namespace restante::simulation
