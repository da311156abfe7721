#pragma once

#include "restante/actors/child.hpp"
#include "restante/actors/environment.hpp"
#include "restante/actors/model/alarm_grid.hpp"
#include "restante/actors/model/id_sieve.hpp"
#include "restante/actors/model/roster.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace restante::actors {

/// A shard's own alarms; nobody else sends these.
using shard_alarms = typed<accepts<shard_due>, accepts<shard_continue>>;

/// The operation that a message belongs to; 0 when it belongs to none.
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

/// Finds or creates the children of one hash slot and is the only way to them: so it can
/// count what it forwards, keep their deadlines, and let them go when they are idle. It
/// knows of a child its route, its count and its deadline, and never looks inside.
///
/// `Kind` says what is specific to clients or to topics: see client_shard.hpp and
/// topic_shard.hpp.
template <class Kind>
class shard : public Kind::self::base {
public:
  using base = typename Kind::self::base;

  /// Children woken at once, over all shards of a kind: whoever comes meanwhile waits for
  /// their turns at each hop, and that should stay well below 1 ms.
  static constexpr std::size_t woken_max_of_all = 16;

  shard(caf::actor_config& config, environment_ptr world, slot_number slot)
      : base{config}, world_{std::move(world)}, slot_{slot}, last_epoch_{world_->first_epoch()} {
    if (is_kept())
      restoration_ = std::make_unique<restoration>();
    dialect::drop_unexpected(this);
    world_->count.actors.fetch_add(1);
  }

  typename base::behavior_type make_behavior() override { return Kind::behavior(*this); }

  void on_exit() override {
    roster_.clear();
    restoration_.reset();
    world_->actor_ended();
  }

