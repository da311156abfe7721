#include "restante/actors/connection.hpp"

#include "restante/actors/protocol/caf_error.hpp"
#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/actors/protocol/tell_connection.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace restante::actors {

connection::connection(caf::actor_config& config, environment_ptr environment,
                       std::shared_ptr<inbox> at, connection_setup setup)
    : shared_behavior{config}, environment_{std::move(environment)}, inbox_{std::move(at)},
      setup_{std::move(setup)}, memory_{environment_->account_of(setup_.client.ns)},
      put_rate_{environment_->bounds.puts_per_second},
      leases_{environment_->bounds.keys_per_client}, feed_{*environment_->output,
                                                           environment_->bounds} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  rights_ = inbox_->take_rights();
  environment_->count.actors.fetch_add(1);
  if (is_attachment())
    environment_->count.connections.fetch_add(1);
  memory_->take(actor_cost_bytes);
}

/// Answers a request of another actor: runs the operation as if it came from the inbox, with a
/// promise as its completion.
template <class Query>
caf::typed_response_promise<answer_to<Query>> connection::asked_by_request(Query& m) {
  using Answer = answer_to<Query>;
  auto promise = this->make_response_promise<Answer>();
  auto done = [promise](answer_value&& value) mutable {
    if (auto* fine = std::get_if<Answer>(&value)) {
      promise.deliver(std::move(*fine));
    } else if (auto* bad = std::get_if<failure>(&value)) {
      promise.deliver(to_caf_error(*bad));
    } else {
      promise.deliver(to_caf_error({errc::internal, {}}));
    }
  };
  command what{std::move(m)};
  turn_ = now();
  const auto bytes = size_of(what);
  if (phase_ == phase::connecting && inbox_) {
    // The operation waits in the inbox until the connection is attached.
    inbox_->submit(std::move(what), std::move(done));
  } else if (credit_used_ + parts_of(what) > credit_max() + put_many_targets_max) {
    done(failure{errc::overloaded, {}});
  } else {
    perform(std::move(what), std::move(done), bytes);
    flush();
  }
  return promise;
}

/// All connections share one list of handlers.
template <class... Commands, class... Answers>
connection::behavior_type connection::make_handlers(type_list<Commands...>, type_list<Answers...>) {
  // Sorted by frequency, the most frequent message first: CAF 0.17 looks for the handler from the
  // top.
  return {
      [](const put_receipts& m) { running().on(m); },
      [](const topic_events& m) { running().on(m); },
      [](const inbox_ready& m) { running().on(m); },
      [](const offer_notifications& m) { running().on(m); },
      [](Answers& m) { running().came(m); }...,
      [](const operation_failed& m) { running().on(m); },
      [](const purge_receipt& m) { running().on(m); },
      [](const entry_ended& m) { running().on(m); },
      [](const topic_usage_view& m) { running().on(m); },
      [](ids_view& m) { running().on(m); },
      [](const client_attached& m) { running().on(m); },
      [](const resume_connection& m) { running().on(m); },
      [](const taken_over& m) { running().on(m); },
      [](const connection_resumed& m) { running().on(m); },
      [](const notification_step& m) { running().on(m); },
      [](const topic_failed& m) { running().on(m); },
      [](const client_presence& m) { running().on(m); },
      [](const push_taken& m) { running().on(m); },
      [](const connection_due& m) { running().on(m); },
      [](Commands& m) { return running().asked_by_request(m); }...,
  };
}

connection::behavior_type connection::make_behavior() {
  begin();
  static const auto shared = make_handlers(operations{}, inside_answers{});
  return shared;
}

