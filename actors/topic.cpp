#include "restante/actors/topic.hpp"

#include "restante/actors/protocol/tell_connection.hpp"
#include "restante/actors/shard.hpp"
#include "restante/messages/json/frames.hpp"

#include <utility>

namespace restante::actors {

namespace {

/// How many leases expire in one turn. The rest expire when the shard asks again.
constexpr std::size_t leases_per_turn = 32;

} // namespace

topic::topic(caf::actor_config& config, child_seed seed)
    : shared_behavior{config}, environment_{std::move(seed.environment)},
      memory_{std::move(seed.memory)}, duties_{seed}, at_{memory_->ns(), std::move(seed.id)},
      epoch_{seed.epoch}, entries_{environment_->bounds, *memory_} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  environment_->count.actors.fetch_add(1);
  environment_->count.topics.fetch_add(1);
}

/// All topics share one list of handlers.
template <class... Commands>
topic::behavior_type topic::make_handlers(type_list<Commands...>) {
  return {
      [](const Commands& m) { running().guarded(m); }...,
      [](const get_topic_usage& m) { running().guarded(m); },
      [](const owner_gone& m) { running().guarded(m); },
      [](const child_due& m) { running().guarded(m); },
      [](const retire&) { running().quit(); },
  };
}

topic::behavior_type topic::make_behavior() {
  static const auto shared = make_handlers(operations_to<reach::topic>{});
  return shared;
}

void topic::on_exit() {
  for (const auto& by : relays_)
    dialect::tell_anonymously(by, retire{});
  memory_->give_back(relays_.size() * actor_cost_bytes);
  relays_.clear();
  peers_.clear();
  subscribers_.clear();
  environment_->count.topics.fetch_sub(1);
  environment_->actor_ended();
}

template <class Message>
void topic::guarded(Message& m) {
  if (has_failed_) {
    refuse(op_of(m), errc::internal);
    return;
  }
  try {
    on(m);
    if constexpr (std::is_same_v<Message, const child_due>) {
      duties_.settle_due(this, shard(), is_idle(), entries_.deadline());
    } else {
      duties_.settle(this, shard(), is_idle(), entries_.deadline());
    }
  } catch (const std::exception& what) {
    refuse(op_of(m), errc::internal);
    fail(what);
  }
}

/// Answers `internal` to the messages left in the mailbox, until the shard has removed this topic.
/// Tells the connections that have keys or a subscription here to begin again.
void topic::fail(const std::exception& what) {
  environment_->log("topic " + at_.topic + ": " + what.what());
  has_failed_ = true;
  duties_.crashed(this, shard()); // first, so a connection that begins again finds a new topic
  peers_.for_each([this](const caf::strong_actor_ptr& peer) {
    tell_connection(this, peer, topic_failed{at_});
  });
}

void topic::on(const set_entry& m) {
  const auto sender = dialect::sender_of(this);
  const auto known = peers_.number_of(sender);
  const auto owner = known != 0 ? known : peers_.hold(this, sender);
  model::entries_effects effects;
  const auto result = entries_.set(m, owner, now(), effects);
  if (const auto* code = std::get_if<errc>(&result)) {
    if (*code == errc::overloaded)
      environment_->relieve_memory(*memory_, now());
    forget_if_unused(owner);
    refuse(m.op, *code);
    return;
  }
  if (memory_->is_short())
    environment_->relieve_memory(*memory_, now());
  if (tell(std::move(effects))) {
    answer(entry_receipt{m.op, std::get<instant>(result)});
  } else {
    refuse(m.op, errc::publisher_failed);
  }
}

void topic::on(const clear_entry& m) {
  const auto owner = peers_.number_of(dialect::sender_of(this));
  model::entries_effects effects;
  if (owner != 0)
    entries_.clear(m.key, owner, effects);
  environment_->count.clears.fetch_add(effects.events.size(), std::memory_order_relaxed);
  const bool is_published = tell(std::move(effects));
  forget_if_unused(owner);
  answer_change(m.op, is_published);
}

void topic::on(const list_entries& m) {
  answer(view(m.op, view_reason::list));
}

void topic::on(const subscribe_topic& m) {
  const auto sender = dialect::sender_of(this);
  const auto known = peers_.number_of(sender);
  const auto subscriber = known != 0 ? known : peers_.hold(this, sender);
  add_subscriber(subscriber, sender);
  answer(view(m.op, m.reason));
}

void topic::on(const unsubscribe_topic& m) {
  const auto subscriber = peers_.number_of(dialect::sender_of(this));
  remove_subscriber(subscriber);
  forget_if_unused(subscriber);
  answer(operation_done{m.op});
}

void topic::on(const publish_message& m) {
  model::entries_effects effects;
  entries_.publish(m, effects);
  answer_change(m.op, tell(std::move(effects)));
}

