#include "restante/benchmarks/baseline/mutex_ephemeral.hpp"

#include <algorithm>
#include <utility>

namespace restante::benchmarks {

std::size_t ephemeral_store::state_hash::operator()(const state_view& view) const {
  const std::hash<std::string_view> hash;
  const auto mix = [](std::size_t seed, std::size_t more) {
    return (seed ^ more) * 0x9E3779B97F4A7C15ULL + (seed >> 29);
  };
  return mix(mix(hash(view.space), hash(view.topic)), hash(view.key));
}

std::size_t ephemeral_store::state_hash::operator()(const state_key& key) const {
  return (*this)(state_view{key.space, key.topic, key.key});
}

// The key differs most often, so it is compared first.
bool ephemeral_store::state_equal::operator()(const state_key& left,
                                              const state_view& right) const {
  return left.key == right.key && left.topic == right.topic && left.space == right.space;
}

bool ephemeral_store::state_equal::operator()(const state_view& left,
                                              const state_key& right) const {
  return (*this)(right, left);
}

bool ephemeral_store::state_equal::operator()(const state_key& left, const state_key& right) const {
  return (*this)(left, state_view{right.space, right.topic, right.key});
}

ephemeral_store::ephemeral_store(publisher publish, clock_source now)
    : publish_(std::move(publish)), now_(std::move(now)) {}

store_outcome ephemeral_store::set(std::string_view space, std::string_view client,
                                   std::string_view topic, std::string_view key,
                                   shared_payload payload, std::chrono::milliseconds ttl) {
  if (client.empty())
    return store_outcome::no_client;
  if (topic.empty() || key.empty())
    return store_outcome::empty_id;
  if (payload.bytes().size() > payload_bytes_max)
    return store_outcome::payload_too_large;
  const auto lease =
      std::min<std::chrono::milliseconds>(ttl.count() > 0 ? ttl : ttl_default, ttl_max);
  value fresh{std::string{client}, payload, now_() + lease};
  {
    const std::lock_guard guard{mutex_};
    auto found = values_.find(state_view{space, topic, key});
    if (found != values_.end() && found->second.client == client) {
      std::swap(found->second, fresh);
    } else {
      auto own = owned_.find(client);
      if (own != owned_.end() && own->second.size() >= keys_per_client_max)
        return store_outcome::too_many_keys;
      if (found == values_.end()) {
        state_key stored{std::string{space}, std::string{topic}, std::string{key}};
        found = values_.emplace(std::move(stored), std::move(fresh)).first;
      } else {
        disown(found->second.client, &*found);
        std::swap(found->second, fresh);
        own = owned_.find(client);
      }
      if (own == owned_.end())
        own = owned_.try_emplace(std::string{client}).first;
      own->second.insert(&*found);
    }
  }
  if (!publish_)
    return store_outcome::done;
  const stored_event event{stored_event::kind::set, space, topic, key, client,
                           std::move(payload),      {}};
  return publish_(event) ? store_outcome::done : store_outcome::publisher_failed;
}

store_outcome ephemeral_store::clear(std::string_view space, std::string_view client,
                                     std::string_view topic, std::string_view key) {
  if (client.empty())
    return store_outcome::no_client;
  if (topic.empty() || key.empty())
    return store_outcome::empty_id;
  value_map::node_type gone;
  {
    const std::lock_guard guard{mutex_};
    const auto found = values_.find(state_view{space, topic, key});
    if (found == values_.end() || found->second.client != client)
      return store_outcome::done;
    disown(client, &*found);
    gone = values_.extract(found);
  }
  return publish_clear(gone.key(), client, clear_reason::explicit_clear)
             ? store_outcome::done
             : store_outcome::publisher_failed;
}

std::vector<ephemeral_store::listed> ephemeral_store::list(std::string_view space,
                                                           std::string_view topic) const {
  const auto now = now_();
  std::vector<listed> out;
  {
    const std::lock_guard guard{mutex_};
    for (const auto& [key, entry] : values_) {
      if (key.topic != topic || key.space != space || now >= entry.expires_at)
        continue;
      const auto left = std::chrono::floor<std::chrono::milliseconds>(entry.expires_at - now);
      out.push_back({key.key, entry.client, entry.payload, left});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const listed& left, const listed& right) { return left.key < right.key; });
  return out;
}

void ephemeral_store::clear_client(std::string_view client) {
  std::vector<value_map::node_type> gone;
  {
    const std::lock_guard guard{mutex_};
    const auto own = owned_.find(client);
    if (own == owned_.end())
      return;
    gone.reserve(own->second.size());
    for (const auto* entry : own->second)
      gone.push_back(values_.extract(entry->first));
    owned_.erase(own);
  }
  for (const auto& node : gone)
    publish_clear(node.key(), client, clear_reason::disconnect);
}

void ephemeral_store::sweep() {
  const auto now = now_();
  std::vector<value_map::node_type> gone;
  {
    const std::lock_guard guard{mutex_};
    for (auto next = values_.begin(); next != values_.end();) {
      const auto current = next++;
      if (now <= current->second.expires_at)
        continue;
      disown(current->second.client, &*current);
      gone.push_back(values_.extract(current));
    }
  }
  for (const auto& node : gone)
    publish_clear(node.key(), node.mapped().client, clear_reason::expired);
}

std::size_t ephemeral_store::size() const {
  const std::lock_guard guard{mutex_};
  return values_.size();
}

bool ephemeral_store::publish_clear(const state_key& key, std::string_view client,
                                    clear_reason reason) const {
  if (!publish_)
    return true;
  return publish_({stored_event::kind::clear, key.space, key.topic, key.key, client, {}, reason});
}

void ephemeral_store::disown(std::string_view client, value_map::const_pointer entry) {
  const auto own = owned_.find(client);
  if (own == owned_.end())
    return;
  own->second.erase(entry);
  if (own->second.empty())
    owned_.erase(own);
}

} // namespace restante::benchmarks
