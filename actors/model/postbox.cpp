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
}

std::variant<put_receipt, errc> postbox::put(const put_notification& asked, const trace_id& trace,
                                             instant now, postbox_news& news) {
  // Expired ones count neither in the cap nor as duplicates nor in memory (spec N9). Where
  // that cannot matter a few are dropped in passing: nobody waits here for a thousand.
  const bool matters = is_full() || !asked.message_id.empty() || memory_.is_short();
  expire(now, matters ? std::numeric_limits<std::size_t>::max() : expired_per_put, news);
  if (auto first = duplicate_of(asked))
    return *first;

  record made;
  made.trace = trace;
  made.from = asked.from;
  made.pack = asked.pack;
  made.created_at = now;
  made.expires_at = now + (asked.ttl.count() > 0 ? asked.ttl : bounds_.ttl_default);
  made.kind = asked.kind;
  made.want = asked.want;
  made.by = asked.by;
  if (!asked.message_id.empty()) {
    made.extras = std::make_unique<record_extras>();
    made.extras->message_id = asked.message_id;
  }

  auto victim = queued_.end();
  if (is_full()) {
    if (queued_.empty())
      return errc::target_full;
    victim = queued_.begin();
  }
  const bool evicts = victim != queued_.end();
  if (!make_room(made.cost(), evicts ? victim->cost() : 0, news))
    return errc::overloaded;

  put_receipt receipt;
  if (evicts) {
    receipt.evicted = victim->trace;
    end(victim, notification_state::evicted, now, news);
  }
  const auto at = queued_.insert(queued_.end(), std::move(made));
  auto& kept = *at;
  kept_.emplace(trace, at);
  expiries_.add(kept.expires_at, trace);
  if (!asked.message_id.empty()) {
    if (!by_message_)
      by_message_ = std::make_unique<std::map<message_key, trace_id>>();
    by_message_->emplace(message_key{kept.sender(), asked.message_id}, trace);
  }
  tell(kept, notification_state::queued, now, news);
  receipt.trace = trace;
  receipt.created_at = kept.created_at;
  receipt.expires_at = kept.expires_at;
  return receipt;
}

bool postbox::is_full() const {
  return queued_.size() + offered_.size() >= std::max<std::size_t>(bounds_.queue_length, 1);
}

std::optional<put_receipt> postbox::duplicate_of(const put_notification& asked) {
  if (asked.message_id.empty() || !by_message_)
    return std::nullopt;
  const auto found = by_message_->find({sender_of(asked.from, asked.by), asked.message_id});
  if (found == by_message_->end())
    return std::nullopt;
  const auto& first = *kept_.at(found->second);
  put_receipt receipt;
  receipt.trace = first.trace;
  receipt.created_at = first.created_at;
  receipt.expires_at = first.expires_at;
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
  while (delivered_.size() > bounds_.delivered_length) {
    forget(delivered_.begin(), news);
  }
  return taken;
}

std::vector<offered_notification> postbox::offer(std::uint32_t window, instant now,
                                                 postbox_news& news) {
  expire_all(now, news);
  // Below the cap, so that a full queue can always let its oldest go (spec N4).
  const auto below_cap = std::max<std::size_t>(bounds_.queue_length, 2) - 1;
  const auto most = std::min<std::size_t>(window, below_cap);
  std::vector<offered_notification> out;
  while (offered_.size() < most && !queued_.empty()) {
    auto& next = queued_.front();
    offered_.splice(offered_.end(), queued_, queued_.begin());
    next.where = place::offered;
    if (++next.attempts == 1)
      advance(next, notification_state::offered, now, news);
    out.push_back(offer_of(next));
  }
  return out;
}

ack_result postbox::ack(const trace_id& trace, instant now, postbox_news& news) {
  expire_all(now, news);
  const auto found = find(trace);
  if (!found || (*found)->where != place::offered)
    return ack_result::late;
  deliver(*found, now, news);
  if (delivered_.size() > bounds_.delivered_length) {
    forget(delivered_.begin(), news);
  }
  return ack_result::in_time;
}

void postbox::return_offered() {
  for (auto& which : offered_)
    which.where = place::queued;
  queued_.splice(queued_.begin(), offered_); // all of them are older than what is queued
}

std::size_t postbox::pending(instant now, postbox_news& news) {
  expire_all(now, news);
  return queued_.size() + offered_.size();
}

void postbox::deliver(spot which, instant now, postbox_news& news) {
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
  case place::queued:
    break;
  }
  return queued_;
}

} // namespace restante::model