  /// Passes a message on to the child it is for, in its sender's name.
  template <class Message>
  void forward(Message& m) {
    const auto& [ns, id] = Kind::address_of(m);
    const auto route = world_->routing.route(ns, id);
    auto* found = roster_.find(route, ns, id);
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

  /// Gives each child its part of a batch, in one message each. Each element knows its
  /// route, and makes its child exist.
  template <class Batch, class Element>
  void part(Batch& batch, std::vector<Element> Batch::*elements) {
    std::vector<std::pair<known_child*, Batch>> parts;
    for (auto& one : batch.*elements) {
      const auto& [ns, id] = Kind::address_of(one);
      auto* found = roster_.find(one.route, ns, id);
      if (found == nullptr)
        found = create(one.route, ns, id, one.op);
      if (found == nullptr)
        continue;
      if (found->gathered == 0) {
        parts.emplace_back(found, Batch{});
        found->gathered = static_cast<std::uint32_t>(parts.size());
      }
      (parts[found->gathered - 1].second.*elements).push_back(std::move(one));
    }
    for (auto& [to, mine] : parts) {
      to->gathered = 0;
      hand_on(*to, mine);
    }
  }

  /// Asks the next of those that share a trace's route, or answers that nobody knows it.
  template <class Message>
  void forward_by_trace(Message& m) {
    auto& asked = m.question;
    auto* found = roster_.next(asked.trace.route(), asked.asked_up_to);
    if (found == nullptr) {
      answer(operation_failed{asked.op, errc::not_found, {}});
      return;
    }
    asked.asked_up_to = found->number;
    hand_on(*found, m);
  }

  epoch_number next_epoch() { return ++last_epoch_; }

  /// Does it now, or, while what was kept of this slot is still being restored, then: nobody can be
  /// told anything before (spec D2). If it cannot be restored it is refused (spec D3).
  template <class Message, class Act>
  void once_restored(Message& m, Act act) {
    if (!restoration_)
      return act(*this, m);
    if (restoration_->failure != errc::none)
      return refuse(m, restoration_->failure);
    if (restoration_->parked.empty())
      dialect::tell(this, world_->journal(), hurry_slot{slot_});
    restoration_->parked.push_back(
        {dialect::sender_of(this), [this, act, held = std::move(m)]() mutable {
           if (restoration_ && restoration_->failure != errc::none) {
             refuse(held, restoration_->failure);
           } else {
             act(*this, held);
           }
         }});
  }

  void on(kept_view& m) {
    if (!restoration_)
      return;
    if (m.code != errc::none) {
      restoration_->failure = m.code;
      return do_parked();
    }
    for (const auto& one : m.expired)
      world_->account_of(one.ns)->count_expired(one.rows);
    hand_out(m.notifications);
    if (m.last != 0) {
      dialect::tell(this, world_->journal(), get_kept{slot_, m.last});
      return;
    }
    roster_.for_each([this](auto& which) {
      if (!is_restored(which.ns, which.id))
        return;
      restore_done done;
      hand_on(which, done);
    });
    if (restoration_->only.empty())
      world_->journalled.slots_to_restore.fetch_sub(1);
    do_parked();
    restore_crashed();
  }

  void on(const child_idle& m) {
    auto* which = roster_.find(m.route, m.child);
    if (which == nullptr || which->forwarded != m.handled)
      return;
    retire_child(m.route, *which);
  }

  void on(const child_deadline& m) {
    auto* which = roster_.find(m.route, m.child);
    if (which == nullptr)
      return;
    if (m.dues_handled > 0)
      rested(*which);
    roster_.set_deadline(m.route, *which, m.at);
    look_ahead();
  }

  void on(const child_crashed& m) {
    auto* which = roster_.find(m.route, m.child);
    if (which == nullptr)
      return;
    world_->count.crashes.fetch_add(1);
    world_->log("a " + std::string{Kind::name} + " failed and was replaced: " + which->id);
    if (is_kept() && ever_crashed_.insert(one_name(which->ns, which->id)).second)
      crashed_.insert(one_name(which->ns, which->id));
    rested(*which);
    retire_child(m.route, *which);
    restore_crashed();
    look_ahead();
  }

  void on(const shard_due& m) {
    grid_.rang(m.armed_for);
    look_ahead();
  }

  void on(const shard_continue&) {
    if (to_trim_.empty() && world_->is_memory_short()) {
      trim_age_ = *std::next(std::ranges::find(trim_ages, trim_age_));
      begin_trim();
    } else {
      trim_more();
    }
  }

  void on(const trim_records&) {
    if (is_trimming_)
      return;
    if (!world_->is_memory_short()) {
      world_->whole().relieved(); // by somebody else; the next alarm must be heard again
      return;
    }
    is_trimming_ = true;
    trim_age_ = trim_ages.front();
    begin_trim();
  }

  void on(const stop_shard&) {
    roster_.for_each([this](auto& which) { dialect::tell(this, which.handle, retire{}); });
    roster_.clear();
    this->quit();
  }

  /// Answers a purge once all that is due has been dropped (spec N8).
  void on(const purge_expired& m) {
    parked_.push_back({speaker(), m});
    look_ahead();
  }

  /// Looks at each child once, and disturbs none.
  void on(const get_ids& m) {
    model::id_sieve found{m};
    roster_.for_each([&found](const auto& which) { found.see(which.ns, which.id); });
    answer(found.view());
  }

private:
  using child_handle = typename Kind::child;
  using known_child = typename model::roster<child_handle>::child;

  /// Delivered records go oldest first, in steps of age (spec N18).
  static constexpr std::array<duration, 4> trim_ages{std::chrono::hours{1}, std::chrono::minutes{1},
                                                     std::chrono::seconds{1}, duration{0}};
  static constexpr std::size_t trimmed_max = 256;
  static constexpr duration trim_pause = std::chrono::milliseconds{1};

  /// What came before the slot was restored, and will be done in the same order.
  struct restoration {
    struct parked_message {
      caf::strong_actor_ptr sender;
      std::function<void()> act;
    };
    std::set<std::string> only; ///< clients, as "namespace\0client"; empty: all
    errc failure = errc::none;
    std::vector<parked_message> parked;
  };

  void do_parked() {
    auto parked = std::exchange(restoration_->parked, {});
    if (restoration_->failure == errc::none)
      restoration_.reset();
    for (auto& one : parked) {
      speaker_ = std::move(one.sender);
      one.act();
    }
    speaker_ = nullptr;
  }

  bool is_kept() const { return Kind::is_kept && world_->has_journal(); }

  static std::string one_name(const std::string& ns, const std::string& id) {
    return ns + '\0' + id;
  }

  bool is_restored(const std::string& ns, const std::string& id) const {
    return restoration_->only.empty() || restoration_->only.contains(one_name(ns, id));
  }

  /// A client that failed takes nothing with it that is on disk; once, lest it fails of that.
  void restore_crashed() {
    if (crashed_.empty() || restoration_)
      return;
    restoration_ = std::make_unique<restoration>();
    restoration_->only = std::exchange(crashed_, {});
    dialect::tell(this, world_->journal(), get_kept{slot_, 0});
  }

  /// To each client its part, in one message.
  void hand_out(std::vector<kept_notification>& all) {
    std::vector<std::pair<known_child*, restore_notifications>> parts;
    for (auto& one : all) {
      if (!is_restored(one.to.ns, one.to.client))
        continue;
      const auto route = world_->routing.route(one.to.ns, one.to.client);
      auto* found = roster_.find(route, one.to.ns, one.to.client);
      if (found == nullptr) {
        auto memory = world_->account_of(one.to.ns);
        Kind::counter(*memory).fetch_add(1); // beyond the bound too: it was accepted
        found = make(std::move(memory), route, one.to.ns, one.to.client);
      }
      if (found->gathered == 0) {
        parts.emplace_back(found, restore_notifications{});
        found->gathered = static_cast<std::uint32_t>(parts.size());
      }
      parts[found->gathered - 1].second.notifications.push_back(std::move(one));
    }
    for (auto& [to, mine] : parts) {
      to->gathered = 0;
      hand_on(*to, mine);
    }
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

  /// In whose name the present message was sent; a parked one keeps its sender.
  caf::strong_actor_ptr speaker() { return speaker_ ? speaker_ : dialect::sender_of(this); }

  instant now() const { return world_->now(this->clock()); }

  std::size_t woken_max() const {
    return std::max<std::size_t>(woken_max_of_all / world_->routing.slots(), 1);
  }

  known_child* create(route_number route, const std::string& ns, const std::string& id,
                      operation_number op) {
    auto memory = world_->account_of(ns);
    if (!model::account::try_count(Kind::counter(*memory), Kind::most(world_->bounds))) {
      answer(operation_failed{op, errc::overloaded, {}});
      return nullptr;
    }
    return make(std::move(memory), route, ns, id);
  }

  known_child* make(std::shared_ptr<model::account> memory, route_number route,
                    const std::string& ns, const std::string& id) {
    memory->take(cost_of(id));
    child_seed seed{world_, memory, route, roster_.next_number(), 0, id};
    if constexpr (Kind::stamps_children)
      seed.epoch = next_epoch();
    known_child made;
    made.number = seed.number;
    made.ns = ns;
    made.id = id;
    made.handle = Kind::spawn(*this, std::move(seed));
    return &roster_.add(route, std::move(made));
  }

  void retire_child(route_number route, const known_child& which) {
    const auto memory = world_->account_of(which.ns);
    memory->give_back(cost_of(which.id));
    Kind::counter(*memory).fetch_sub(1);
    const auto handle = roster_.remove(route, which.number);
    dialect::tell(this, handle, retire{});
  }

  static std::uint64_t cost_of(const std::string& id) { return actor_cost_bytes + 2 * id.size(); }

  template <class Message>
  void hand_on(known_child& to, Message& m) {
    ++to.forwarded;
    dialect::tell_as(this, speaker(), to.handle, std::move(m));
  }

  template <class Answer>
  void answer(Answer what) {
    if (const auto sender = speaker()) {
      dialect::tell_peer(this, sender, std::move(what));
    }
  }

  void rested(known_child& which) {
    if (std::exchange(which.is_woken, false))
      --woken_;
  }

  /// Wakes who is due, answers purges when nobody is, and sets the next alarm.
  void look_ahead() {
    const auto present = now();
    if (woken_ == 0) {
      for (auto* due : roster_.take_due(present, woken_max())) {
        due->is_woken = true;
        ++woken_;
        ++due->forwarded;
        dialect::tell(this, due->handle, child_due{});
      }
    }
    if (woken_ > 0)
      return; // the last of them to answer brings us here again
    for (auto& [who, purge] : std::exchange(parked_, {})) {
      const auto removed = world_->account_of(purge.ns)->take_expired();
      if (who)
        dialect::tell_peer(this, who, purge_receipt{purge.op, removed});
    }
    if (const auto at = grid_.arm(roster_.deadline(), present)) {
      dialect::tell_after(this, *at - present, caf::actor_cast<typename Kind::self>(this),
                          shard_due{*at});
    }
  }

  void begin_trim() {
    roster_.for_each([this](auto& which) {
      to_trim_.emplace_back(world_->routing.route(which.ns, which.id), which.number);
    });
    trim_more();
  }

  void trim_more() {
    if (!world_->is_memory_short())
      to_trim_.clear();
    const auto older_than = now() + duration{-trim_age_.count() + 1};
    for (std::size_t n = 0; n < trimmed_max && !to_trim_.empty(); ++n) {
      const auto [route, number] = to_trim_.back();
      to_trim_.pop_back();
      auto* which = roster_.find(route, number);
      if (which == nullptr)
        continue;
      ++which->forwarded;
      dialect::tell(this, which->handle, trim_records{older_than});
    }
    if (!to_trim_.empty()) {
      dialect::tell(this, caf::actor_cast<typename Kind::self>(this), shard_continue{});
    } else if (world_->is_memory_short() && trim_age_ != trim_ages.back()) {
      // What was just sent must take effect first, or younger ones would go for nothing.
      dialect::tell_after(this, trim_pause, caf::actor_cast<typename Kind::self>(this),
                          shard_continue{});
    } else {
      is_trimming_ = false;
      world_->whole().relieved();
    }
  }

  struct parked_purge {
    caf::strong_actor_ptr who;
    purge_expired purge;
  };

  environment_ptr world_;
  const slot_number slot_;
  epoch_number last_epoch_;
  model::roster<child_handle> roster_;
  model::alarm_grid grid_;
  std::size_t woken_ = 0;
  std::vector<parked_purge> parked_;
  std::vector<std::pair<route_number, std::uint64_t>> to_trim_;
  duration trim_age_{0};
  bool is_trimming_ = false;
  std::unique_ptr<restoration> restoration_; ///< while it is under way, or if it failed
  std::set<std::string> crashed_;            ///< to be restored next
  std::set<std::string> ever_crashed_;
  caf::strong_actor_ptr speaker_;
};

} // namespace restante::actors
