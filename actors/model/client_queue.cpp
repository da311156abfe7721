#include "restante/actors/model/client_queue.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace restante::model {

namespace {

/// How many expired records a put drops in passing.
constexpr std::size_t expired_per_put = 16;

} // namespace

client_queue::client_queue(client_address owner, const limits& bounds, account& memory)
    : owner_{std::move(owner)}, bounds_{bounds}, memory_{memory} {}

client_queue::~client_queue() {
  for (const auto& [trace, at] : kept_)
    memory_.give_back(at->cost());
  if (staged_) {
    for (const auto& put : staged_->puts)
      memory_.give_back(put.cost());
  }
}

std::variant<put_receipt, errc> client_queue::put(const put_notification& asked,
                                                  const trace_id& trace, instant now,
                                                  queue_effects& effects) {
  auto result = prepare(asked, trace, now, effects);
  if (const auto* code = std::get_if<errc>(&result))
    return *code;
  if (const auto* first = std::get_if<put_receipt>(&result))
    return *first;
  auto& accepted = std::get<entry>(result);
  const auto receipt = receipt_of(accepted);
  if (accepted.victim)
    end(*accepted.victim, accepted.how, now, effects);
  order made;
  made.push_back(std::move(accepted.made));
  know_ids(made.front());
  enter(made, now, effects);
  return receipt;
}

std::variant<client_queue::entry, put_receipt, errc>
client_queue::prepare(const put_notification& asked, const trace_id& trace, instant now,
                      queue_effects& effects) {
  // Expired records count neither in the cap nor as duplicates nor in memory (spec N9). If that
  // cannot matter, only a few are dropped in passing, so that no put waits for a thousand of them.
  const bool matters = size_at_commit() >= cap() || !asked.message_id.empty() ||
                       !asked.collapse_key.empty() || memory_.is_short();
  expire(now, matters ? std::numeric_limits<std::size_t>::max() : expired_per_put, effects);
  if (auto first = duplicate_of(asked))
    return *first;
  entry accepted{record_of(asked, trace, now, bounds_), std::nullopt};
  if (const auto code = find_victim(asked, accepted); code != errc::none)
    return code;
  const auto freed = accepted.victim ? (*accepted.victim)->cost() : 0;
  if (!make_room(accepted.made.cost(), freed, effects))
    return errc::overloaded;
  return accepted;
}

/// Finds the record that a put replaces: the record with its collapse key, which needs no more room
/// (spec N15), or else, at the cap, the oldest.
errc client_queue::find_victim(const put_notification& asked, entry& accepted) {
  if (!asked.collapse_key.empty() && by_collapse_key_) {
    const auto known =
        by_collapse_key_->find({sender_of(asked.from, asked.by), asked.collapse_key});
    if (known != by_collapse_key_->end()) {
      auto older = find(known->second);
      if (!older)
        older = find_staged(known->second);
      if (older && (*older)->where != queue_part::offered && !(*older)->is_in_doubt) {
        accepted.victim = older;
        accepted.how = notification_state::collapsed;
        return errc::none;
      }
    }
  }
  if (size_at_commit() < cap())
    return errc::none;
  const auto policy = asked.at_cap == cap_policy::standard ? bounds_.at_cap : asked.at_cap;
  if (policy == cap_policy::reject)
    return errc::target_full;
  const auto may_go = [](const record& which) {
    return !which.is_in_doubt && (which.where == queue_part::queued || which.due_at().ns == 0);
  };
  auto oldest = std::ranges::find_if(queued_, may_go);
  if (oldest == queued_.end()) {
    if (!staged_)
      return errc::target_full;
    oldest = std::ranges::find_if(staged_->puts, may_go);
    if (oldest == staged_->puts.end())
      return errc::target_full;
  }
  accepted.victim = oldest;
  return errc::none;
}

put_receipt client_queue::receipt_of(const entry& accepted) {
  put_receipt receipt;
  receipt.trace = accepted.made.trace;
  receipt.created_at = accepted.made.created_at;
  receipt.expires_at = accepted.made.expires_at;
  if (accepted.victim) {
    const bool collapses = accepted.how == notification_state::collapsed;
    (collapses ? receipt.collapsed : receipt.evicted) = (*accepted.victim)->trace;
  }
  return receipt;
}

