// What a connection hands out: deliveries and their acks, events, snapshots.

#include "restante/actors/callback_scope.hpp"
#include "restante/actors/connection.hpp"

#include <utility>

namespace restante::actors {

using model::stream_state;

bool connection::has_room() const {
  return output_.bytes() < world_->bounds.output_bytes;
}

/// Gives a push to the sink. One that the sink only queued is confirmed later; `trace` is
/// then acknowledged, if it is one.
flow connection::hand_out(const push& what, const trace_id& trace) {
  try {
    const callback_scope inside;
    const auto how = door_->out().take(what);
    if (how == flow::waiting) {
      const auto bytes = size_of(what);
      output_.add({bytes, trace});
      memory_->take(bytes);
    }
    return how;
  } catch (...) {
    end(end_reason::sink_failed);
    return flow::waiting;
  }
}

void connection::confirmed() {
  const auto first = output_.confirm();
  if (!first)
    return;
  memory_->give_back(first->bytes);
  if (first->trace && phase_ == phase::attached)
    ack({first->trace});
  if (lagging_ > 0 && output_.bytes() <= world_->bounds.output_bytes / 2)
    resync_lagging();
}

void connection::on(const offer_notifications& m) {
  // A detached connection takes nothing: the client still has it, and offers it again.
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
  if (!taken_.empty())
    ack(std::exchange(taken_, {}));
}

void connection::ack(std::vector<trace_id> traces) {
  const auto route = world_->routing.route(setup_.client.ns, setup_.client.client);
  dialect::tell(this, world_->client_shard(route),
                ack_notifications{0, setup_.client, epoch_, std::move(traces)});
}

void connection::on(const notification_step& m) {
  if (phase_ == phase::attached && has_room())
    hand_out(m);
}

void connection::on(const client_presence& m) {
  if (phase_ != phase::attached || !watches_.contains(m.client))
    return;
  if (has_room()) {
    hand_out(m);
  } else { // left out now; how it stands follows when there is room
    missed_presence_.insert(m.client);
    ++lagging_;
  }
}

void connection::on(const topic_events& m) {
  if (phase_ != phase::attached)
    return;
  const auto& batch = m.batch();
  const auto found = subscriptions_.find(batch.at.topic);
  if (found == subscriptions_.end() || found->second.state != stream_state::live)
    return;
  auto& known = found->second;
  if (batch.epoch != known.epoch || batch.events.back().seq <= known.seq)
    return;          // the snapshot had it already
  if (!has_room()) { // left out now; a fresh snapshot follows (spec E14)
    known.state = stream_state::lagging;
    ++lagging_;
    return;
  }
  known.seq = batch.events.back().seq;
  hand_out(m);
}

void connection::resync_lagging() {
  lagging_ = 0;
  for (auto& [topic, known] : subscriptions_) {
    if (known.state != stream_state::lagging)
      continue;
    known.state = stream_state::resyncing;
    const auto route = world_->routing.route(setup_.client.ns, topic);
    dialect::tell(this, world_->topic_shard(route),
                  subscribe_topic{0, {setup_.client.ns, topic}, view_reason::resync});
  }
  for (const auto& watched : std::exchange(missed_presence_, {}))
    to_client({setup_.client.ns, watched}, watch_client{0, {setup_.client.ns, watched}});
}

void connection::on(const topic_failed& m) {
  ledger_.forget_topic(m.at);
  const auto found = subscriptions_.find(m.at.topic);
  if (found == subscriptions_.end())
    return;
  found->second.state = stream_state::lagging;
  ++lagging_;
  if (phase_ == phase::attached)
    resync_lagging();
}

void connection::on(const entries_view& m) {
  if (m.reason == view_reason::list) {
    settle(m);
    return;
  }
  const auto found = subscriptions_.find(m.topic);
  const bool wanted = found != subscriptions_.end();
  if (wanted && m.reason == view_reason::resync && !has_room()) {
    found->second.state = stream_state::lagging; // many came at once: again when there is room
    ++lagging_;
    return;
  }
  if (wanted)
    found->second = {stream_state::live, m.epoch, m.seq};
  if (m.reason == view_reason::subscribe) {
    settle(m);
  } else if (wanted && phase_ == phase::attached) {
    hand_out(m);
  }
}

void connection::on(const entry_ended& m) {
  ledger_.ended(m.at, m.key, m.lease);
  if (m.how == entry_end::taken_over && phase_ == phase::attached)
    hand_out(m);
}

} // namespace restante::actors
