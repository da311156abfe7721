// The output of a connection: deliveries and their acks, events, snapshots.

#include "restante/actors/connection.hpp"
#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/actors/protocol/shown_times.hpp"

#include <utility>

namespace restante::actors {

using model::verdict;

/// Gives a push to the sink. If the sink only queues the push, its confirmation comes later, and
/// `trace`, if the push has one, is acknowledged then.
flow connection::hand_out(const push& what, const trace_id& trace) {
  try {
    const callback_scope inside;
    const auto how = show(what);
    if (how == flow::waiting) {
      feed_.window().add({size_of(what), trace});
    }
    return how;
  } catch (...) {
    owner_threw("sink::take");
    end(end_reason::sink_failed);
    return flow::waiting;
  }
}

/// Gives a push to the sink with its times as the wall clock shows them.
flow connection::show(const push& what) {
  const auto ahead = environment_->wall_ahead(clock());
  if (ahead.count() == 0)
    return inbox_->out().take(what);
  auto shown = what;
  shift_times(shown, ahead);
  return inbox_->out().take(shown);
}

void connection::confirmed() {
  const auto first = feed_.window().confirm();
  if (!first)
    return;
  if (first->trace && phase_ == phase::attached)
    ack({first->trace});
  go_on_resyncing();
}

void connection::on(const offer_notifications& m) {
  // A detached connection takes no offers: the client still has the notification and offers it
  // again.
  if (phase_ != phase::attached || m.epoch != epoch_)
    return;
  const bool acks_itself = setup_.served.acks == ack_mode::automatic;
  for (const auto& offer : m.offers) {
    const auto how = hand_out(delivery{offer}, acks_itself ? offer.trace : trace_id{});
    if (phase_ != phase::attached)
      return;
    if (acks_itself && how == flow::taken)
      taken_.push_back(offer.trace);
  }
  if (feed_.window().is_flooded()) {
    end(end_reason::lost);
    return;
  }
  if (!taken_.empty())
    ack(std::exchange(taken_, {}));
}

void connection::ack(std::vector<trace_id> traces) {
  to_own_client(ack_notifications{0, setup_.client, epoch_, std::move(traces)});
}

void connection::on(const notification_step& m) {
  const push what{m};
  if (phase_ == phase::attached && feed_.window().has_room(size_of(what)))
    hand_out(what);
}

void connection::on(const client_presence& m) {
  if (phase_ != phase::attached)
    return;
  const push what{m};
  if (feed_.tell_presence(m.client, size_of(what)) == verdict::hand_out)
    hand_out(what);
}

void connection::on(const topic_events& m) {
  if (phase_ != phase::attached)
    return;
  const push what{m};
  if (feed_.tell_events(m.batch(), size_of(what)) == verdict::hand_out)
    hand_out(what);
}

void connection::go_on_resyncing() {
  switch (feed_.next()) {
  case model::resync::idle:
    return;
  case model::resync::now:
    return resync_left_out();
  case model::resync::later:
    return postpone_resync();
  }
}

void connection::postpone_resync() {
  feed_.postpone(now());
  arm(feed_.resync_at());
}

void connection::resync_left_out() {
  const auto losses_before = feed_.loss_bytes();
  const auto all = feed_.take_left_out();
  count_losses(losses_before);
  for (const auto& topic : all.topics)
    ask_for_snapshot(topic);
  for (const auto& client : all.clients)
    ask_for_presence(client);
  for (const auto& lost : all.losses) {
    if (phase_ != phase::attached)
      return; // its sink failed at one of these pushes
    hand_out(lost);
  }
}

/// Sends an ordinary operation, although no caller waits for its outcome: a refusal must find its
/// topic, and a missing answer must time out.
void connection::ask_for_snapshot(const std::string& topic) {
  under_way op;
  op.credit = 0;
  op.more = asked_resync{topic};
  turn_ = now();
  const topic_address at{setup_.client.ns, topic};
  to_topic(at, subscribe_topic{number(std::move(op)), at, view_reason::resync});
}

/// Sends no numbered operation: the client answers with its presence, and again at each change.
void connection::ask_for_presence(const std::string& client) {
  const client_address watched{setup_.client.ns, client};
  to_client(watched, watch_client{0, watched});
}

void connection::on(const topic_failed& m) {
  leases_.forget_topic(m.at);
  if (feed_.topic_failed(m.at.topic) && phase_ == phase::attached)
    resync_left_out();
}

void connection::on(const entries_view& m) {
  switch (m.reason) {
  case view_reason::list:
    return settle(m);
  case view_reason::subscribe:
    feed_.topics().begin(m.topic, m.epoch, m.seq);
    return settle(m);
  case view_reason::resync:
    operations_.finish(m.op); // the owner did not ask for this operation, and it took no credit
    return on_snapshot(m);
  }
}

void connection::on_snapshot(entries_view m) {
  m.op = 0;
  const push what{std::move(m)};
  const auto& view = std::get<entries_view>(what);
  const auto becomes = feed_.tell_snapshot(view, size_of(what));
  if (becomes == verdict::postpone)
    postpone_resync();
  if (becomes == verdict::hand_out && phase_ == phase::attached)
    hand_out(what);
}

void connection::on(const entry_ended& m) {
  leases_.ended(m.at, m.key, m.lease);
  if (m.how != entry_end::taken_over || phase_ == phase::ended)
    return;
  const push what{m};
  const auto losses_before = feed_.loss_bytes();
  const auto sink =
      phase_ == phase::attached ? model::sink_state::present : model::sink_state::absent;
  if (feed_.tell_loss(m, sink, size_of(what)) == verdict::hand_out)
    hand_out(what);
  else
    count_losses(losses_before);
}

void connection::count_losses(std::uint64_t bytes_before) {
  if (bytes_before == feed_.loss_bytes())
    return;
  memory_->give_back(bytes_before);
  memory_->take(feed_.loss_bytes());
}

} // namespace restante::actors
