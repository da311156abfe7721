#include "restante/actors/environment.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace restante {

namespace {

void log_to_stderr(std::string_view line) {
  std::fprintf(stderr, "restante: %.*s\n", static_cast<int>(line.size()), line.data());
}

/// Somebody else's code, called from where nothing may throw.
log_hook safe(log_hook log) {
  return [log = std::move(log)](std::string_view line) {
    try {
      log(line);
    } catch (...) { // there is nobody to tell
    }
  };
}

} // namespace

environment::environment(environment_options options)
    : bounds{options.bounds}, routing{[&] {
                                        if (options.key)
                                          return *options.key;
                                        random_source keys{options.seed};
                                        return keys.bytes<std::tuple_size_v<model::routing::key>>();
                                      }(),
                                      options.slots, options.route_bits},
      publisher{std::move(options.publisher)}, log{safe(options.log ? std::move(options.log)
                                                                    : log_hook{log_to_stderr})},
      random{options.seed}, output{std::make_shared<model::output_budget>(
                                model::output_budget::share_of(options.bounds.memory_bytes))},
      started_at_{options.started_at}, first_epoch_{std::max(
                                           static_cast<epoch_number>(options.started_at.ns / 1000),
                                           options.first_epoch)},
      origin_{options.origin}, whole_{std::make_shared<model::account>(
                                   "", options.bounds.memory_bytes)} {}

instant environment::now(const caf::actor_clock& clock) const {
  return started_at_ + std::chrono::duration_cast<duration>(clock.now() - origin_);
}

std::shared_ptr<model::account> environment::account_of(const std::string& ns) {
  const std::lock_guard lock{accounts_mutex_};
  if (accounts_.size() >= accounts_prune_at_)
    forget_unused_accounts();
  auto& found = accounts_[ns];
  if (!found)
    found = std::make_shared<model::account>(ns, bounds.namespace_memory_bytes, whole_);
  return found;
}

/// A namespace of which nothing is left, and nothing to be counted, needs no account.
void environment::forget_unused_accounts() {
  std::erase_if(accounts_, [](const auto& known) {
    const auto& account = known.second;
    return account.use_count() == 1 && account->used() == 0 && account->expired() == 0;
  });
  accounts_prune_at_ = 2 * accounts_.size() + 1024;
}

void environment::set_shards(std::vector<client_shard_actor> clients,
                             std::vector<topic_shard_actor> topics) {
  client_shards_ = std::move(clients);
  topic_shards_ = std::move(topics);
}

const client_shard_actor& environment::client_shard(route_number route) const {
  return client_shards_[routing.slot(route)];
}

const topic_shard_actor& environment::topic_shard(route_number route) const {
  return topic_shards_[routing.slot(route)];
}

void environment::release_shards() {
  is_releasing_.store(true);
  if (count.actors.load() == 0)
    release_if_last();
}

void environment::actor_ended() {
  if (count.actors.fetch_sub(1) == 1)
    release_if_last();
}

void environment::release_if_last() {
  if (!is_releasing_.exchange(false))
    return;
  client_shards_.clear();
  topic_shards_.clear();
  journal_ = nullptr;
}

void environment::journal_took(const journal_changes& what) {
  journalled.waiting_changes.fetch_add(size_of(what), std::memory_order_relaxed);
  journalled.waiting_bytes.fetch_add(bytes_of(what), std::memory_order_relaxed);
}

void environment::journal_did(const journal_changes& what) {
  journalled.waiting_changes.fetch_sub(size_of(what), std::memory_order_relaxed);
  journalled.waiting_bytes.fetch_sub(bytes_of(what), std::memory_order_relaxed);
}

bool environment::is_journal_full() const {
  return journalled.waiting_changes.load(std::memory_order_relaxed) >=
             bounds.journal_waiting_changes ||
         journalled.waiting_bytes.load(std::memory_order_relaxed) >= bounds.journal_waiting_bytes;
}

bool environment::is_memory_short() {
  const std::lock_guard lock{accounts_mutex_};
  return whole_->is_short() ||
         std::ranges::any_of(accounts_, [](const auto& known) { return known.second->is_short(); });
}

void environment::relieve_memory() {
  if (!whole_->raise_alarm())
    return;
  for (const auto& shard : client_shards_)
    dialect::tell_anonymously(shard, trim_records{});
}

} // namespace restante
