// What is asked of a postbox by trace, and how its notifications end.

#include "restante/actors/model/postbox.hpp"

#include <limits>
#include <utility>

namespace restante::model {

bool postbox::knows(const trace_id& trace, instant now, postbox_news& news) {
  expire_all(now, news);
  return find(trace).has_value();
}

std::variant<postbox::spot, errc> postbox::find_for(const trace_question& asked, bool may_send,
                                                    bool may_receive, instant now,
                                                    postbox_news& news) {
  expire_all(now, news);
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

std::variant<notification_view, errc> postbox::status(const trace_question& asked, instant now,
                                                      postbox_news& news) {
  const auto found = find_for(asked, true, true, now, news);
  if (const auto* code = std::get_if<errc>(&found))
    return *code;
  return view_of(*std::get<spot>(found), owner_);
}

std::variant<notification_view, errc> postbox::reply(const trace_question& asked, const body& value,
                                                     instant now, postbox_news& news) {
  const auto found = find_for(asked, false, true, now, news);
  if (const auto* code = std::get_if<errc>(&found))
    return *code;
  auto& which = *std::get<spot>(found);
  if (which.kind != notification_kind::suit)
    return errc::not_a_suit;

  const auto before = which.extras ? which.extras->reply.size() : 0;
  if (value.size() > before && !take_for(std::get<spot>(found), value.size() - before, news))
    return errc::overloaded;
  if (value.size() < before)
    memory_.give_back(before - value.size());
  set_reply(std::get<spot>(found), value, now, news);
  return view_of(which, owner_);
}

void postbox::set_reply(spot found, const body& value, instant at, postbox_news& news) {
  auto& which = *found;
  const bool first = !which.has_reply();
  if (!which.extras)
    which.extras = std::make_unique<record_extras>();
  which.extras->reply = value;
  which.extras->replied_at = at;
  if (first)
    advance(which, notification_state::replied, at, news);
  if (waiting_) {
    for (const auto& who : waiting_->take(which.trace)) {
      news.answers.push_back({who, errc::none, value, at});
    }
  }
}

/// Delivered records make room for a reply too, but for the one it is recorded in.
bool postbox::take_for(spot which, std::uint64_t bytes, postbox_news& news) {
  while (!memory_.try_take(bytes)) {
    auto oldest = delivered_.begin();
    if (oldest != delivered_.end() && oldest == which)
      ++oldest;
    if (oldest == delivered_.end())
      return false;
    forget(oldest, news);
  }
  return true;
}

std::optional<waiter_answer> postbox::await(const trace_question& asked, const waiter& who,
                                            instant now, postbox_news& news) {
  const auto found = find_for(asked, true, false, now, news);
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

bool postbox::expire(instant now, std::size_t most, postbox_news& news) {
  ripen(now);
  if (waiting_) {
    for (const auto& who : waiting_->take_due(now)) {
      news.answers.push_back({who, errc::timeout, {}, {}});
    }
  }
  for (std::size_t done = 0; done < most; ++done) {
    if (now <= expiries_.first())
      return true;
    memory_.count_expired(1);
    end(*find(expiries_.first_trace()), notification_state::expired, expiries_.first(), news);
  }
  return now <= expiries_.first();
}

void postbox::expire_all(instant now, postbox_news& news) {
  expire(now, std::numeric_limits<std::size_t>::max(), news);
}

void postbox::trim(instant older_than, const std::function<bool()>& is_needed, postbox_news& news) {
  while (!delivered_.empty() && delivered_.front().delivered_at < older_than && is_needed())
    forget(delivered_.begin(), news);
}

instant postbox::deadline() const {
  auto first = expiries_.first() + clock_tick;
  if (!scheduled_.empty())
    first = std::min(first, scheduled_.front().due_at());
  if (waiting_)
    first = std::min(first, waiting_->deadline());
  return first;
}

void postbox::end(spot which, notification_state how, instant at, postbox_news& news) {
  tell(*which, how, at, news);
  forget(which, news);
}

void postbox::forget(spot which, postbox_news& news, on_disk row) {
  if (waiting_) {
    for (const auto& who : waiting_->take(which->trace)) {
      news.answers.push_back({who, errc::not_found, {}, {}});
    }
  }
  forget_ids(*which);
  if (row == on_disk::remove && which->row != 0)
    staged().changes.gone.push_back(which->row);
  memory_.give_back(which->cost());
  kept_.erase(which->trace);
  place_of(*which).erase(which);
  expiries_.forget(kept_.size(), [this](const trace_id& trace) { return kept_.contains(trace); });
}

} // namespace restante::model