/// Adds the first record of `from` to the queue.
void client_queue::enter(order& from, instant now, queue_effects& effects) {
  const auto which = from.begin();
  queued_.splice(queued_.end(), from, which);
  which->where = queue_part::queued;
  kept_.emplace(which->trace, which);
  expiries_.add(which->expires_at, which->trace);
  if (which->due_at() > now)
    schedule(which);
  RESTANTE_ASSERT(do_counts_agree());
  tell(*which, notification_state::queued, now, effects);
}

/// Moves a queued record to the records that wait for their due time (spec N16).
void client_queue::schedule(spot which) {
  const auto due = which->due_at();
  auto at = scheduled_.end();
  while (at != scheduled_.begin() && std::prev(at)->due_at() > due)
    --at;
  scheduled_.splice(at, queued_, which);
  which->where = queue_part::scheduled;
}

/// Puts records that have come due behind all records that were eligible before (spec N10).
void client_queue::ripen(instant now) {
  while (!scheduled_.empty() && scheduled_.front().due_at() <= now) {
    scheduled_.front().where = queue_part::queued;
    queued_.splice(queued_.end(), scheduled_, scheduled_.begin());
  }
}

std::size_t client_queue::cap() const {
  return std::max<std::size_t>(bounds_.queue_length, 1);
}

/// How many records are undelivered once all staged changes have taken effect.
std::size_t client_queue::size_at_commit() const {
  auto size = waiting();
  if (!staged_ || size + staged_->puts.size() < cap())
    return size + (staged_ ? staged_->puts.size() : 0);
  size += staged_->puts.size();
  for (const auto& one : staged_->ends) {
    if (one.victim && (kept_.contains(one.victim) || is_staged(one.victim)))
      --size;
  }
  return size;
}

void client_queue::know_ids(const record& which) {
  if (!which.extras)
    return;
  const auto& message_id = which.extras->message_id;
  const auto& collapse_key = which.extras->collapse_key;
  if (!message_id.empty()) {
    if (!by_message_)
      by_message_ = std::make_unique<std::map<message_key, trace_id>>();
    by_message_->emplace(message_key{which.sender(), message_id}, which.trace);
  }
  if (!collapse_key.empty() && !which.is_delivered()) {
    if (!by_collapse_key_)
      by_collapse_key_ = std::make_unique<std::map<message_key, trace_id>>();
    by_collapse_key_->insert_or_assign(message_key{which.sender(), collapse_key}, which.trace);
  }
}

void client_queue::forget_ids(const record& which) {
  if (by_message_ && which.extras && !which.extras->message_id.empty())
    by_message_->erase({which.sender(), which.extras->message_id});
  forget_collapse_key(which);
}

void client_queue::forget_collapse_key(const record& which) {
  if (!by_collapse_key_ || !which.extras || which.extras->collapse_key.empty())
    return;
  const auto known = by_collapse_key_->find({which.sender(), which.extras->collapse_key});
  if (known != by_collapse_key_->end() && known->second == which.trace)
    by_collapse_key_->erase(known);
}

std::optional<put_receipt> client_queue::duplicate_of(const put_notification& asked) {
  if (asked.message_id.empty() || !by_message_)
    return std::nullopt;
  const auto known = by_message_->find({sender_of(asked.from, asked.by), asked.message_id});
  if (known == by_message_->end())
    return std::nullopt;
  auto first = find(known->second);
  if (!first)
    first = find_staged(known->second);
  RESTANTE_ASSERT(first.has_value()); // a record and its ids are forgotten together
  put_receipt receipt;
  receipt.trace = (*first)->trace;
  receipt.created_at = (*first)->created_at;
  receipt.expires_at = (*first)->expires_at;
  receipt.result = put_result::duplicate;
  return receipt;
}

bool client_queue::make_room(std::uint64_t cost, std::uint64_t freed, queue_effects& effects) {
  if (cost <= freed) {
    memory_.take(cost); // the victim gives back more in a moment
    return true;
  }
  const auto more = cost - freed;
  while (!memory_.try_take(more)) {
    if (delivered_.empty())
      return false;
    forget(delivered_.begin(), effects);
  }
  memory_.take(freed); // the replaced record gives these bytes back in a moment
  return true;
}

