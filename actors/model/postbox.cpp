#include "restante/actors/model/postbox.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace restante::model {

namespace {

/// Expired ones that a put drops in passing.
constexpr std::size_t expired_per_put = 16;

} // namespace

postbox::postbox(client_address owner, const limits& bounds, account& memory)
    : owner_{std::move(owner)}, bounds_{bounds}, memory_{memory} {}

postbox::~postbox() {
  for (const auto& [trace, at] : kept_)
    memory_.give_back(at->cost());
  if (staged_) {
    for (const auto& put : staged_->puts)
      memory_.give_back(put.cost());
  }
}

std::variant<put_receipt, errc> postbox::put(const put_notification& asked, const trace_id& trace,
                                             instant now, postbox_news& news) {
  auto result = prepare(asked, trace, now, news);
  if (const auto* code = std::get_if<errc>(&result))
    return *code;
  if (const auto* first = std::get_if<put_receipt>(&result))
    return *first;
  auto& accepted = std::get<entry>(result);
  const auto receipt = receipt_of(accepted);
  if (accepted.victim)
    end(*accepted.victim, accepted.how, now, news);
  order made;
  made.push_back(std::move(accepted.made));
  know_ids(made.front());
  enter(made, now, news);
  return receipt;
}

std::variant<postbox::entry, put_receipt, errc> postbox::prepare(const put_notification& asked,
                                                                 const trace_id& trace, instant now,
                                                                 postbox_news& news) {
  // Expired ones count neither in the cap nor as duplicates nor in memory (spec N9). Where
  // that cannot matter a few are dropped in passing: nobody waits here for a thousand.
  const bool matters = size_at_commit() >= cap() || !asked.message_id.empty() ||
                       !asked.collapse_key.empty() || memory_.is_short();
  expire(now, matters ? std::numeric_limits<std::size_t>::max() : expired_per_put, news);
  if (auto first = duplicate_of(asked))
    return *first;
  entry accepted{record_of(asked, trace, now, bounds_), std::nullopt};
  if (const auto code = find_victim(asked, accepted); code != errc::none)
    return code;
  const auto freed = accepted.victim ? (*accepted.victim)->cost() : 0;
  if (!make_room(accepted.made.cost(), freed, news))
    return errc::overloaded;
  return accepted;
}