/// Takes the connection out of all counts when it ends, and not when the last handle to it is gone.
void connection::on_exit() {
  memory_->give_back(actor_cost_bytes + feed_.loss_bytes());
  feed_.window().clear();
  if (is_attachment())
    environment_->count.connections.fetch_sub(1);
  environment_->actor_ended();
  const bool is_killed = std::exchange(phase_, phase::ended) != phase::ended;
  const auto old = std::exchange(inbox_, nullptr);
  // The owner must not wait for outcomes that never come.
  if (is_killed && old && old->shut_by(handle(), errc::stale_connection, tell_of_completions())) {
    environment_->open_inboxes.close(old->number());
    try {
      const callback_scope inside;
      old->out().ended({end_reason::lost, errc::none});
    } catch (...) { // there is nothing left to end
      owner_threw("sink::ended");
    }
  }
  sink_actor_ = nullptr;
  fail_all(errc::stale_connection);
}

void connection::begin() {
  const auto random = environment_->random.bytes<10>();
  token_ =
      trace_id::make(environment_->routing.route(setup_.client.ns, setup_.client.client), random);
  // The inbox must belong to this connection before the client learns of it: an older connection
  // that resumes may take the inbox over at once, in another thread, and must keep it.
  inbox_->belong_to(handle());
  if (is_attachment()) {
    client_connected m;
    m.client = setup_.client;
    m.inbox = inbox_->number();
    m.token = token_;
    m.resume = setup_.resume;
    m.inflight = setup_.served.inflight;
    to_own_client(std::move(m));
  }
  if (!is_attachment())
    attach_sink(attach_result::fresh, 0);
}

void connection::on(const client_attached& m) {
  if (phase_ != phase::connecting && phase_ != phase::resuming)
    return; // the sink was lost again meanwhile, or this message is a repetition
  const bool is_fresh = phase_ == phase::connecting;
  epoch_ = m.epoch;
  attach_sink(is_fresh ? attach_result::fresh : attach_result::resumed, m.pending);
  if (phase_ == phase::ended || is_fresh)
    return;
  // In place of missed changes the sink gets the present state: snapshots and presence (spec C4).
  feed_.topics().lag_all();
  resync_left_out();
  for (const auto& watched : feed_.clients().all())
    ask_for_presence(watched);
}

void connection::attach_sink(attach_result how, std::uint64_t pending) {
  phase_ = phase::attached;
  window_ends_ = instant::never();
  try {
    const callback_scope inside;
    auto& out = inbox_->out();
    feed_.window().count_by(out.counts_its_queue() ? model::output_counter::sink
                                                   : model::output_counter::connection);
    sink_actor_ = out.watched();
    if (sink_actor_)
      dialect::start_monitor(this, sink_actor_);
    out.set_connection(caf::actor_cast<caf::strong_actor_ptr>(this));
    out.attached({setup_.client, epoch_, token_, how, pending});
  } catch (...) {
    owner_threw("sink::attached");
    end(end_reason::sink_failed);
    return;
  }
  take_operations();
}

void connection::on(const resume_connection& m) {
  // The newer connection is the sender. If its inbox is still open, this connection takes that
  // inbox.
  const auto newer = dialect::sender_of(this);
  const auto taken = environment_->open_inboxes.find(m.inbox);
  if (phase_ == phase::ended || !taken || !taken->belong_to(handle()))
    return;
  if (inbox_) {
    const auto old = std::exchange(inbox_, nullptr);
    environment_->open_inboxes.close(old->number());
    old->shut(errc::stale_connection, tell_of_completions());
    try {
      const callback_scope inside;
      old->out().ended({end_reason::resumed, errc::none});
    } catch (...) { // the old sink is gone anyway
      owner_threw("sink::ended");
    }
  }
  cancel_awaits();
  fail_all(errc::stale_connection);
  lose_sink();
  inbox_ = taken;
  setup_.served = inbox_->setup();
  take_rights();
  phase_ = phase::resuming; // until the client has answered; no ack goes out before that
  tell_connection(this, newer, connection_resumed{});
  to_own_client(connection_resumed{setup_.client, epoch_, m.inbox, setup_.served.inflight});
}

void connection::on(const connection_resumed&) {
  // The older connection has taken this connection's inbox. This connection was never current, and
  // it ends without a message.
  inbox_ = nullptr;
  phase_ = phase::ended;
  quit();
}

