// The two-step changes of a client queue, so that nothing is seen before it is on disk (spec D1).

#include "restante/actors/model/client_queue.hpp"
#include "restante/messages/assert.hpp"

#include <algorithm>
#include <utility>

namespace restante::model {

staging& client_queue::staged() {
  if (!staged_)
    staged_ = std::make_unique<staging>();
  return *staged_;
}

void client_queue::end_staging_if_empty() {
  if (staged_ && staged_->is_empty())
    staged_.reset();
}

std::optional<client_queue::spot> client_queue::find_staged(const trace_id& trace) {
  if (!staged_)
    return std::nullopt;
  const auto found = std::ranges::find(staged_->puts, trace, &record::trace);
  return found != staged_->puts.end() ? std::optional{found} : std::nullopt;
}

bool client_queue::is_staged(const trace_id& trace) const {
  return staged_ && std::ranges::find(staged_->puts, trace, &record::trace) != staged_->puts.end();
}

bool client_queue::has_changes(std::uint32_t window, instant now, queue_effects& effects) {
  if (window > 0)
    expire_all(now, effects);
  if (staged_ && staged_->has_changes())
    return true;
  return offered_.size() < offered_max(window) && !queued_.empty() &&
         !queued_.front().is_in_doubt && !queued_.front().is_announced;
}

journal_changes client_queue::take_changes(std::uint32_t window, instant now,
                                           queue_effects& effects) {
  if (window > 0)
    expire_all(now, effects);
  auto& mine = staged();
  const auto most = offered_max(window);
  auto out = offered_.size();
  for (auto& next : queued_) {
    if (out >= most || next.is_in_doubt)
      break;
    ++out;
    if (next.is_announced)
      continue;
    mine.changes.offered.push_back({next.row, next.attempts + 1});
    mine.announced.push_back(next.trace);
  }
  // A put whose target takes it at once is written once, with its first attempt.
  auto written = mine.changes.puts.begin();
  for (auto& put : mine.puts) {
    if (put.is_in_doubt)
      continue;
    if (out < most && put.due_at().ns == 0) {
      ++out;
      put.is_announced = true;
      written->attempts = 1;
    }
    ++written;
  }
  auto taken = std::exchange(mine.changes, {});
  taken.slot = slot_;
  taken.client = owner_;
  end_staging_if_empty();
  return taken;
}

std::variant<put_receipt, errc> client_queue::stage_put(const put_notification& asked,
                                                        const trace_id& trace, instant now,
                                                        queue_effects& effects) {
  auto result = prepare(asked, trace, now, effects);
  if (const auto* code = std::get_if<errc>(&result))
    return *code;
  if (const auto* first = std::get_if<put_receipt>(&result))
    return *first;
  auto& accepted = std::get<entry>(result);
  auto receipt = receipt_of(accepted);
  receipt.accepted = kept_in::disk;
  auto& mine = staged();
  staged_end ends;
  if (accepted.victim) {
    auto& victim = **accepted.victim;
    ends = {victim.trace, accepted.how};
    victim.is_in_doubt = true;
    if (victim.row != 0) {
      mine.changes.gone.push_back(victim.row);
    } else { // it was put in the same commit: it needs no row on disk
      std::erase_if(mine.changes.puts,
                    [&victim](const auto& put) { return put.trace == victim.trace; });
    }
  }
  accepted.made.where = queue_part::staged;
  mine.changes.puts.push_back(kept_of(accepted.made, owner_));
  mine.ends.push_back(ends);
  mine.puts.push_back(std::move(accepted.made));
  know_ids(mine.puts.back());
  return receipt;
}

void client_queue::commit_put(row_number& next, instant now, queue_effects& effects) {
  RESTANTE_ASSERT(staged_ && !staged_->puts.empty());
  RESTANTE_ASSERT(staged_->ends.size() == staged_->puts.size());
  auto& mine = *staged_;
  const auto ends = mine.ends.front();
  mine.ends.pop_front();
  auto& made = mine.puts.front();
  if (!made.is_in_doubt)
    made.row = next++;
  made.is_in_doubt = false; // a put in doubt ends with this same commit, and needs no row
  if (const auto victim = ends.victim ? find(ends.victim) : std::nullopt) {
    tell(**victim, ends.how, now, effects);
    forget(*victim, effects, on_disk::leave);
  }
  enter(mine.puts, now, effects);
  end_staging_if_empty();
}

void client_queue::abandon_puts() {
  if (!staged_)
    return;
  auto& mine = *staged_;
  while (!mine.puts.empty()) { // the last first: each restores the state that it found
    const auto ends = mine.ends.back();
    mine.ends.pop_back();
    const auto& made = mine.puts.back();
    forget_ids(made);
    memory_.give_back(made.cost());
    mine.puts.pop_back();
    auto victim = find(ends.victim);
    if (!victim)
      victim = find_staged(ends.victim);
    if (!victim)
      continue;
    (*victim)->is_in_doubt = false;
    if (ends.how == notification_state::collapsed)
      know_ids(**victim);
  }
  end_staging_if_empty();
}

ack_result client_queue::stage_ack(const trace_id& trace, instant now, queue_effects& effects) {
  expire_all(now, effects);
  const auto found = find(trace);
  if (!found || (*found)->where != queue_part::offered || (*found)->is_in_doubt)
    return ack_result::late;
  (*found)->is_in_doubt = true;
  staged().changes.delivered.push_back((*found)->row);
  staged().changes.delivered_at = now;
  return ack_result::in_time;
}

void client_queue::commit_ack(const trace_id& trace, instant at, queue_effects& effects) {
  const auto found = find(trace);
  if (!found || (*found)->is_delivered())
    return; // the record expired meanwhile
  (*found)->is_in_doubt = false;
  deliver(*found, at, effects);
  keep_few_delivered(effects);
}

void client_queue::end_doubt(const trace_id& trace) {
  if (const auto found = find(trace))
    (*found)->is_in_doubt = false;
}

errc client_queue::stage_reply(const trace_question& asked, const body& value, instant now,
                               queue_effects& effects) {
  const auto found = find_for(asked, false, true, now, effects);
  if (const auto* code = std::get_if<errc>(&found))
    return *code;
  const auto which = std::get<spot>(found);
  if (which->kind != notification_kind::suit)
    return errc::not_a_suit;
  if (!take_for(which, value.size(), effects))
    return errc::overloaded;
  staged().changes.replies.push_back({which->row, value, now});
  return errc::none;
}

std::variant<notification_view, errc> client_queue::commit_reply(const trace_question& asked,
                                                                 const body& value, instant at,
                                                                 instant now,
                                                                 queue_effects& effects) {
  expire_all(now, effects);
  const auto found = find(asked.trace);
  if (!found) {
    memory_.give_back(value.size());
    return errc::not_found;
  }
  if ((*found)->extras)
    memory_.give_back((*found)->extras->reply.size());
  set_reply(*found, value, at, effects);
  return view_of(**found, owner_);
}

std::vector<trace_id> client_queue::stage_drain(instant now, queue_effects& effects) {
  expire_all(now, effects);
  std::vector<trace_id> taken;
  for (auto* order : {&offered_, &queued_}) {
    for (auto& which : *order) {
      if (which.is_in_doubt)
        continue;
      which.is_in_doubt = true;
      staged().changes.delivered.push_back(which.row);
      staged().changes.delivered_at = now;
      taken.push_back(which.trace);
    }
  }
  return taken;
}

std::vector<notification_view> client_queue::commit_drain(const std::vector<trace_id>& traces,
                                                          instant at, instant now,
                                                          queue_effects& effects) {
  expire_all(now, effects);
  std::vector<notification_view> taken;
  taken.reserve(traces.size());
  for (const auto& trace : traces) {
    const auto found = find(trace);
    if (!found)
      continue;
    (*found)->is_in_doubt = false;
    deliver(*found, at, effects);
    taken.push_back(view_of(**found, owner_));
  }
  keep_few_delivered(effects);
  return taken;
}

void client_queue::settle_offers() {
  if (!staged_)
    return;
  for (const auto& trace : std::exchange(staged_->announced, {})) {
    if (const auto found = find(trace))
      (*found)->is_announced = true;
  }
  end_staging_if_empty();
}

void client_queue::restore(const kept_notification& kept) {
  if (kept_.contains(kept.trace) || is_staged(kept.trace))
    return; // two restores may overlap after a crash
  auto made = record_of(kept);
  memory_.take(made.cost());
  auto& where = made.is_delivered() ? delivered_ : queued_;
  made.where = made.is_delivered() ? queue_part::delivered : queue_part::queued;
  const auto at = where.insert(where.end(), std::move(made));
  kept_.emplace(at->trace, at);
  expiries_.add(at->expires_at, at->trace);
  know_ids(*at);
}

void client_queue::end_restore(instant now, queue_effects& effects) {
  delivered_.sort([](const record& a, const record& b) { return a.delivered_at < b.delivered_at; });
  keep_few_delivered(effects);

  std::vector<trace_id> outdated;
  order delayed;
  for (auto next = queued_.begin(); next != queued_.end();) {
    const auto which = next++;
    if (which->extras && !which->extras->collapse_key.empty() &&
        by_collapse_key_->at({which->sender(), which->extras->collapse_key}) != which->trace)
      outdated.push_back(which->trace);
    if (which->due_at().ns != 0)
      delayed.splice(delayed.end(), queued_, which);
  }
  delayed.sort([](const record& a, const record& b) { return a.due_at() < b.due_at(); });
  while (!delayed.empty()) {
    const auto which = delayed.begin();
    const auto due = which->due_at();
    if (due > now) {
      which->where = queue_part::scheduled;
      scheduled_.splice(scheduled_.end(), delayed, which);
      continue;
    }
    // A record that was put at the very instant of `due` stands behind the record that came due
    // then.
    const auto behind = std::ranges::find_if(queued_, [due](const record& one) {
      return one.due_at().ns != 0 ? one.due_at() > due : one.created_at >= due;
    });
    queued_.splice(behind, delayed, which);
  }
  for (const auto& trace : outdated)
    end(*find(trace), notification_state::collapsed, now, effects);
}

} // namespace restante::model