/// One of the same collapse key, which needs no more room (spec N15); else, at the cap, the oldest.
errc postbox::find_victim(const put_notification& asked, entry& accepted) {
  if (!asked.collapse_key.empty() && by_collapse_key_) {
    const auto known =
        by_collapse_key_->find({sender_of(asked.from, asked.by), asked.collapse_key});
    if (known != by_collapse_key_->end()) {
      auto older = find(known->second);
      if (!older)
        older = find_staged(known->second);
      if (older && (*older)->where != place::offered && !(*older)->is_in_doubt) {
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
    return !which.is_in_doubt && (which.where == place::queued || which.due_at().ns == 0);
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

put_receipt postbox::receipt_of(const entry& accepted) {
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

/// The first of `from` counts from now on.
void postbox::enter(order& from, instant now, postbox_news& news) {
  const auto which = from.begin();
  queued_.splice(queued_.end(), from, which);
  which->where = place::queued;
  kept_.emplace(which->trace, which);
  expiries_.add(which->expires_at, which->trace);
  if (which->due_at() > now)
    schedule(which);
  tell(*which, notification_state::queued, now, news);
}

/// Moves a queued one to where it waits for its due time (spec N16).
void postbox::schedule(spot which) {
  const auto due = which->due_at();
  auto at = scheduled_.end();
  while (at != scheduled_.begin() && std::prev(at)->due_at() > due)
    --at;
  scheduled_.splice(at, queued_, which);
  which->where = place::scheduled;
}

/// What has come due stands behind all that was eligible before (spec N10).
void postbox::ripen(instant now) {
  while (!scheduled_.empty() && scheduled_.front().due_at() <= now) {
    scheduled_.front().where = place::queued;
    queued_.splice(queued_.end(), scheduled_, scheduled_.begin());
  }
}

std::size_t postbox::cap() const {
  return std::max<std::size_t>(bounds_.queue_length, 1);
}

/// Undelivered ones once all that is staged has taken effect.
std::size_t postbox::size_at_commit() const {
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

void postbox::know_ids(const record& which) {
  if (!which.extras)
    return;
  const auto& [message_id, collapse_key, due, reply, replied] = *which.extras;
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

void postbox::forget_ids(const record& which) {
  if (by_message_ && which.extras && !which.extras->message_id.empty())
    by_message_->erase({which.sender(), which.extras->message_id});
  forget_collapse_key(which);
}

void postbox::forget_collapse_key(const record& which) {
  if (!by_collapse_key_ || !which.extras || which.extras->collapse_key.empty())
    return;
  const auto known = by_collapse_key_->find({which.sender(), which.extras->collapse_key});
  if (known != by_collapse_key_->end() && known->second == which.trace)
    by_collapse_key_->erase(known);
}

std::optional<put_receipt> postbox::duplicate_of(const put_notification& asked) {
  if (asked.message_id.empty() || !by_message_)
    return std::nullopt;
  const auto known = by_message_->find({sender_of(asked.from, asked.by), asked.message_id});
  if (known == by_message_->end())
    return std::nullopt;
  auto first = find(known->second);
  if (!first)
    first = find_staged(known->second);
  put_receipt receipt;
  receipt.trace = (*first)->trace;
  receipt.created_at = (*first)->created_at;
  receipt.expires_at = (*first)->expires_at;
  receipt.result = put_result::duplicate;
  return receipt;
}

bool postbox::make_room(std::uint64_t cost, std::uint64_t freed, postbox_news& news) {
  if (cost <= freed) {
    memory_.take(cost); // the victim gives back more in a moment
    return true;
  }
  const auto more = cost - freed;
  while (!memory_.try_take(more)) {
    if (delivered_.empty())
      return false;
    forget(delivered_.begin(), news);
  }
  memory_.take(freed); // likewise
  return true;
}

std::vector<notification_view> postbox::drain(instant now, postbox_news& news) {
  expire_all(now, news);
  std::vector<notification_view> taken;
  taken.reserve(offered_.size() + queued_.size());
  for (auto* order : {&offered_, &queued_}) {
    // What is out is older than what is queued, and each is in order by itself.
    while (!order->empty()) {
      const auto next = order->begin();
      deliver(next, now, news);
      taken.push_back(view_of(*next, owner_));
    }
  }
  keep_few_delivered(news);
  return taken;
}

std::vector<offered_notification> postbox::offer(std::uint32_t window, instant now,
                                                 postbox_news& news) {
  expire_all(now, news);
  const auto most = offered_max(window);
  std::vector<offered_notification> out;
  while (offered_.size() < most && !queued_.empty()) {
    auto& next = queued_.front();
    if (has_journal_ && (next.is_in_doubt || !next.is_announced))
      break;
    next.is_announced = false;
    offered_.splice(offered_.end(), queued_, queued_.begin());
    next.where = place::offered;
    if (++next.attempts == 1)
      advance(next, notification_state::offered, now, news);
    out.push_back(offer_of(next));
  }
  return out;
}

/// Below the cap, so that a full queue can always let its oldest go (spec N4).
std::size_t postbox::offered_max(std::uint32_t window) const {
  return std::min<std::size_t>(window, std::max<std::size_t>(cap(), 2) - 1);
}

ack_result postbox::ack(const trace_id& trace, instant now, postbox_news& news) {
  expire_all(now, news);
  const auto found = find(trace);
  if (!found || (*found)->where != place::offered)
    return ack_result::late;
  deliver(*found, now, news);
  keep_few_delivered(news);
  return ack_result::in_time;
}

void postbox::keep_few_delivered(postbox_news& news) {
  while (delivered_.size() > bounds_.delivered_length)
    forget(delivered_.begin(), news);
}

void postbox::return_offered(instant now, postbox_news& news) {
  std::vector<trace_id> outdated;
  for (auto at = offered_.rbegin(); at != offered_.rend(); ++at) { // the newest of a key first
    auto& which = *at;
    which.where = place::queued;
    if (!which.extras || which.extras->collapse_key.empty())
      continue;
    // One that was out when a newer one of its key came; without a newer one it counts again.
    const auto newest = by_collapse_key_->try_emplace(
        message_key{which.sender(), which.extras->collapse_key}, which.trace);
    if (newest.first->second != which.trace && !which.is_in_doubt)
      outdated.push_back(which.trace);
  }
  queued_.splice(queued_.begin(), offered_); // all of them were eligible before what is queued
  for (const auto& trace : outdated)
    end(*find(trace), notification_state::collapsed, now, news);
}

std::size_t postbox::pending(instant now, postbox_news& news) {
  expire_all(now, news);
  return waiting();
}

void postbox::deliver(spot which, instant now, postbox_news& news) {
  forget_collapse_key(*which);
  delivered_.splice(delivered_.end(), place_of(*which), which);
  which->where = place::delivered;
  which->delivered_at = now;
  advance(*which, notification_state::delivered, now, news);
}

void postbox::advance(record& which, notification_state to, instant at, postbox_news& news) {
  which.state = std::max<notification_state>(which.state, to);
  tell(which, to, at, news);
}

void postbox::tell(const record& which, notification_state what, instant at,
                   postbox_news& news) const {
  if (which.want != receipts::wanted)
    return;
  news.steps.push_back({{owner_.ns, which.from}, owner_.client, which.trace, what, at});
}

std::optional<postbox::spot> postbox::find(const trace_id& trace) {
  const auto found = kept_.find(trace);
  return found != kept_.end() ? std::optional{found->second} : std::nullopt;
}

postbox::order& postbox::place_of(const record& which) {
  switch (which.where) {
  case place::offered:
    return offered_;
  case place::delivered:
    return delivered_;
  case place::scheduled:
    return scheduled_;
  case place::staged:
    return staged_->puts;
  case place::queued:
    break;
  }
  return queued_;
}

} // namespace restante::model
