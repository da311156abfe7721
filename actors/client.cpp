#include "restante/actors/client.hpp"

#include "restante/actors/shard.hpp"

#include <utility>

namespace restante::actors {

namespace {

/// How many notifications expire in one turn. The rest expire when the shard asks again.
constexpr std::size_t expired_per_turn = 8;

} // namespace

client::client(caf::actor_config& config, child_seed seed)
    : shared_behavior{config}, environment_{std::move(seed.environment)}, memory_{std::move(
                                                                              seed.memory)},
      duties_{seed}, queue_{{memory_->ns(), std::move(seed.id)}, environment_->bounds, *memory_} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  environment_->count.actors.fetch_add(1);
  environment_->count.clients.fetch_add(1);
  if (has_journal())
    queue_.use_journal(static_cast<slot_number>(environment_->routing.slot(duties_.route())));
}

/// All clients share one list of handlers.
template <class... Commands>
client::behavior_type client::make_handlers(type_list<Commands...>) {
  return {
      [](const put_batch& m) { running().guarded(m); },
      [](const Commands& m) { running().guarded(m); }...,
      [](cancel_await& m) { running().guarded(m); },
      [](const notification_step& m) { running().guarded(m); },
      [](const client_connected& m) { running().guarded(m); },
      [](const connection_resumed& m) { running().guarded(m); },
      [](const connection_detached& m) { running().guarded(m); },
      [](const client_disconnected& m) { running().guarded(m); },
      [](const child_due& m) { running().guarded(m); },
      [](const trim_records& m) { running().guarded(m); },
      [](const restore_notifications& m) { running().guarded(m); },
      [](const restore_done& m) { running().guarded(m); },
      [](const changes_committed& m) { running().guarded_inside(m); },
      [](const changes_failed& m) { running().guarded_inside(m); },
      [](const retire&) {
        // Only a stopping broker retires a client that has a connection. That connection waits
        // without a sink, so no other actor tells it to end.
        auto& self = running();
        self.tell_journal_at_last();
        if (self.current_)
          tell_connection(&self, self.peers_->handle_of(self.current_->connection), taken_over{});
        self.quit();
      },
  };
}

client::behavior_type client::make_behavior() {
  static const auto shared = make_handlers(client_operations{});
  return shared;
}

void client::on_exit() {
  environment_->count.waiting.fetch_sub(counted_waiting_);
  peers_.reset();
  current_.reset();
  commit_.reset();
  environment_->count.clients.fetch_sub(1);
  environment_->actor_ended();
}

/// Answers the messages left in the mailbox even after a handler has thrown: they are answered
/// `internal` until the shard has removed this client.
template <class Message>
void client::guarded(Message& m) {
  if (try_on(m) && !std::is_same_v<std::remove_const_t<Message>, child_due>)
    settle();
}

/// Handles a message that did not come through the shard. Exceptions are handled as in `guarded`.
template <class Message>
void client::guarded_inside(Message& m) {
  if (try_on(m))
    duties_.settle_inside(this, shard(), is_idle(), queue_.deadline());
}

template <class Message>
bool client::try_on(Message& m) {
  const auto fail = [&] {
    if constexpr (requires { m.puts; }) {
      for (const auto& one : m.puts)
        refuse(one.op, errc::internal);
    } else {
      refuse(op_of(m), errc::internal);
    }
    return false;
  };
  if (has_failed_)
    return fail();
  try {
    on(m);
    tell_effects();
    tell_journal();
    count_waiting();
    if constexpr (!std::is_same_v<std::remove_const_t<Message>, restore_notifications>)
      tell_records(); // restored records are in order only at the end
    return true;
  } catch (const std::exception& what) {
    environment_->log("client " + queue_.owner().client + ": " + what.what());
    has_failed_ = true;
    if (current_) {
      tell_connection(this, peers_->handle_of(current_->connection), taken_over{});
    }
    duties_.crashed(this, shard());
    return fail();
  }
}

void client::on(const put_batch& m) {
  if (has_journal())
    return stage_or_park(m);
  put_receipts receipts;
  receipts.receipts.reserve(m.puts.size());
  for (const auto& one : m.puts)
    put(one, receipts);
  if (memory_->is_short())
    environment_->relieve_memory(*memory_, now());
  send_offers();
  if (!receipts.receipts.empty())
    answer(std::move(receipts));
  tell_effects();
}

void client::put(const put_notification& m, put_receipts& into) {
  const auto trace = trace_id::make(duties_.route(), environment_->random.bytes<10>());
  const auto result = queue_.put(m, trace, now(), effects_);
  if (const auto* code = std::get_if<errc>(&result)) {
    if (*code == errc::overloaded)
      environment_->relieve_memory(*memory_, now());
    refuse(m.op, *code);
    return;
  }
  auto& receipt = into.receipts.emplace_back(std::get<put_receipt>(result));
  receipt.op = m.op;
  if (receipt.result == put_result::duplicate)
    return;
  environment_->count.puts.fetch_add(1, std::memory_order_relaxed);
  if (receipt.evicted)
    environment_->evicted(queue_.owner(), now());
}

void client::on(const drain_queue& m) {
  if (has_journal())
    return stage_or_park(m);
  auto taken = queue_.drain(now(), effects_);
  environment_->count.delivered.fetch_add(taken.size(), std::memory_order_relaxed);
  answer(drain_view{m.op, std::move(taken)});
}

void client::on(const get_pending& m) {
  if (has_journal())
    return stage_or_park(m);
  const auto pending = queue_.pending(now(), effects_);
  send_offers(); // records that expired in flight made room in the window
  answer(pending_view{m.op, pending, present()});
}

