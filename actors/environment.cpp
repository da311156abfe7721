#include "restante/actors/environment.hpp"

#include "restante/actors/model/record_ages.hpp"
#include "restante/actors/protocol/shown_times.hpp"

#include <algorithm>
#include <utility>

namespace restante {

namespace {

/// The shortest time between two readings of the wall clock.
constexpr duration wall_pause = std::chrono::milliseconds{100};

/// If two clocks were read further apart than this, their difference is not used.
constexpr duration longest_look = std::chrono::milliseconds{10};

duration size_of(duration span) {
  return span.count() < 0 ? -span : span;
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
      publisher{std::move(options.publisher)}, log{safe_log(std::move(options.log))}, thrown{log},
      random{options.seed}, output{std::make_shared<model::output_budget>(
                                model::output_budget::share_of(options.bounds.memory_bytes))},
      started_at_{options.started_at}, first_epoch_{std::max(
                                           static_cast<epoch_number>(options.started_at.ns / 1000),
                                           options.first_epoch)},
      origin_{options.origin}, clocks_{std::move(options.clocks)}, clock_{options.clock},
      events_{std::move(options.events)}, wall_ahead_ns_{options.wall_ahead.count()},
      whole_{std::make_shared<model::account>("", options.bounds.memory_bytes, nullptr,
                                              [this](const auto& by) { memory_limit_met(by); })} {}

instant environment::now(const caf::actor_clock& clock) const {
  return started_at_ + std::chrono::duration_cast<duration>(clock.now() - origin_);
}

instant environment::wall_now(const caf::actor_clock& clock) const {
  return clocks_.wall ? clocks_.wall() : now(clock) + duration{wall_ahead_ns_.load()};
}

duration environment::wall_ahead(const caf::actor_clock& clock) {
  if (clocks_.wall)
    look_at_wall_clock(clock);
  return duration{wall_ahead_ns_.load(std::memory_order_relaxed)};
}

void environment::look_at_wall_clock(const caf::actor_clock& clock) {
  const auto before = now(clock);
  const instant seen{wall_seen_ns_.load(std::memory_order_relaxed)};
  if (seen.ns != 0 && before - seen < wall_pause)
    return;
  const auto wall = clocks_.wall();
  if (now(clock) - before > longest_look)
    return;
  wall_seen_ns_.store(before.ns, std::memory_order_relaxed);
  const auto ahead = wall - before;
  auto known = wall_ahead_ns_.load(std::memory_order_relaxed);
  const auto step = ahead - duration{known};
  if (size_of(step) < smallest_clock_step ||
      !wall_ahead_ns_.compare_exchange_strong(known, ahead.count()))
    return;
  count.clock_steps.fetch_add(1, std::memory_order_relaxed);
  tell(severity::warning, "clock_stepped",
       {{"ms", std::chrono::duration_cast<std::chrono::milliseconds>(step).count()}});
}

clock_note environment::note_clocks(const caf::actor_clock& clock) {
  const auto ahead = wall_ahead(clock);
  const auto time = now(clock);
  return {time, time + ahead, clocks_.boot ? clocks_.boot() : boot_clock{}};
}

void environment::tell(severity how, std::string_view event,
                       std::initializer_list<log_field> fields) {
  if (events_) {
    events_->write(how, event, fields);
    return;
  }
  std::string line{event};
  for (const auto& field : fields)
    line.append(" ").append(field.name).append("=").append(field.text);
  log(line);
}

/// Tells the operator when the shortage begins and then once a minute. An operation that finds no
/// room calls this function, so the function must be cheap.
void environment::memory_limit_met(const model::account& by) {
  count.memory_limits.fetch_add(1, std::memory_order_relaxed);
  if (clock_ == nullptr)
    return;
  const auto key = by.is_whole() ? std::string{"broker"} : "namespace " + by.ns();
  if (const auto times = memory_limits_.count(key, now(*clock_)); times > 0)
    tell(severity::warning, "memory_limit",
         {{"of", by.is_whole() ? "broker" : "namespace"},
          {"ns", by.ns()},
          {"bytes", by.used()},
          {"limit", by.most()},
          {"times", times}});
}

void environment::evicted(const client_address& whose, instant now) {
  count.evicted.fetch_add(1, std::memory_order_relaxed);
  if (const auto times = evictions_.count(whose.ns + '\0' + whose.client, now); times > 0)
    tell(severity::warning, "evicting",
         {{"client", whose.client}, {"ns", whose.ns}, {"evicted", times}});
}

std::shared_ptr<model::account> environment::account_of(const std::string& ns) {
  const std::lock_guard lock{accounts_mutex_};
  const auto known = accounts_.find(ns);
  if (known != accounts_.end())
    return known->second;
  forget_some_unused();
  auto made = std::make_shared<model::account>(ns, bounds.namespace_memory_bytes, whole_,
                                               [this](const auto& by) { memory_limit_met(by); });
  accounts_.emplace(ns, made);
  return made;
}

/// Forgets accounts of namespaces that have no children and nothing to count. Each new account
/// makes this function check two others in turn: so there are never many more accounts than are
/// used, and no caller waits for a check of all accounts.
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