void connection::on(const taken_over&) {
  if (phase_ != phase::ended)
    end(end_reason::taken_over);
}

void connection::on(const push_taken&) {
  // A sink from before a resume may still confirm earlier pushes (spec C4).
  if (dialect::sender_of(this) == sink_actor_)
    confirmed();
}

void connection::on(const inbox_ready&) {
  if (!inbox_ || phase_ == phase::ended)
    return;
  const auto departed = inbox_->departed(); // read first: confirmations before the departure count
  if (departed == departure::at_once) {
    end(end_reason::shutdown);
    return;
  }
  take_confirmed();
  if (!inbox_)
    return; // the sink failed at a push for which the confirmations made room
  if (departed == departure::lost) {
    lose_sink();
    if (phase_ != phase::connecting && setup_.served.resume_window.count() > 0) {
      hold_without_sink();
    } else {
      end(end_reason::lost);
    }
    return;
  }
  if (inbox_->has_new_rights())
    take_rights();
  take_operations();
}

void connection::take_confirmed() {
  for (auto n = inbox_->take_confirmed(); n > 0 && inbox_; --n)
    confirmed();
}

void connection::take_operations() {
  if (phase_ != phase::attached) {
    if (inbox_->departed() != departure::none && phase_ == phase::connecting) {
      end(inbox_->departed() == departure::shutdown ? end_reason::shutdown : end_reason::left);
    }
    return;
  }
  if (std::exchange(is_taking_, true))
    return; // an operation that completes at once must not overtake operations taken with it
  const auto most = credit_max();
  turn_ = now();
  // Waits until a quarter of the credit is free: a batch is cheaper than single operations.
  while (phase_ == phase::attached && (credit_used_ == 0 || most - credit_used_ > most / 4) &&
         most > credit_used_) {
    const auto bytes = credit_bytes_max * most / limits{}.credit_operations;
    auto taken = inbox_->take(most - credit_used_, bytes - std::min(bytes, bytes_used_));
    if (taken.empty() && credit_used_ == 0) {
      if (auto large = inbox_->take_one())
        taken.push_back(std::move(*large));
    }
    if (taken.empty())
      break;
    for (auto& one : taken)
      perform(std::move(one.what), std::move(one.done), one.bytes);
    flush();
  }
  is_taking_ = false;
  leave_when_done();
}

/// Ends a connection that leaves cleanly, or whose broker stops, after its accepted work (spec C6).
void connection::leave_when_done() {
  if (phase_ != phase::attached || !inbox_)
    return;
  const auto how = inbox_->departed();
  if (how != departure::left && how != departure::shutdown)
    return;
  take_confirmed(); // the sink may have confirmed deliveries and left since the last look
  if (phase_ != phase::attached || !inbox_)
    return;
  if (credit_used_ > 0 || inbox_->has_waiting())
    return;
  if (how == departure::shutdown && is_attachment() &&
      !std::exchange(has_asked_for_the_last_, true)) {
    ask_for_the_last();
    return;
  }
  end(how == departure::left ? end_reason::left : end_reason::shutdown);
}

/// Asks the connection's own client how many notifications are pending, before the connection ends.
/// The client answers after all of its offers. So everything that was accepted, or counted as
/// pending, before the broker began to stop is handed to the sink first, as far as the window
/// allows (spec C6).
void connection::ask_for_the_last() {
  turn_ = now();
  to_own_client(get_pending{number({}), setup_.client});
}

void connection::lose_sink() {
  if (sink_actor_)
    dialect::stop_monitor(this, sink_actor_);
  sink_actor_ = nullptr;
  feed_.lose_sink();
}

/// Keeps everything but the sink for the length of the resume window (spec C4, E13).
void connection::hold_without_sink() {
  phase_ = phase::detached;
  const auto old = std::exchange(inbox_, nullptr);
  environment_->open_inboxes.close(old->number());
  old->shut(errc::stale_connection, tell_of_completions());
  cancel_awaits();
  fail_all(errc::stale_connection);
  feed_.topics().lag_all();
  window_ends_ = now() + std::min(setup_.served.resume_window, resume_window_max);
  arm(window_ends_);
  to_own_client(connection_detached{setup_.client, epoch_});
}

