#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

constexpr std::int64_t lease_ms_default = 60 * 1000;
constexpr std::int64_t lease_ms_max = 30 * 60 * 1000;

bool has_subscribers(const tenant& in, const std::string& name) {
  for (const auto& [client, each] : in.clients)
    if (each.link && each.link->subscriptions.contains(name))
      return true;
  return false;
}

} // namespace

/// E1 to E4. An entry exactly at its deadline is hidden, but not yet cleared: it takes no place any
/// more, but it can still be overwritten or cleared.
reference::outcome reference::set(const caller& who, const request& fields) {
  auto name = fields.id("topic");
  auto key = fields.id("key");
  auto payload = fields.base64("payload");
  auto ttl_ms = fields.integer("ttl_ms", 0);
  if (decoded_bytes(payload) > bounds_.ephemeral_bytes_max)
    throw refusal{"payload_too_large"};
  auto& space = tenants_[who.ns];
  std::optional<std::string> former;
  auto owned = false;
  if (auto place = space.topics.find(name); place != space.topics.end()) {
    if (auto old = place->second.entries.find(key); old != place->second.entries.end()) {
      former = old->second.owner;
      owned = *former == *who.as && old->second.expires_at > now_;
    }
  }
  if (!owned && keys_of(space, *who.as) >= bounds_.keys_per_client_max)
    throw refusal{"too_many_keys"};
  ttl_ms = ttl_ms <= 0 ? lease_ms_default : std::min(ttl_ms, lease_ms_max);
  open_topic(who.ns, name).entries[key] = {*who.as, payload,
                                           saturating_add(now_, nanoseconds_of(ttl_ms))};
  json event{{"_orama", "ephemeral.set"}, {"topic", name}, {"key", key}, {"client_id", *who.as}};
  if (!payload.empty())
    event["payload"] = payload;
  announce(who.ns, name, std::move(event));
  if (former && *former != *who.as)
    tell_lost(
        who.ns, *former,
        {{"_orama", "ephemeral.lost"}, {"topic", name}, {"key", key}, {"client_id", *who.as}});
  return json::object();
}

/// E4, C4. A detached connection gets the frame when it is attached again.
void reference::tell_lost(const std::string& ns, const std::string& name, json frame) {
  auto& link = tenants_[ns].clients[name].link;
  if (!link || link->attached) {
    push(ns, name, std::move(frame));
    return;
  }
  const std::pair which{frame["topic"].get<std::string>(), frame["key"].get<std::string>()};
  link->losses[which] = std::move(frame);
}

/// E5.
reference::outcome reference::clear(const caller& who, const request& fields) {
  auto name = fields.id("topic");
  auto key = fields.id("key");
  auto& topics = tenants_[who.ns].topics;
  auto place = topics.find(name);
  if (place == topics.end())
    return json::object();
  auto found = place->second.entries.find(key);
  if (found != place->second.entries.end() && found->second.owner == *who.as)
    clear_entry(who.ns, name, key, "explicit");
  return json::object();
}

/// E8; `list("")` is empty (spec §9).
reference::outcome reference::list(const caller& who, const request& fields) {
  auto name = fields.text("topic");
  if (!name.empty())
    name = fields.id("topic");
  return view_of(who.ns, name);
}

/// E11.
reference::outcome reference::subscribe(const caller& who, const request& fields) {
  auto name = fields.id("topic");
  auto& subscriptions = tenants_[who.ns].clients[*who.as].link->subscriptions;
  if (!subscriptions.contains(name) && subscriptions.size() >= bounds_.subscriptions_max)
    throw refusal{"too_many_subscriptions"};
  subscriptions.insert(name);
  open_topic(who.ns, name);
  return view_of(who.ns, name);
}

reference::outcome reference::unsubscribe(const caller& who, const request& fields) {
  auto name = fields.id("topic");
  tenants_[who.ns].clients[*who.as].link->subscriptions.erase(name);
  return json::object();
}

