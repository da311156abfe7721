// How a client works with a journal: one commit is on its way while the next one gathers (spec D1).

#include "restante/actors/client.hpp"

#include <utility>

namespace restante::actors {

/// Whether an operation must wait. A drain takes the puts that its connection made before, and
/// `pending` counts them, so both wait for staged puts too.
bool client::must_wait(const parked_operation& m) const {
  if (!commit_)
    return false;
  if (commit_->is_on_its_way)
    return true;
  const bool is_of_all =
      std::holds_alternative<drain_queue>(m.what) || std::holds_alternative<get_pending>(m.what);
  return is_of_all && !commit_->staged.empty();
}

template <class Message>
void client::stage_or_park(const Message& m) {
  parked_operation mine{dialect::sender_of(this), m};
  if ((commit_ && !commit_->parked.empty()) || must_wait(mine)) {
    commit_->parked.push_back(std::move(mine));
  } else {
    stage(mine.who, m);
  }
}

template void client::stage_or_park(const put_batch&);
template void client::stage_or_park(const ack_notifications&);
template void client::stage_or_park(const record_reply&);
template void client::stage_or_park(const drain_queue&);
template void client::stage_or_park(const get_pending&);

std::vector<client::staged_operation>& client::staged() {
  if (!commit_)
    commit_ = std::make_unique<commit>();
  return commit_->staged;
}

void client::stage(const caf::strong_actor_ptr& who, const put_batch& m) {
  for (const auto& one : m.puts) {
    if (environment_->is_journal_full()) {
      refuse_to(who, one.op, errc::overloaded);
      continue;
    }
    const auto trace = trace_id::make(duties_.route(), environment_->random.bytes<10>());
    const auto result = queue_.stage_put(one, trace, now(), effects_);
    if (const auto* code = std::get_if<errc>(&result)) {
      if (*code == errc::overloaded)
        environment_->relieve_memory(*memory_, now());
      refuse_to(who, one.op, *code);
      continue;
    }
    auto receipt = std::get<put_receipt>(result);
    receipt.op = one.op;
    receipt.accepted = kept_in::disk;
    if (receipt.result == put_result::duplicate && !queue_.is_staged(receipt.trace)) {
      answer_to(who, put_receipts{{receipt}});
    } else {
      staged().emplace_back(staged_put{who, receipt});
    }
  }
  if (memory_->is_short())
    environment_->relieve_memory(*memory_, now());
}

void client::stage(const caf::strong_actor_ptr& who, const ack_notifications& m) {
  staged_acks mine{who, m.op, {}, is_current(m.epoch) ? ack_result::in_time : ack_result::late};
  if (mine.result == ack_result::in_time) {
    for (const auto& trace : m.traces) {
      if (queue_.stage_ack(trace, now(), effects_) == ack_result::late) {
        // An ack is late, too, while a delivery is being committed. Its answer waits for the
        // commit.
        mine.result = ack_result::late;
      } else {
        mine.traces.push_back(trace);
      }
    }
  }
  staged().emplace_back(std::move(mine));
}

void client::stage(const caf::strong_actor_ptr& who, const record_reply& m) {
  const auto at = now();
  const auto code = queue_.stage_reply(m.question, m.value, at, effects_);
  if (code == errc::none) {
    staged().emplace_back(staged_reply{who, m, at});
    return;
  }
  if (code == errc::overloaded)
    environment_->relieve_memory(*memory_, now());
  refuse_to(who, m.question.op, code);
}

void client::stage(const caf::strong_actor_ptr& who, const drain_queue& m) {
  staged().emplace_back(staged_drain{who, m.op, queue_.stage_drain(now(), effects_)});
}

void client::stage(const caf::strong_actor_ptr& who, const get_pending& m) {
  const auto pending = queue_.pending(now(), effects_);
  send_offers(); // records that expired in flight made room in the window
  answer_to(who, pending_view{m.op, pending, present()});
}

std::uint32_t client::open_window() const {
  return current_ && current_->now == phase::attached ? current_->window : 0;
}

/// Sends the staged changes to the journal, unless a commit is on its way.
void client::tell_journal() {
  if (!has_journal())
    return;
  while (!commit_ || !commit_->is_on_its_way) {
    const auto window = open_window();
    if (queue_.has_changes(window, now(), effects_)) {
      auto changes = queue_.take_changes(window, now(), effects_);
      staged(); // makes the commit, even without a staged operation
      commit_->is_on_its_way = true;
      commit_->at = changes.delivered_at;
      environment_->journal_took(changes);
      dialect::tell(this, environment_->journal(), std::move(changes));
    } else if (commit_) { // the journal has nothing to write: late acks
      on(changes_committed{});
    } else {
      break;
    }
  }
  tell_effects();
}

/// Writes the last acks when the broker stops, so that these notifications do not come again after
/// a restart.
void client::tell_journal_at_last() {
  if (!has_journal())
    return;
  if (commit_) {
    for (const auto& one : commit_->parked) {
      const auto* acks = std::get_if<ack_notifications>(&one.what);
      if (acks == nullptr || !is_current(acks->epoch))
        continue;
      for (const auto& trace : acks->traces)
        queue_.stage_ack(trace, now(), effects_);
    }
  }
  if (queue_.has_changes(0, now(), effects_)) {
    auto changes = queue_.take_changes(0, now(), effects_);
    environment_->journal_took(changes);
    dialect::tell(this, environment_->journal(), std::move(changes));
  }
}

/// The answers go out last: after the offers, and after the messages to those that wait for a
/// reply.
void client::on(const changes_committed& m) {
  queue_.settle_offers();
  auto row = m.first_put;
  std::vector<staged_operation> done;
  if (commit_)
    done = std::exchange(commit_->staged, {});
  held_answers answers;
  for (auto& one : done)
    std::visit([&](auto& it) { committed(it, row, answers); }, one);
  tell_waiters();
  send_offers();
  for (auto& one : answers)
    std::visit([&](auto& what) { answer_to(one.who, std::move(what)); }, one.what);
  end_commit();
}

/// Consecutive receipts for one sender become one message.
void client::committed(const staged_put& m, row_number& row, held_answers& into) {
  if (into.empty() || into.back().who != m.who ||
      !std::holds_alternative<put_receipts>(into.back().what))
    into.push_back({m.who, put_receipts{}});
  std::get<put_receipts>(into.back().what).receipts.push_back(m.receipt);
  if (m.receipt.result == put_result::duplicate)
    return;
  queue_.commit_put(row, now(), effects_);
  environment_->count.puts.fetch_add(1, std::memory_order_relaxed);
  if (m.receipt.evicted)
    environment_->evicted(queue_.owner(), now());
}

void client::committed(const staged_acks& m, row_number&, held_answers& into) {
  for (const auto& trace : m.traces) {
    queue_.commit_ack(trace, commit_->at, effects_);
    environment_->count.delivered.fetch_add(1, std::memory_order_relaxed);
  }
  if (m.op != 0)
    into.push_back({m.who, ack_receipt{m.op, m.result}});
}

void client::committed(const staged_reply& m, row_number&, held_answers& into) {
  auto result = queue_.commit_reply(m.what.question, m.what.value, m.at, now(), effects_);
  const auto op = m.what.question.op;
  if (const auto* code = std::get_if<errc>(&result))
    return refuse_to(m.who, op, *code);
  into.push_back({m.who, status_view{op, std::get<notification_view>(std::move(result))}});
}

void client::committed(const staged_drain& m, row_number&, held_answers& into) {
  auto taken = queue_.commit_drain(m.traces, commit_->at, now(), effects_);
  environment_->count.delivered.fetch_add(taken.size(), std::memory_order_relaxed);
  into.push_back({m.who, drain_view{m.op, std::move(taken)}});
}

void client::on(const changes_failed& m) {
  queue_.settle_offers();
  queue_.abandon_puts();
  if (commit_) {
    for (const auto& one : std::exchange(commit_->staged, {}))
      std::visit([&](const auto& it) { failed(it, m.code); }, one);
  }
  end_commit();
}

void client::failed(const staged_put& m, errc code) {
  refuse_to(m.who, m.receipt.op, code);
}

/// An automatic ack is never repeated. So its notification counts as acknowledged and makes room in
/// the window; at worst it comes again after a restart.
void client::failed(const staged_acks& m, errc code) {
  for (const auto& trace : m.traces) {
    if (m.op == 0) {
      queue_.commit_ack(trace, commit_->at, effects_);
    } else {
      queue_.end_doubt(trace);
    }
  }
  refuse_to(m.who, m.op, code);
}

void client::failed(const staged_reply& m, errc code) {
  queue_.abandon_reply(m.what.value);
  refuse_to(m.who, m.what.question.op, code);
}

void client::failed(const staged_drain& m, errc code) {
  for (const auto& trace : m.traces)
    queue_.end_doubt(trace);
  refuse_to(m.who, m.op, code);
}

/// Stages the parked operations, as many as can go together into one commit.
void client::end_commit() {
  tell_effects();
  offer();
  if (!commit_)
    return;
  commit_->is_on_its_way = false;
  while (!commit_->parked.empty() && !must_wait(commit_->parked.front())) {
    const auto next = std::move(commit_->parked.front());
    commit_->parked.pop_front();
    std::visit([&](const auto& m) { stage(next.who, m); }, next.what);
  }
  if (commit_->staged.empty() && commit_->parked.empty())
    commit_.reset();
}

void client::on(const restore_notifications& m) {
  for (const auto& one : m.notifications)
    queue_.restore(one);
}

void client::on(const restore_done&) {
  queue_.end_restore(now(), effects_);
}

} // namespace restante::actors
