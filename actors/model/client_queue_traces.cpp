// Queries to a client queue by trace, and how its notifications end.

#include "restante/actors/model/client_queue.hpp"
#include "restante/messages/assert.hpp"

#include <limits>
#include <utility>

namespace restante::model {

bool client_queue::knows(const trace_id& trace, instant now, queue_effects& effects) {
  expire_all(now, effects);
  return find(trace).has_value();
}

std::variant<client_queue::spot, errc> client_queue::find_for(const trace_question& asked,
                                                              bool may_send, bool may_receive,
                                                              instant now, queue_effects& effects) {
  expire_all(now, effects);
  const auto known = find(asked.trace);
  if (!known || asked.ns != owner_.ns)
    return errc::not_found;
  const auto found = *known;
  const bool allowed = asked.by == identity::server ||
                       (may_send && asked.asker == found->sender()) ||
                       (may_receive && asked.asker == owner_.client);
  if (!allowed)
    return errc::forbidden;
  return found;
}

std::variant<notification_view, errc> client_queue::status(const trace_question& asked, instant now,
                                                           queue_effects& effects) {
  const auto found = find_for(asked, true, true, now, effects);
  if (const auto* code = std::get_if<errc>(&found))
    return *code;
  return view_of(*std::get<spot>(found), owner_);
}

std::variant<notification_view, errc> client_queue::reply(const trace_question& asked,
                                                          const body& value, instant now,
                                                          queue_effects& effects) {
  const auto found = find_for(asked, false, true, now, effects);
  if (const auto* code = std::get_if<errc>(&found))
    return *code;
  auto& which = *std::get<spot>(found);
  if (which.kind != notification_kind::suit)
    return errc::not_a_suit;

  const auto before = which.extras ? which.extras->reply.size() : 0;
  if (value.size() > before && !take_for(std::get<spot>(found), value.size() - before, effects))
    return errc::overloaded;
  if (value.size() < before)
    memory_.give_back(before - value.size());
  set_reply(std::get<spot>(found), value, now, effects);
  return view_of(which, owner_);
}

void client_queue::set_reply(spot found, const body& value, instant at, queue_effects& effects) {
  auto& which = *found;
  const bool first = !which.has_reply();
  if (!which.extras)
    which.extras = std::make_unique<record_extras>();
  which.extras->reply = value;
  which.extras->replied_at = at;
  if (first)
    advance(which, notification_state::replied, at, effects);
  if (waiting_) {
    for (const auto& who : waiting_->take(which.trace)) {
      effects.answers.push_back({who, errc::none, value, at});
    }
  }
}

/// Delivered records make room for a reply too, except the record that holds the reply.
bool client_queue::take_for(spot which, std::uint64_t bytes, queue_effects& effects) {
  while (!memory_.try_take(bytes)) {
    auto oldest = delivered_.begin();
    if (oldest != delivered_.end() && oldest == which)
      ++oldest;
    if (oldest == delivered_.end())
      return false;
    forget(oldest, effects);
  }
  return true;
}

std::optional<waiter_answer> client_queue::await(const trace_question& asked, const waiter& who,
                                                 instant now, queue_effects& effects) {
  const auto found = find_for(asked, true, false, now, effects);
  if (const auto* code = std::get_if<errc>(&found))
    return waiter_answer{who, *code, {}, {}};
  auto& which = *std::get<spot>(found);
  if (which.kind != notification_kind::suit)
    return waiter_answer{who, errc::not_a_suit, {}, {}};
  if (which.has_reply()) {
    return waiter_answer{who, errc::none, which.extras->reply, which.extras->replied_at};
  }
  if (now >= who.deadline)
    return waiter_answer{who, errc::timeout, {}, {}};
  if (!waiting_)
    waiting_ = std::make_unique<waiters>();
  if (!waiting_->add(which.trace, who)) {
    return waiter_answer{who, errc::too_many_waiters, {}, {}};
  }
  return std::nullopt;
}

bool client_queue::expire(instant now, std::size_t most, queue_effects& effects) {
  ripen(now);
  if (waiting_) {
    for (const auto& who : waiting_->take_due(now)) {
      effects.answers.push_back({who, errc::timeout, {}, {}});
    }
  }
  for (std::size_t done = 0; done < most; ++done) {
    if (now <= expiries_.first())
      return true;
    memory_.count_expired(1);
    RESTANTE_ASSERT(find(expiries_.first_trace()).has_value());
    end(*find(expiries_.first_trace()), notification_state::expired, expiries_.first(), effects);
  }
  return now <= expiries_.first();
}

void client_queue::expire_all(instant now, queue_effects& effects) {
  expire(now, std::numeric_limits<std::size_t>::max(), effects);
}

void client_queue::trim(instant older_than, const std::function<bool()>& is_needed,
                        queue_effects& effects) {
  while (!delivered_.empty() && delivered_.front().delivered_at < older_than && is_needed())
    forget(delivered_.begin(), effects);
}

instant client_queue::deadline() const {
  auto first = expiries_.first() + clock_tick;
  if (!scheduled_.empty())
    first = std::min(first, scheduled_.front().due_at());
  if (waiting_)
    first = std::min(first, waiting_->deadline());
  return first;
}

void client_queue::end(spot which, notification_state how, instant at, queue_effects& effects) {
  tell(*which, how, at, effects);
  forget(which, effects);
}

void client_queue::forget(spot which, queue_effects& effects, on_disk row) {
  if (waiting_) {
    for (const auto& who : waiting_->take(which->trace)) {
      effects.answers.push_back({who, errc::not_found, {}, {}});
    }
  }
  forget_ids(*which);
  if (row == on_disk::remove && which->row != 0)
    staged().changes.gone.push_back(which->row);
  memory_.give_back(which->cost());
  kept_.erase(which->trace);
  list_of(*which).erase(which);
  expiries_.forget(kept_.size(), [this](const trace_id& trace) { return kept_.contains(trace); });
  RESTANTE_ASSERT(do_counts_agree());
}

} // namespace restante::model
