#pragma once

#include "restante/actors/child.hpp"
#include "restante/actors/environment.hpp"
#include "restante/actors/model/alarm_grid.hpp"
#include "restante/actors/model/child_table.hpp"
#include "restante/actors/model/parts.hpp"
#include "restante/actors/model/record.hpp"
#include "restante/actors/model/restoration.hpp"
#include "restante/actors/model/trims.hpp"
#include "restante/actors/model/wakes.hpp"
#include "restante/actors/protocol/tell_connection.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::actors {

/// The alarm of a shard, which only the shard itself can send.
using shard_alarms = typed<accepts<shard_due>>;

/// The operation that a message belongs to; 0 if it belongs to none.
template <class Message>
operation_number op_of(const Message& m) {
  if constexpr (requires { m.op; }) {
    return m.op;
  } else if constexpr (requires { m.question.op; }) {
    return m.question.op;
  } else {
    return 0;
  }
}

/// Finds or creates the children of one hash slot and forwards all messages to them, so that it can
/// count the messages, keep the deadlines, and end idle children. Of a child it knows only the
/// route, the count and the deadline.
///
/// `Kind` has the properties that are specific to clients or to topics: see client_shard.hpp and
/// topic_shard.hpp.
template <class Kind>
class shard : public Kind::self::base {
public:
  using base = typename Kind::self::base;

  /// How many children may be awake at once, in all shards of a kind. Other messages wait behind
  /// their turns, and this wait should stay well below 1 ms.
  static constexpr std::size_t woken_max_of_all = 16;

  shard(caf::actor_config& config, environment_ptr environment, slot_number slot)
      : base{config}, environment_{std::move(environment)}, slot_{slot},
        last_epoch_{environment_->first_epoch()}, wakes_{woken_max()}, trims_{children_,
                                                                              environment_->whole(),
                                                                              slot} {
    if (is_kept())
      restoration_.begin();
    dialect::drop_unexpected(this);
    environment_->count.actors.fetch_add(1);
  }

  typename base::behavior_type make_behavior() override { return Kind::behavior(*this); }

  void on_exit() override {
    children_.clear();
    restoration_ = {};
    environment_->actor_ended();
  }

  /// Passes a message on to the child it is for, in its sender's name.
  template <class Message>
  void forward(Message& m) {
    const auto& [ns, id] = Kind::address_of(m);
    const auto route = environment_->routing.route(ns, id);
    auto* found = children_.find(route, ns, id);
    if (found == nullptr) {
      if constexpr (Kind::template creates<Message>) {
        found = create(route, ns, id, op_of(m));
        if (found == nullptr)
          return;
      } else {
        if constexpr (Kind::template answers_absent<Message>)
          answer(Kind::absent(m));
        return;
      }
    }
    hand_on(*found, m);
  }

  /// Sends each client its part of a batch of puts, in one message each. Each put knows its route,
  /// and creates its client unless there is no memory for it.
  void part(put_batch& batch) {
    model::parts<known_child, put_batch> parts;
    for (auto& one : batch.puts) {
      const auto& [ns, id] = Kind::address_of(one);
      auto* found = children_.find(one.route, ns, id);
      if (found == nullptr)
        found = create(one.route, ns, id, one.op, model::cost_of(one));
      if (found != nullptr)
        parts.of(*found).puts.push_back(std::move(one));
    }
    parts.give([this](known_child& to, put_batch& mine) { hand_on(to, mine); });
  }

  /// Asks the next child that shares the trace's route, or answers `not_found`.
  template <class Message>
  void forward_by_trace(Message& m) {
    auto& asked = m.question;
    auto* found = children_.next(asked.trace.route(), asked.asked_up_to);
    if (found == nullptr) {
      answer(operation_failed{asked.op, errc::not_found, {}});
      return;
    }
    asked.asked_up_to = found->number;
    hand_on(*found, m);
  }

  epoch_number next_epoch() { return ++last_epoch_; }

  /// Calls `act` now, or after the restore if this slot is still being restored: no answer may come
  /// before that (spec D2). If the slot cannot be restored, the message is refused (spec D3).
  template <class Message, class Act>
  void once_restored(Message& m, Act act) {
    if (restoration_.failure() != errc::none)
      return refuse(m, restoration_.failure());
    if (!restoration_.is_under_way())
      return act(*this, m);
    const bool is_first =
        restoration_.park({dialect::sender_of(this), [this, act, held = std::move(m)]() mutable {
                             if (restoration_.failure() != errc::none) {
                               refuse(held, restoration_.failure());
                             } else {
                               act(*this, held);
                             }
                           }});
    if (is_first)
      dialect::tell(this, environment_->journal(), hurry_slot{slot_});
  }