void client::on(const ack_notifications& m) {
  if (has_journal())
    return stage_or_park(m);
  auto result = ack_result::late;
  if (is_current(m.epoch)) {
    result = ack_result::in_time;
    for (const auto& trace : m.traces) {
      if (queue_.ack(trace, now(), effects_) == ack_result::late) {
        result = ack_result::late;
      } else {
        environment_->count.delivered.fetch_add(1, std::memory_order_relaxed);
      }
    }
  }
  send_offers();
  if (m.op != 0)
    answer(ack_receipt{m.op, result});
  tell_effects();
}

void client::on(const notification_step& m) {
  if (!current_)
    return;
  tell_connection(this, peers_->handle_of(current_->connection), m);
}

bool client::knows_or_passes_on(const trace_question& asked, auto& m) {
  if (asked.ns == memory_->ns() && queue_.knows(asked.trace, now(), effects_))
    return true;
  // Another client of the same route may know the trace. The shard finds the next one.
  dialect::tell_as(this, dialect::sender_of(this), shard(), std::move(m));
  return false;
}

void client::on(const get_status& m) {
  auto copy = m;
  if (!knows_or_passes_on(m.question, copy))
    return;
  auto result = queue_.status(m.question, now(), effects_);
  if (const auto* code = std::get_if<errc>(&result))
    return refuse(m.question.op, *code);
  answer(status_view{m.question.op, std::get<notification_view>(std::move(result))});
}

void client::on(const record_reply& m) {
  auto copy = m;
  if (!knows_or_passes_on(m.question, copy))
    return;
  if (has_journal())
    return stage_or_park(m);
  auto result = queue_.reply(m.question, m.value, now(), effects_);
  if (const auto* code = std::get_if<errc>(&result)) {
    if (*code == errc::overloaded)
      environment_->relieve_memory(*memory_, now());
    return refuse(m.question.op, *code);
  }
  tell_waiters(); // before the answer, just as offers go out before the answer to a put
  answer(status_view{m.question.op, std::get<notification_view>(std::move(result))});
}

void client::on(const await_reply& m) {
  auto copy = m;
  if (!knows_or_passes_on(m.question, copy))
    return;
  if (!peers_)
    peers_ = std::make_unique<peers>();
  const auto peer = peers_->hold(this, dialect::sender_of(this));
  const model::waiter who{peer, m.question.op, now() + m.timeout};
  if (const auto at_once = queue_.await(m.question, who, now(), effects_))
    answer_waiter(*at_once);
}

void client::on(const cancel_await& m) {
  auto copy = m;
  if (!knows_or_passes_on(m.question, copy))
    return;
  const auto peer = peers_ ? peers_->number_of(dialect::sender_of(this)) : 0;
  if (peer != 0 && queue_.cancel_waiter(m.question, peer))
    peers_->release(this, peer);
}

void client::on(const child_due&) {
  queue_.expire(now(), expired_per_turn, effects_);
  tell_effects();
  offer();
  tell_effects();
  tell_journal();
  duties_.settle_due(this, shard(), is_idle(), queue_.deadline());
}

void client::on(const trim_records& m) {
  const auto& bound = m.scope == memory_scope::whole ? environment_->whole() : *memory_;
  queue_.trim(
      m.older_than, [&bound] { return bound.is_being_trimmed(); }, effects_);
  const auto oldest = queue_.oldest_delivered();
  has_told_records_ = oldest != instant::never();
  duties_.tell_records(this, shard(), oldest, 1);
}

/// Tells the shard the first time only. The shard finds out later changes when it asks.
void client::tell_records() {
  const auto oldest = queue_.oldest_delivered();
  if (has_told_records_ || oldest == instant::never())
    return;
  has_told_records_ = true;
  duties_.tell_records(this, shard(), oldest, 0);
}

/// Adds the difference, because several clients count in one sum.
void client::count_waiting() {
  const std::uint64_t present = queue_.waiting();
  if (present == counted_waiting_)
    return;
  environment_->count.waiting.fetch_add(present - counted_waiting_, std::memory_order_relaxed);
  counted_waiting_ = present;
}

void client::settle() {
  duties_.settle(this, shard(), is_idle(), queue_.deadline());
}

bool client::is_idle() const {
  return queue_.empty() && !commit_ && !current_ && !watchers_ && (!peers_ || peers_->empty());
}

void client::tell_effects() {
  for (auto& step : std::exchange(effects_.steps, {})) {
    const auto route = environment_->routing.route(step.sender.ns, step.sender.client);
    dialect::tell(this, environment_->client_shard(route), std::move(step));
  }
  tell_waiters();
}

void client::tell_waiters() {
  for (const auto& what : std::exchange(effects_.answers, {}))
    answer_waiter(what);
}

void client::answer_waiter(const model::waiter_answer& what) {
  const auto to = peers_->handle_of(what.who.peer);
  if (what.code == errc::none) {
    tell_connection(this, to, reply_view{what.who.op, what.reply, what.replied_at});
  } else {
    tell_connection(this, to, operation_failed{what.who.op, what.code, {}});
  }
  peers_->release(this, what.who.peer);
}

void client::refuse(operation_number op, errc code) {
  refuse_to(dialect::sender_of(this), op, code);
}

void client::refuse_to(const caf::strong_actor_ptr& who, operation_number op, errc code) {
  if (op != 0)
    answer_to(who, operation_failed{op, code, {}});
}

} // namespace restante::actors
