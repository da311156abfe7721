#include "restante/actors/model/entries.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace restante::model {

namespace {

/// The length in bytes of `text` between quotes in JSON.
std::size_t escaped_bytes(std::string_view text) {
  std::size_t bytes = text.size();
  for (const char c : text) {
    if (c == '"' || c == '\\')
      bytes += 1;
    if (static_cast<unsigned char>(c) < 0x20)
      bytes += 5;
  }
  return bytes;
}

} // namespace

entries::~entries() {
  for (const auto& [key, kept] : kept_)
    memory_.give_back(cost(key, kept));
}

std::size_t entries::encoded_bytes(std::string_view key, std::string_view client,
                                   std::size_t payload) {
  constexpr std::string_view frame =
      R"({"key":"","client_id":"","payload":"","expires_in_ms":1800000},)";
  const auto base64 = (payload + 2) / 3 * 4;
  return frame.size() + escaped_bytes(key) + escaped_bytes(client) + base64;
}

std::uint64_t entries::cost(std::string_view key, const entry& kept) {
  return entry_cost_bytes + 3 * key.size() + kept.client.size() + kept.payload.size();
}

std::variant<instant, errc> entries::set(const set_entry& asked, peer_number owner, instant now,
                                         entries_effects& effects) {
  const auto wanted = asked.ttl.count() > 0 ? asked.ttl : bounds_.lease_default;
  const entry made{owner, asked.client, asked.payload, asked.lease,
                   now + std::min(wanted, lease_max)};
  const auto bytes = encoded_bytes(asked.key, asked.client, asked.payload.size());

  auto found = kept_.find(asked.key);
  const bool is_new = found == kept_.end();
  const auto bytes_before =
      is_new ? 0 : encoded_bytes(asked.key, found->second.client, found->second.payload.size());
  if (encoded_bytes_ - bytes_before + bytes > topic_bytes_max)
    return errc::topic_full;
  const auto cost_before = is_new ? 0 : cost(asked.key, found->second);
  const auto cost_after = cost(asked.key, made);
  if (cost_after > cost_before && !memory_.try_take(cost_after - cost_before)) {
    return errc::overloaded;
  }
  if (cost_after < cost_before)
    memory_.give_back(cost_before - cost_after);
  encoded_bytes_ += bytes - bytes_before;

  if (!is_new) {
    auto& before = found->second;
    leases_.erase({before.expires_at, asked.key});
    if (before.owner != owner) {
      effects.lost.push_back(
          {before.owner, asked.key, before.lease, entry_end::taken_over, asked.client});
      disown(asked.key, before.owner);
    }
    before = made;
  } else {
    found = kept_.emplace(asked.key, made).first;
  }
  by_owner_[owner].insert(asked.key);
  leases_.emplace(made.expires_at, asked.key);
  RESTANTE_ASSERT(leases_.size() == kept_.size() && by_owner_.size() <= kept_.size());
  RESTANTE_ASSERT(encoded_bytes_ <= topic_bytes_max);
  effects.events.push_back({event_kind::set, ++seq_, asked.key, asked.client, asked.payload, {}});
  return made.expires_at;
}

void entries::clear(const std::string& key, peer_number owner, entries_effects& effects) {
  const auto found = kept_.find(key);
  if (found == kept_.end() || found->second.owner != owner)
    return;
  remove(found, clear_reason::explicit_clear, effects);
}

void entries::clear_all(peer_number owner, entries_effects& effects) {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end())
    return;
  const auto keys = std::move(found->second);
  by_owner_.erase(found);
  for (const auto& key : keys)
    remove(kept_.find(key), clear_reason::disconnect, effects);
}

bool entries::expire(instant now, std::size_t most, entries_effects& effects) {
  const auto due = [&] { return !leases_.empty() && now > leases_.begin()->first; };
  for (std::size_t done = 0; done < most && due(); ++done) {
    const auto found = kept_.find(leases_.begin()->second);
    RESTANTE_ASSERT(found != kept_.end());
    effects.lost.push_back(
        {found->second.owner, found->first, found->second.lease, entry_end::expired, {}});
    remove(found, clear_reason::expired, effects);
  }
  return !due();
}

void entries::publish(const publish_message& asked, entries_effects& effects) {
  effects.events.push_back({event_kind::message, ++seq_, {}, asked.client, asked.data, {}});
}

std::vector<entry_view> entries::list(instant now) const {
  std::vector<entry_view> seen;
  seen.reserve(kept_.size());
  for (const auto& [key, kept] : kept_) {
    if (now >= kept.expires_at)
      continue; // hidden already, cleared at the next tick (E7)
    seen.push_back({key, kept.client, kept.payload, kept.expires_at - now});
  }
  return seen;
}

/// Looks only at the few entries whose lease is over: they are cleared at the next tick.
std::size_t entries::live(instant now) const {
  const auto is_over = [now](const auto& lease) { return now >= lease.first; };
  const auto first = std::ranges::find_if_not(leases_, is_over);
  return leases_.size() - static_cast<std::size_t>(std::distance(leases_.begin(), first));
}

instant entries::deadline() const {
  return leases_.empty() ? instant::never() : leases_.begin()->first + clock_tick;
}

void entries::remove(kept_entries::iterator which, clear_reason reason, entries_effects& effects) {
  RESTANTE_ASSERT(which != kept_.end());
  const auto& [key, kept] = *which;
  effects.events.push_back({event_kind::clear, ++seq_, key, kept.client, {}, reason});
  encoded_bytes_ -= encoded_bytes(key, kept.client, kept.payload.size());
  memory_.give_back(cost(key, kept));
  leases_.erase({kept.expires_at, key});
  disown(key, kept.owner);
  kept_.erase(which);
  RESTANTE_ASSERT(leases_.size() == kept_.size() && by_owner_.size() <= kept_.size());
  RESTANTE_ASSERT(encoded_bytes_ <= topic_bytes_max); // fails also if it has gone below zero
}

void entries::disown(const std::string& key, peer_number owner) {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end())
    return;
  found->second.erase(key);
  if (found->second.empty())
    by_owner_.erase(found);
}

} // namespace restante::model