  void on(kept_view& m) {
    if (!restoration_.is_under_way())
      return;
    if (m.code != errc::none)
      return do_parked(restoration_.fail(m.code));
    for (const auto& one : m.expired)
      environment_->account_of(one.ns)->count_expired(one.rows);
    hand_out(m.notifications);
    if (m.last != 0) {
      dialect::tell(this, environment_->journal(), get_kept{slot_, m.last});
      return;
    }
    children_.for_each([this](auto& which) {
      if (!restoration_.concerns(which.in->ns, which.id))
        return;
      restore_done done;
      hand_on(which, done);
    });
    if (restoration_.is_whole())
      environment_->journalled.slots_to_restore.fetch_sub(1);
    do_parked(restoration_.finish());
    restore_crashed();
  }

  void on(const child_idle& m) {
    auto* which = children_.find(m.route, m.child);
    if (which == nullptr || which->forwarded != m.handled)
      return;
    retire_child(m.route, *which);
  }

  void on(const child_deadline& m) {
    auto* which = children_.find(m.route, m.child);
    if (which == nullptr)
      return;
    if (m.dues_handled > 0)
      wakes_.rested(*which);
    children_.set_deadline(m.route, *which, m.at);
    look_ahead();
  }

  void on(const child_crashed& m) {
    auto* which = children_.find(m.route, m.child);
    if (which == nullptr)
      return;
    environment_->count.crashes.fetch_add(1);
    environment_->log("a " + std::string{Kind::name} + " failed and was replaced: " + which->id);
    if (is_kept())
      restoration_.crashed({which->in->ns, which->id});
    wakes_.rested(*which);
    retire_child(m.route, *which);
    restore_crashed();
    look_ahead();
  }

  void on(const shard_due& m) {
    grid_.rang(m.armed_for);
    look_ahead();
  }

  /// Takes the age of a client's records, which the client reports by itself or as the answer to
  /// `trim_records`.
  void on(const child_records& m) {
    auto* which = children_.find(m.route, m.child);
    if (which == nullptr)
      return;
    if (m.trims_handled == 0)
      return trims_.note(m.route, *which, m.oldest);
    go_on_trimming(trims_.answered(m.route, *which, m.oldest));
  }

  /// Passes the message to a few clients with the oldest records, and goes on when they have
  /// answered.
  void on(const trim_records& m) {
    const bool is_for_whole = m.scope == memory_scope::whole;
    auto* in = is_for_whole ? nullptr : children_.find_group(m.ns);
    if (in == nullptr && !is_for_whole)
      return go_on_trimming(
          environment_->account_of(m.ns).get()); // the namespace has no clients left here
    for (auto* which : trims_.ask(in, m.older_than)) {
      ++which->forwarded;
      dialect::tell(this, which->handle, m);
    }
    go_on_trimming(trims_.end_if_over(in));
  }

  void on(const stop_shard&) {
    children_.for_each([this](auto& which) { dialect::tell(this, which.handle, retire{}); });
    children_.clear();
    this->quit();
  }

  /// Answers a purge after all expired notifications have been dropped (spec N8).
  void on(const purge_expired& m) {
    parked_.push_back({original_sender(), m});
    look_ahead();
  }

  /// Answers from the index of ids, and sends nothing to the children.
  void on(const get_ids& m) { answer(children_.ids().page(m)); }

private:
  using child_handle = typename Kind::child;
  using known_child = typename model::child_table<child_handle>::child;

  /// A message that came before the slot was restored. Parked messages are handled in the order in
  /// which they came.
  struct parked_message {
    caf::strong_actor_ptr sender;
    std::function<void()> act;
  };

  void do_parked(std::vector<parked_message> parked) {
    for (auto& one : parked) {
      original_sender_ = std::move(one.sender);
      one.act();
    }
    original_sender_ = nullptr;
  }

  bool is_kept() const { return Kind::is_kept && environment_->has_journal(); }

  void restore_crashed() {
    if (restoration_.begin_crashed())
      dialect::tell(this, environment_->journal(), get_kept{slot_, 0});
  }

  /// Sends each client its part, in one message.
  void hand_out(std::vector<kept_notification>& all) {
    model::parts<known_child, restore_notifications> parts;
    for (auto& one : all) {
      if (!restoration_.concerns(one.to.ns, one.to.client))
        continue;
      const auto route = environment_->routing.route(one.to.ns, one.to.client);
      auto* found = children_.find(route, one.to.ns, one.to.client);
      if (found == nullptr) {
        auto memory = memory_of(one.to.ns);
        Kind::counter(*memory).fetch_add(1); // also beyond the bound: it was accepted
        found = make(std::move(memory), route, one.to.client);
      }
      parts.of(*found).notifications.push_back(std::move(one));
    }
    parts.give([this](known_child& to, restore_notifications& mine) { hand_on(to, mine); });
  }

