// What a connection hands out: deliveries and their acks, events, snapshots.

#include "restante/actors/connection.hpp"
#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/actors/protocol/shown_times.hpp"
#include "restante/messages/limits.hpp"

#include <utility>

namespace restante::actors {

using model::stream_state;

namespace {

/// After a resync was refused: what refuses it, a full namespace or a topic that failed, does
/// not pass within milliseconds, and nobody should miss events for longer than he must.
constexpr duration resync_pause = std::chrono::seconds{1};

} // namespace

/// Whether a push that can be left out may be given now: the sink must not have too much
/// already, and beyond a little there must be room in what all connections share.
bool connection::has_room(std::size_t bytes) const {
  if (output_.bytes() >= environment_->bounds.output_bytes)
    return false;
  return output_.bytes() + bytes <= model::output_free_bytes ||
         environment_->output->has_room(bytes);
}

/// Whether to ask for what was left out. While others wait for room only who has nothing
/// unconfirmed asks: his topics may be small.
bool connection::can_resync() {
  if (output_.bytes() > environment_->bounds.output_bytes / 2)
    return false;
  if (output_.empty() || environment_->output->has_room(model::output_free_bytes))
    return true;
  postpone_resync();
  return false;
}

void connection::postpone_resync() {
  resync_at_ = std::min(resync_at_, now() + resync_pause);
  arm(resync_at_);
}

/// Deliveries cannot be left out. Their window bounds them, unless those that are out expire:
/// then more come to somebody who takes none.
bool connection::is_flooded_with_deliveries() const {
  constexpr std::uint64_t window_bytes = inflight_max * (pack_bytes_max + 1024);
  return output_.bytes() > environment_->bounds.output_bytes + window_bytes;
}

/// Gives a push to the sink. One that the sink only queued is confirmed later; `trace` is
/// then acknowledged, if it is one.
flow connection::hand_out(const push& what, const trace_id& trace) {
  try {
    const callback_scope inside;
    const auto how = show(what);
    if (how == flow::waiting) {
      const auto bytes = size_of(what);
      output_.add({bytes, trace});
      if (counts_output_)
        environment_->output->take(bytes);
    }
    return how;
  } catch (...) {
    owner_threw("sink::take");
    end(end_reason::sink_failed);
    return flow::waiting;
  }
}

/// With its times as the wall clock shows them.
flow connection::show(const push& what) {
  const auto ahead = environment_->wall_ahead(clock());
  if (ahead.count() == 0)
    return inbox_->out().take(what);
  auto shown = what;
  shift_times(shown, ahead);
  return inbox_->out().take(shown);
}

void connection::confirmed() {
  const auto first = output_.confirm();
  if (!first)
    return;
  if (counts_output_)
    environment_->output->give_back(first->bytes);
  if (first->trace && phase_ == phase::attached)
    ack({first->trace});
  if (lagging_ > 0 && can_resync())
    resync_lagging();
}

void connection::forget_output() {
  if (counts_output_)
    environment_->output->give_back(output_.bytes());
  output_.clear();
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
  if (is_flooded_with_deliveries()) {
    end(end_reason::lost);
    return;
  }
  if (!taken_.empty())
    ack(std::exchange(taken_, {}));
}

void connection::ack(std::vector<trace_id> traces) {
  const auto route = environment_->routing.route(setup_.client.ns, setup_.client.client);
  dialect::tell(this, environment_->client_shard(route),
                ack_notifications{0, setup_.client, epoch_, std::move(traces)});
}

void connection::on(const notification_step& m) {
  const push what{m};
  if (phase_ == phase::attached && has_room(size_of(what)))
    hand_out(what);
}

void connection::on(const client_presence& m) {
  if (phase_ != phase::attached || !watches_.contains(m.client))
    return;
  const push what{m};
  if (has_room(size_of(what))) {
    hand_out(what);
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
    return; // the snapshot had it already
  const push what{m};
  // Who has nothing waiting is told whatever others hold: no batch is larger than a few frames.
  if (!output_.empty() && !has_room(size_of(what))) {
    known.state = stream_state::lagging; // left out now; a fresh snapshot follows (spec E14)
    ++lagging_;
    return;
  }
  known.seq = batch.events.back().seq;
  hand_out(what);
}

void connection::resync_lagging() {
  lagging_ = 0;
  for (auto& [topic, known] : subscriptions_) {
    if (known.state == stream_state::lagging)
      resync(topic, known);
  }
  for (const auto& watched : std::exchange(missed_presence_, {}))
    to_client({setup_.client.ns, watched}, watch_client{0, {setup_.client.ns, watched}});
  tell_missed();
}

/// An operation like others, though nobody waits for it: a refusal must find its topic, and
/// silence must end.
void connection::resync(const std::string& topic, model::subscription& known) {
  known.state = stream_state::resyncing;
  under_way op;
  op.credit = 0;
  op.more = asked_resync{topic};
  turn_ = now();
  const topic_address at{setup_.client.ns, topic};
  to_topic(at, subscribe_topic{number(std::move(op)), at, view_reason::resync});
}

void connection::resync_later(const asked_resync& refused) {
  const auto known = subscriptions_.find(refused.topic);
  if (known == subscriptions_.end() || known->second.state != stream_state::resyncing)
    return;
  known->second.state = stream_state::lagging;
  ++lagging_;
  postpone_resync();
}

void connection::on(const topic_failed& m) {
  leases_.forget_topic(m.at);
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
  if (m.reason == view_reason::resync)
    operations_.finish(m.op); // not for its owner, and without credit
  const auto found = subscriptions_.find(m.topic);
  const bool wanted = found != subscriptions_.end();
  if (m.reason == view_reason::subscribe) {
    if (wanted)
      found->second = {stream_state::live, m.epoch, m.seq};
    settle(m);
  } else if (wanted) {
    give_snapshot(m, found->second);
  }
}

void connection::give_snapshot(entries_view m, model::subscription& known) {
  m.op = 0;
  const model::subscription fresh{stream_state::live, m.epoch, m.seq};
  const push what{std::move(m)};
  if (!has_room(size_of(what))) {
    known.state = stream_state::lagging; // many came at once: again when there is room
    ++lagging_;
    if (output_.empty()) // nothing of its own will be confirmed, and bring it here again
      postpone_resync();
    return;
  }
  known = fresh;
  if (phase_ == phase::attached)
    hand_out(what);
}

void connection::on(const entry_ended& m) {
  leases_.ended(m.at, m.key, m.lease);
  if (m.how != entry_end::taken_over || phase_ == phase::ended)
    return;
  const push what{m};
  if (phase_ == phase::attached && has_room(size_of(what))) {
    hand_out(what);
  } else { // it follows when there is room, or a sink again
    miss(m);
  }
}

void connection::miss(const entry_ended& what) {
  const auto before = missed_losses_.bytes();
  missed_losses_.add(what);
  count_missed(before);
  ++lagging_;
}

void connection::tell_missed() {
  const auto before = missed_losses_.bytes();
  const auto all = missed_losses_.take();
  count_missed(before);
  for (const auto& lost : all) {
    if (phase_ != phase::attached)
      return; // its sink failed at one of them
    hand_out(lost);
  }
}

void connection::count_missed(std::uint64_t bytes_before) {
  memory_->give_back(bytes_before);
  memory_->take(missed_losses_.bytes());
}

} // namespace restante::actors