/// E16. A topic that is not in use has no subscribers, and nothing is counted.
reference::outcome reference::publish(const caller& who, const request& fields) {
  auto name = fields.id("topic");
  auto data = fields.value("data");
  if (write_exact(data).size() > bounds_.body_bytes_max)
    throw refusal{"payload_too_large"};
  if (tenants_[who.ns].topics.contains(name))
    announce(who.ns, name,
             {{"_orama", "topic.message"},
              {"topic", name},
              {"client_id", *who.as},
              {"data", std::move(data)}});
  return json::object();
}

/// E7. Entries with one deadline are cleared in the order of their keys.
void reference::expire_entries() {
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, place] : space.topics) {
      std::vector<std::string> expired;
      for (const auto& [key, value] : place.entries)
        if (now_ > value.expires_at)
          expired.push_back(key);
      for (const auto& key : expired)
        clear_entry(ns, name, key, "expired");
    }
  }
}

/// E6.
void reference::clear_owned(const std::string& ns, const std::string& owner) {
  for (auto& [name, place] : tenants_[ns].topics) {
    std::vector<std::string> owned;
    for (const auto& [key, value] : place.entries)
      if (value.owner == owner)
        owned.push_back(key);
    for (const auto& key : owned)
      clear_entry(ns, name, key, "disconnect");
  }
}

void reference::clear_entry(const std::string& ns, const std::string& name, const std::string& key,
                            const char* reason) {
  auto& entries = tenants_[ns].topics[name].entries;
  auto owner = entries[key].owner;
  entries.erase(key);
  announce(ns, name,
           {{"_orama", "ephemeral.clear"},
            {"topic", name},
            {"key", key},
            {"client_id", owner},
            {"reason", reason}});
}

/// E10: every event counts, whether there is a subscriber or not.
void reference::announce(const std::string& ns, const std::string& name, json event) {
  auto& place = tenants_[ns].topics[name];
  event["seq"] = ++place.seq;
  event["epoch"] = place.epoch;
  for (const auto& [subscriber, each] : tenants_[ns].clients)
    if (each.link && each.link->subscriptions.contains(name))
      push(ns, subscriber, event);
}

topic& reference::open_topic(const std::string& ns, const std::string& name) {
  auto& space = tenants_[ns];
  auto [i, added] = space.topics.try_emplace(name);
  if (added)
    i->second.epoch =
        "epoch:topic " + ns + "/" + name + ":" + std::to_string(++space.incarnations[name]);
  return i->second;
}

void reference::retire_topics() {
  for (auto& [ns, space] : tenants_) {
    for (auto i = space.topics.begin(); i != space.topics.end();) {
      auto place = i++;
      if (place->second.entries.empty() && !has_subscribers(space, place->first))
        space.topics.erase(place);
    }
  }
}

json reference::view_of(const std::string& ns, const std::string& name) const {
  json entries = json::array();
  json epoch = 0;
  std::uint64_t seq = 0;
  auto space = tenants_.find(ns);
  if (space != tenants_.end()) {
    if (auto place = space->second.topics.find(name); place != space->second.topics.end()) {
      epoch = place->second.epoch;
      seq = place->second.seq;
      for (const auto& [key, value] : place->second.entries) {
        if (now_ >= value.expires_at)
          continue;
        json row{{"key", key}, {"client_id", value.owner}};
        if (!value.payload.empty())
          row["payload"] = value.payload;
        row["expires_in_ms"] = ms_of(value.expires_at - now_);
        entries.push_back(std::move(row));
      }
    }
  }
  return {{"entries", std::move(entries)}, {"epoch", epoch}, {"seq", seq}};
}

std::size_t reference::keys_of(const tenant& in, const std::string& owner) const {
  std::size_t count = 0;
  for (const auto& [name, place] : in.topics)
    count += static_cast<std::size_t>(
        std::count_if(place.entries.begin(), place.entries.end(), [&](const auto& item) {
          return item.second.owner == owner && item.second.expires_at > now_;
        }));
  return count;
}

} // namespace restante::simulation