std::vector<notification_view> client_queue::drain(instant now, queue_effects& effects) {
  expire_all(now, effects);
  std::vector<notification_view> taken;
  taken.reserve(offered_.size() + queued_.size());
  for (auto* order : {&offered_, &queued_}) {
    // Offered records are older than queued records, and each list is in order by itself.
    while (!order->empty()) {
      const auto next = order->begin();
      deliver(next, now, effects);
      taken.push_back(view_of(*next, owner_));
    }
  }
  keep_few_delivered(effects);
  return taken;
}

std::vector<offered_notification> client_queue::offer(std::uint32_t window, instant now,
                                                      queue_effects& effects) {
  expire_all(now, effects);
  const auto most = offered_max(window);
  std::vector<offered_notification> out;
  while (offered_.size() < most && !queued_.empty()) {
    auto& next = queued_.front();
    if (has_journal_ && (next.is_in_doubt || !next.is_announced))
      break;
    next.is_announced = false;
    offered_.splice(offered_.end(), queued_, queued_.begin());
    next.where = queue_part::offered;
    if (++next.attempts == 1)
      advance(next, notification_state::offered, now, effects);
    out.push_back(offer_of(next));
  }
  return out;
}

/// Below the cap, so that a full queue can always evict its oldest record (spec N4).
std::size_t client_queue::offered_max(std::uint32_t window) const {
  return std::min<std::size_t>(window, std::max<std::size_t>(cap(), 2) - 1);
}

ack_result client_queue::ack(const trace_id& trace, instant now, queue_effects& effects) {
  expire_all(now, effects);
  const auto found = find(trace);
  if (!found || (*found)->where != queue_part::offered)
    return ack_result::late;
  deliver(*found, now, effects);
  keep_few_delivered(effects);
  return ack_result::in_time;
}

void client_queue::keep_few_delivered(queue_effects& effects) {
  while (delivered_.size() > bounds_.delivered_length)
    forget(delivered_.begin(), effects);
}

void client_queue::return_offered(instant now, queue_effects& effects) {
  std::vector<trace_id> outdated;
  // The newest record of each collapse key comes first.
  for (auto at = offered_.rbegin(); at != offered_.rend(); ++at) {
    auto& which = *at;
    which.where = queue_part::queued;
    if (!which.extras || which.extras->collapse_key.empty())
      continue;
    // A record that was offered when a newer record of its key came. Without a newer record it
    // counts again.
    const auto newest = by_collapse_key_->try_emplace(
        message_key{which.sender(), which.extras->collapse_key}, which.trace);
    if (newest.first->second != which.trace && !which.is_in_doubt)
      outdated.push_back(which.trace);
  }
  queued_.splice(queued_.begin(), offered_); // all of them were eligible before the queued records
  for (const auto& trace : outdated)
    end(*find(trace), notification_state::collapsed, now, effects);
}

std::size_t client_queue::pending(instant now, queue_effects& effects) {
  expire_all(now, effects);
  return waiting();
}

void client_queue::deliver(spot which, instant now, queue_effects& effects) {
  RESTANTE_ASSERT(!which->is_delivered() && which->where != queue_part::staged);
  forget_collapse_key(*which);
  delivered_.splice(delivered_.end(), list_of(*which), which);
  which->where = queue_part::delivered;
  which->delivered_at = now;
  advance(*which, notification_state::delivered, now, effects);
}

void client_queue::advance(record& which, notification_state to, instant at,
                           queue_effects& effects) {
  which.state = std::max<notification_state>(which.state, to);
  tell(which, to, at, effects);
}

void client_queue::tell(const record& which, notification_state what, instant at,
                        queue_effects& effects) const {
  if (which.want != receipts::wanted)
    return;
  effects.steps.push_back({{owner_.ns, which.from}, owner_.client, which.trace, what, at});
}

std::optional<client_queue::spot> client_queue::find(const trace_id& trace) {
  const auto found = kept_.find(trace);
  return found != kept_.end() ? std::optional{found->second} : std::nullopt;
}

client_queue::order& client_queue::list_of(const record& which) {
  switch (which.where) {
  case queue_part::offered:
    return offered_;
  case queue_part::delivered:
    return delivered_;
  case queue_part::scheduled:
    return scheduled_;
  case queue_part::staged:
    return staged_->puts;
  case queue_part::queued:
    break;
  }
  return queued_;
}

} // namespace restante::model
