#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

constexpr std::int64_t resume_window_ms_max = 5 * 60 * 1000;
constexpr std::int64_t ping_ms = 10'000;

json taken_over() {
  return {{"_orama", "goodbye"}, {"code", 4503}, {"reason", "taken_over"}, {"reconnect", false}};
}

} // namespace

/// C2, C4. A token that names no current connection connects afresh. The script always presents the
/// token of the client's last connection, so only the existence of that connection matters.
reference::outcome reference::connect(const caller& who, const request& fields) {
  auto name = fields.id("client");
  auto acks_itself = !fields.explicit_ack();
  auto in_flight = fields.integer("max_inflight", static_cast<std::int64_t>(bounds_.in_flight_max));
  auto resume_window = fields.integer("resume_window_ms", 0);
  auto with_token = fields.flag("resume");
  if (in_flight < 1)
    throw refusal{"invalid_argument"};
  if (who.as)
    throw refusal{"already_connected"};
  auto& self = tenants_[who.ns].clients[name];
  auto was_here = self.link.has_value();
  auto resumed = was_here && with_token;
  if (was_here && self.link->attached)
    push(who.ns, name, taken_over());
  if (resumed) {
    detach(who.ns, name);
    self.link->attached = true;
    self.link->deadline = never;
    return_offered(who.ns, name);
  } else {
    told_late_.clear();
    if (was_here)
      end_connection(who.ns, name);
    auto count = std::to_string(++self.connects);
    self.link.emplace();
    self.link->epoch = "epoch:client " + who.ns + "/" + name + ":" + count;
    self.link->token = "token:" + who.ns + "/" + name + ":" + count;
    for (const auto& ended : std::exchange(told_late_, {}))
      tell_sender(who.ns, ended, "collapsed");
  }
  // The window stays below the cap, so that at the cap a queued notification can be evicted (spec
  // N4).
  auto window =
      std::min<std::uint64_t>({static_cast<std::uint64_t>(in_flight), bounds_.in_flight_max,
                               std::max<std::uint64_t>(1, bounds_.queue_max - 1)});
  self.link->window = window;
  self.link->acks_itself = acks_itself;
  self.link->resume_window_ms = std::clamp<std::int64_t>(resume_window, 0, resume_window_ms_max);
  json answer{{"client", name},
              {"ns", who.ns},
              {"epoch", self.link->epoch},
              {"ping_ms", ping_ms},
              {"resume", self.link->token},
              {"resumed", resumed},
              {"pending", undelivered(self)}};
  if (resumed)
    resume(who.ns, name);
  else if (!was_here)
    tell_watchers(who.ns, name, true);
  offer(who.ns, name);
  return answer;
}

/// The pushes to a re-attached connection: a snapshot of each of its topics, and the presence of
/// each watched client. Unacknowledged notifications follow.
void reference::resume(const std::string& ns, const std::string& name) {
  auto& self = tenants_[ns].clients[name];
  for (const auto& subscription : self.link->subscriptions) {
    auto view = view_of(ns, subscription);
    json frame{{"_orama", "ephemeral.snapshot"}, {"topic", subscription}};
    frame.update(view);
    push(ns, name, std::move(frame));
  }
  for (const auto& watched : self.link->watches)
    push_presence(ns, name, watched);
  for (auto& [which, lost] : std::exchange(self.link->losses, {}))
    push(ns, name, std::move(lost));
}

reference::outcome reference::disconnect(const caller& who, const request& fields) {
  auto name = fields.id("client");
  auto& clients = tenants_[who.ns].clients;
  auto self = clients.find(name);
  if (self == clients.end() || !self->second.link || !self->second.link->attached)
    return json::object();
  end_connection(who.ns, name);
  tell_watchers(who.ns, name, false);
  return json::object();
}

reference::outcome reference::cut(const caller& who, const request& fields) {
  auto name = fields.id("client");
  auto& clients = tenants_[who.ns].clients;
  auto self = clients.find(name);
  if (self == clients.end() || !self->second.link || !self->second.link->attached)
    return json::object();
  if (self->second.link->resume_window_ms > 0) {
    detach(who.ns, name);
    return json::object();
  }
  end_connection(who.ns, name);
  tell_watchers(who.ns, name, false);
  return json::object();
}

/// The client has lost its socket, but its connection goes on. Awaits of the lost socket are
/// refused, because on the next socket an answer could be mistaken for that of another request.
void reference::detach(const std::string& ns, const std::string& name) {
  auto& link = *tenants_[ns].clients[name].link;
  link.attached = false;
  link.deadline = saturating_add(now_, nanoseconds_of(link.resume_window_ms));
  drop_waiters(ns, name);
}

/// C1, E6, N11. Watchers are told by the caller of this function, because a takeover tells them
/// nothing.
void reference::end_connection(const std::string& ns, const std::string& name) {
  auto& self = tenants_[ns].clients[name];
  self.link.reset(); // before `clear_owned`: the connection does not see its own clears
  drop_waiters(ns, name);
  return_offered(ns, name);
  clear_owned(ns, name);
}

/// C7. Refuses the awaits of a client whose connection or socket has ended: `stale_connection`.
void reference::drop_waiters(const std::string& ns, const std::string& name) {
  for (auto& [to, target] : tenants_[ns].clients) {
    for (auto& record : target.records) {
      for (const auto& waiting : record.waiters) {
        if (waiting.by == name)
          out_.push_back(refused(waiting.id, "stale_connection"));
      }
      std::erase_if(record.waiters, [&](const waiter& waiting) { return waiting.by == name; });
    }
  }
}

reference::outcome reference::watch(const caller& who, const request& fields) {
  auto name = fields.id("client");
  auto& watches = tenants_[who.ns].clients[*who.as].link->watches;
  if (!watches.contains(name) && watches.size() >= bounds_.watches_max)
    throw refusal{"too_many_watches"};
  watches.insert(name);
  push_presence(who.ns, *who.as, name);
  return json::object();
}

reference::outcome reference::unwatch(const caller& who, const request& fields) {
  auto name = fields.id("client");
  tenants_[who.ns].clients[*who.as].link->watches.erase(name);
  return json::object();
}

std::vector<std::string> reference::connected(const std::string& ns) const {
  std::vector<std::string> result;
  if (auto space = tenants_.find(ns); space != tenants_.end())
    for (const auto& [name, each] : space->second.clients)
      if (each.link && each.link->attached)
        result.push_back(name);
  return result;
}

void reference::push_presence(const std::string& ns, const std::string& watcher,
                              const std::string& name) {
  const auto& clients = tenants_[ns].clients;
  auto watched = clients.find(name);
  auto connected = watched != clients.end() && watched->second.link.has_value();
  push(ns, watcher, {{"_orama", "client.presence"}, {"client", name}, {"connected", connected}});
}

void reference::tell_watchers(const std::string& ns, const std::string& name, bool connected) {
  for (const auto& [watcher, each] : tenants_[ns].clients)
    if (each.link && each.link->watches.contains(name))
      push(ns, watcher,
           {{"_orama", "client.presence"}, {"client", name}, {"connected", connected}});
}

} // namespace restante::simulation