void connection::peer_down(const caf::actor_addr& who) {
  if (!sink_actor_ || who != sink_actor_ || !inbox_)
    return;
  sink_actor_ = nullptr;
  inbox_->depart(departure::lost);
}

void connection::end(end_reason reason, errc code) {
  if (std::exchange(phase_, phase::ended) == phase::ended)
    return;
  flush();
  std::set<topic_address> concerned;
  for (auto& at : leases_.topics())
    concerned.insert(std::move(at));
  for (const auto& [topic, known] : feed_.topics().all())
    concerned.insert({setup_.client.ns, topic});
  for (const auto& at : concerned)
    to_topic(at, owner_gone{at});
  for (const auto& watched : feed_.clients().all()) {
    to_client({setup_.client.ns, watched}, unwatch_client{0, {setup_.client.ns, watched}});
  }
  if (!taken_.empty())
    ack(std::exchange(taken_, {})); // the sink failed at a later delivery of this batch
  if (epoch_ != 0)
    to_own_client(client_disconnected{setup_.client, epoch_});
  lose_sink();
  const auto stale = reason == end_reason::shutdown ? errc::shutting_down : errc::stale_connection;
  // An older connection that resumed may have taken the inbox over. Then this connection must not
  // end it.
  if (const auto old = std::exchange(inbox_, nullptr);
      old && old->shut_by(handle(), stale, tell_of_completions())) {
    environment_->open_inboxes.close(old->number());
    try {
      const callback_scope inside;
      old->out().ended({reason, code});
    } catch (...) { // the inbox has ended: there is nothing left to take from it
      owner_threw("sink::ended");
    }
  }
  fail_all(reason == end_reason::shutdown ? errc::shutting_down : errc::stale_connection);
  quit();
}

/// Cancels the waits for replies: the connection goes on, but their callers are gone.
void connection::cancel_awaits() {
  operations_.for_each([this](operation_number op, const under_way& kept) {
    if (const auto* asked = std::get_if<trace_question>(&kept.more)) {
      cancel_await m{*asked};
      m.question.op = op;
      dialect::tell(this, environment_->client_shard(asked->trace.route()), std::move(m));
    }
  });
}

void connection::fail_all(errc code) {
  for (auto& op : operations_.take_all())
    refuse(op, {code, {}});
  credit_used_ = 0;
  bytes_used_ = 0;
}

/// Call it in a catch block. Logs an exception of an embedder's function that would otherwise be
/// lost.
void connection::owner_threw(std::string_view what) {
  const auto& who = setup_.client;
  const auto name = who.ns.empty() ? who.client : who.ns + "/" + who.client;
  if (!is_client())
    environment_->thrown.say("the server identity", what);
  else
    environment_->thrown.say((is_attachment() ? "connection " : "visitor ") + name, what);
}

std::function<void()> connection::tell_of_completions() {
  return [this] { owner_threw("a completion"); };
}

void connection::arm(instant at) {
  const auto present = now();
  if (const auto point = alarms_.arm(at, present))
    dialect::tell_after(this, *point - present, handle(), connection_due{*point});
}

void connection::on(const connection_due& m) {
  alarms_.rang(m.armed_for);
  if (phase_ == phase::ended)
    return;
  if (now() >= window_ends_) {
    end(end_reason::lost);
    return;
  }
  for (auto& op : operations_.take_due(now())) {
    give_back_credit(op);
    if (const auto* asked = std::get_if<asked_resync>(&op.more)) {
      if (feed_.topics().resync_failed(asked->topic))
        postpone_resync();
    }
    refuse(op, {errc::unknown_outcome, {}});
  }
  if (feed_.is_over(now()) && phase_ == phase::attached)
    go_on_resyncing();
  arm(std::min({operations_.deadline(), window_ends_, feed_.resync_at()}));
  if (inbox_)
    take_operations();
}

} // namespace restante::actors