  template <class Message>
  void refuse(const Message& m, errc code) {
    if constexpr (requires { m.puts; }) {
      for (const auto& one : m.puts)
        answer(operation_failed{one.op, code, {}});
    } else if (op_of(m) != 0 || std::is_same_v<Message, client_connected>) {
      answer(operation_failed{op_of(m), code, {}});
    }
  }

  /// The sender of the current message; a parked message keeps its sender.
  caf::strong_actor_ptr original_sender() {
    return original_sender_ ? original_sender_ : dialect::sender_of(this);
  }

  instant now() const { return environment_->now(this->clock()); }

  std::size_t woken_max() const {
    return std::max<std::size_t>(woken_max_of_all / environment_->routing.slots(), 1);
  }

  std::shared_ptr<model::account> memory_of(const std::string& ns) {
    const auto* known = children_.find_group(ns);
    return known != nullptr ? known->memory : environment_->account_of(ns);
  }

  /// Creates a child. If that is refused, answers the refusal and returns null. If the child is
  /// created to store `bytes`, there must be room for the child and the bytes: otherwise the child
  /// would end at once.
  known_child* create(route_number route, const std::string& ns, const std::string& id,
                      operation_number op, std::uint64_t bytes = 0) {
    auto memory = memory_of(ns);
    const bool has_room = bytes == 0 || memory->has_room(cost_of(id) + bytes);
    if (!has_room)
      environment_->relieve_memory(*memory, now());
    if (!has_room ||
        !model::account::try_count(Kind::counter(*memory), Kind::most(environment_->bounds))) {
      answer(operation_failed{op, errc::overloaded, {}});
      return nullptr;
    }
    return make(std::move(memory), route, id);
  }

  known_child* make(std::shared_ptr<model::account> memory, route_number route,
                    const std::string& id) {
    memory->take(cost_of(id));
    child_seed seed{environment_, memory, route, children_.next_number(), 0, id};
    if constexpr (Kind::stamps_children)
      seed.epoch = next_epoch();
    known_child made;
    made.number = seed.number;
    made.id = id;
    made.handle = Kind::spawn(*this, std::move(seed));
    return &children_.add(route, std::move(memory), std::move(made));
  }

  void retire_child(route_number route, known_child& which) {
    const auto memory = which.in->memory; // the group of the namespace may end with the child
    memory->give_back(cost_of(which.id));
    Kind::counter(*memory).fetch_sub(1);
    go_on_trimming(trims_.answered(route, which, instant::never()));
    const auto handle = children_.remove(route, which.number);
    dialect::tell(this, handle, retire{});
  }

  static std::uint64_t cost_of(const std::string& id) { return actor_cost_bytes + 2 * id.size(); }

  template <class Message>
  void hand_on(known_child& to, Message& m) {
    ++to.forwarded;
    dialect::tell_as(this, original_sender(), to.handle, std::move(m));
  }

  template <class Answer>
  void answer(Answer what) {
    if (const auto sender = original_sender()) {
      tell_connection(this, sender, std::move(what));
    }
  }

  /// Wakes children that are due, answers purges when none is due, and sets the next alarm.
  void look_ahead() {
    const auto present = now();
    for (auto* due : wakes_.wake(children_, present)) {
      ++due->forwarded;
      dialect::tell(this, due->handle, child_due{});
    }
    if (wakes_.is_anybody_awake())
      return; // the last answer of a child calls this function again
    for (auto& [who, purge] : std::exchange(parked_, {})) {
      const auto removed = memory_of(purge.ns)->take_expired();
      if (who)
        tell_connection(this, who, purge_receipt{purge.op, removed});
    }
    if (const auto at = grid_.arm(children_.deadline(), present)) {
      dialect::tell_after(this, *at - present, caf::actor_cast<typename Kind::self>(this),
                          shard_due{*at});
    }
  }

  /// Continues a trim that is over in this slot, perhaps in another slot. Null: no trim is over
  /// here.
  void go_on_trimming(model::account* of) {
    if (of != nullptr)
      environment_->go_on_trimming(*of, now());
  }

  struct parked_purge {
    caf::strong_actor_ptr who;
    purge_expired purge;
  };

  environment_ptr environment_;
  const slot_number slot_;
  epoch_number last_epoch_;
  model::child_table<child_handle> children_;
  model::alarm_grid grid_;
  model::wakes<child_handle> wakes_;
  model::trims<child_handle> trims_;
  model::restoration<parked_message> restoration_;
  std::vector<parked_purge> parked_;
  caf::strong_actor_ptr original_sender_;
};

} // namespace restante::actors