void topic::on(const get_topic_usage& m) {
  answer(topic_usage_view{m.op, entries_.live(now()), subscribers_.size()});
}

void topic::on(const owner_gone&) {
  const auto gone = peers_.number_of(dialect::sender_of(this));
  if (gone == 0)
    return;
  remove_subscriber(gone); // a subscriber that ends does not see its own clears
  model::entries_effects effects;
  entries_.clear_all(gone, effects);
  environment_->count.clears.fetch_add(effects.events.size(), std::memory_order_relaxed);
  if (!environment_->stopping.load())
    tell(std::move(effects)); // stopping publishes no clears (C6)
  forget_if_unused(gone);
}

void topic::on(const child_due&) {
  model::entries_effects effects;
  entries_.expire(now(), leases_per_turn, effects);
  if (effects.events.empty())
    return;
  environment_->count.clears.fetch_add(effects.events.size(), std::memory_order_relaxed);
  auto lost = effects.lost;
  tell(std::move(effects));
  for (const auto& one : lost)
    forget_if_unused(one.owner);
}

void topic::peer_down(const caf::actor_addr& who) {
  const auto gone = peers_.handle_of(peers_.number_of(who));
  if (gone)
    dialect::tell_as(this, gone, shard(), owner_gone{at_});
}

bool topic::tell(model::entries_effects effects) {
  for (auto& one : effects.lost) {
    if (const auto owner = peers_.handle_of(one.owner)) {
      tell_connection(this, owner, entry_ended{at_, one.key, one.lease, one.how, one.new_client});
    }
    if (one.how == entry_end::taken_over)
      forget_if_unused(one.owner);
  }
  if (effects.events.empty())
    return true;
  environment_->count.events.fetch_add(effects.events.size(), std::memory_order_relaxed);
  const topic_events events{event_batch{at_, epoch_, std::move(effects.events)}};
  tell_subscribers(events);
  return tell_publisher(events);
}

void topic::tell_subscribers(const topic_events& events) {
  for (const auto& by : relays_)
    dialect::tell(this, by, events);
  if (subscribers_.empty())
    return;
  const dialect::shared_message once{events};
  for (const auto& [number, known] : subscribers_) {
    if (!known.by)
      tell_connection_shared(this, known.handle, once);
  }
}

void topic::add_subscriber(peer_number number, const caf::strong_actor_ptr& handle) {
  const auto [at, is_new] = subscribers_.try_emplace(number, subscriber{handle, {}});
  if (!is_new || subscribers_.size() <= told_directly_max)
    return;
  at->second.by = relay_for(number);
  dialect::tell_as(this, handle, at->second.by, relay_to{});
}

void topic::remove_subscriber(peer_number number) {
  const auto found = subscribers_.find(number);
  if (found == subscribers_.end())
    return;
  if (found->second.by)
    dialect::tell_as(this, found->second.handle, found->second.by, relay_no_longer{});
  subscribers_.erase(found);
}

const relay_actor& topic::relay_for(peer_number number) {
  while (relays_.size() < relays_max) {
    memory_->take(actor_cost_bytes);
    relays_.push_back(home_system().spawn<relay>(environment_));
  }
  return relays_[number % relays_max];
}

bool topic::tell_publisher(const topic_events& events) {
  if (!environment_->publisher)
    return true;
  bool is_fine = true;
  for (const auto& frame : events.frames(json::frames_of)) {
    try {
      is_fine = environment_->publisher(at_.ns, at_.topic, frame) && is_fine;
    } catch (...) {
      is_fine = false; // an embedder's code: whatever it throws, the topic goes on
      environment_->thrown.say("topic " + at_.topic, "the publisher hook");
    }
  }
  if (!is_fine)
    environment_->count.publisher_failures.fetch_add(1, std::memory_order_relaxed);
  return is_fine;
}

entries_view topic::view(operation_number op, view_reason reason) {
  return {op, reason, at_.topic, entries_.list(now()), epoch_, entries_.seq()};
}

void topic::forget_if_unused(peer_number peer) {
  if (peer == 0 || entries_.owns_any(peer) || subscribers_.contains(peer))
    return;
  peers_.release(this, peer);
}

void topic::refuse(operation_number op, errc code) {
  if (op != 0)
    answer(operation_failed{op, code, {}});
}

void topic::answer_change(operation_number op, bool is_published) {
  if (is_published) {
    answer(operation_done{op});
  } else {
    refuse(op, errc::publisher_failed);
  }
}

template <class Answer>
void topic::answer(Answer what) {
  if (const auto sender = dialect::sender_of(this)) {
    tell_connection(this, sender, std::move(what));
  }
}

} // namespace restante::actors
