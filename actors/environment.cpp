#include "restante/actors/environment.hpp"

#include "restante/actors/model/record_ages.hpp"

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
      random{options.seed}, started_at_{options.started_at},
      first_epoch_{
          std::max(static_cast<epoch_number>(options.started_at.ns / 1000), options.first_epoch)},
      origin_{options.origin}, whole_{std::make_shared<model::account>(
                                   "", options.bounds.memory_bytes)} {}

instant environment::now(const caf::actor_clock& clock) const {
  return started_at_ + std::chrono::duration_cast<duration>(clock.now() - origin_);
}

std::shared_ptr<model::account> environment::account_of(const std::string& ns) {
  const std::lock_guard lock{accounts_mutex_};
  const auto known = accounts_.find(ns);
  if (known != accounts_.end())
    return known->second;
  forget_some_unused();
  auto made = std::make_shared<model::account>(ns, bounds.namespace_memory_bytes, whole_);
  accounts_.emplace(ns, made);
  return made;
}

/// A namespace of which nothing is left, and nothing to be counted, needs no account. Two are
/// looked at for each that is made, in turn: so there are never many more than are used, and nobody
/// waits while all are looked at.
void environment::forget_some_unused() {
  for (int n = 0; n < 2 && !accounts_.empty(); ++n) {
    auto at = accounts_.upper_bound(pruned_up_to_);
    if (at == accounts_.end())
      at = accounts_.begin();
    pruned_up_to_ = at->first;
    const auto& account = at->second;
    if (account.use_count() == 1 && account->used() == 0 && account->expired() == 0)
      accounts_.erase(at);
  }
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

void environment::relieve_memory(model::account& of, instant now) {
  for (auto* short_of : {&of, of.whole()}) {
    if (short_of != nullptr && short_of->is_itself_short() && short_of->begin_trim())
      go_on_trimming(*short_of, now);
  }
}

void environment::go_on_trimming(model::account& of, instant now) {
  const auto oldest = of.is_being_trimmed() ? of.oldest() : std::nullopt;
  if (!oldest || oldest->slot >= client_shards_.size())
    return of.end_trim();
  const auto scope = &of == whole_.get() ? memory_scope::whole : memory_scope::one_namespace;
  dialect::tell_anonymously(client_shards_[oldest->slot],
                            trim_records{model::trimmed_with(oldest->oldest, now), scope, of.ns()});
}

} // namespace restante
