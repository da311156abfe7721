#include "restante/broker/node/node_session.hpp"

#include "restante/messages/node.hpp"

#include <algorithm>
#include <utility>

namespace restante::nodes {

namespace {

/// Updates in one message. CAF's fixed cost per message is small for a batch of this size, and a
/// slow peer does not fall far behind.
constexpr std::size_t batch_updates = 256;
constexpr std::size_t batch_bytes = std::size_t{128} * 1024;

connect_options options_of(const attach_peer& as) {
  connect_options made;
  made.client = as.client.client;
  made.ns = as.client.ns;
  // The peer acknowledges when its own sink has taken a delivery.
  made.acks = ack_mode::explicit_by_peer;
  made.max_inflight = as.inflight;
  made.resume_window = as.resume_window;
  made.resume = as.resume;
  return made;
}

} // namespace

node_session::node_session(caf::actor_config& config, std::shared_ptr<shared_state> in,
                           caf::strong_actor_ptr peer, attach_peer as)
    : node_session_actor::base{config}, shared_{std::move(in)}, peer_{std::move(peer)},
      as_{std::move(as)}, outbox_{std::make_shared<peer_outbox>()}, refused_{id()} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  shared_->sessions.fetch_add(1);
}

node_session::behavior_type node_session::make_behavior() {
  begin();
  return {
      [this](peer_requests& m) { on(m); },
      [this](const output_ready& m) { on(m); },
      [this](const stop_shard& m) { on(m); },
  };
}

void node_session::on_exit() {
  outbox_->belong_to(node_session_actor{});
  if (at_)
    at_->depart(departure::lost); // has no effect on a connection that has left already
  at_ = nullptr;
  peer_ = nullptr;
  shared_->sessions.fetch_sub(1);
}

void node_session::begin() {
  outbox_->belong_to(caf::actor_cast<node_session_actor>(caf::strong_actor_ptr{ctrl()}));
  dialect::start_monitor(this, peer_);
  at_ = shared_->broker.admit(as_.how, options_of(as_), make_peer_sink(outbox_));
}

void node_session::peer_down(const caf::actor_addr&) {
  quit(); // this ends the connection or begins its resume window
}

void node_session::on(const stop_shard&) {
  quit();
}

// --- in ------------------------------------------------------------------------------------------

void node_session::on(peer_requests& m) {
  settle(m.done);
  if (!m.acks.empty())
    acknowledge(std::move(m.acks));
  for (auto& one : m.operations) {
    at_->submit(std::move(one.what), [outbox = outbox_, op = one.op](answer_value&& value) {
      outbox->answer(op, std::move(value));
    });
  }
  if (m.intent == peer_intent::leaves)
    at_->depart(departure::left); // after all earlier operations
  pump();
}

void node_session::acknowledge(std::vector<trace_id> traces) {
  auto refused = [outbox = outbox_, traces](answer_value&& value) {
    const auto* why = std::get_if<failure>(&value);
    if (why != nullptr && row_of(why->code).may_retry == retry::yes)
      outbox->refused(traces);
  };
  at_->submit(ack_notifications{0, {}, 0, std::move(traces)}, std::move(refused));
}

/// Acknowledges again on behalf of the peer, which is not told about the refusal. Until the
/// acknowledgement succeeds, the notification keeps its place in the window for as long as the
/// connection lasts.
void node_session::acknowledge_again(const std::vector<trace_id>& refused) {
  const instant present{
      std::chrono::duration_cast<duration>(clock().now().time_since_epoch()).count()};
  for (const auto& trace : refused)
    refused_.add(trace, present);
  if (auto due = refused_.take_due(present); !due.empty())
    acknowledge(std::move(due));
  if (present >= acks_due_at_)
    acks_due_at_ = instant::never();
  if (refused_.due() >= acks_due_at_)
    return; // a repetition is scheduled already, or none is needed
  acks_due_at_ = refused_.due();
  const auto self = caf::actor_cast<node_session_actor>(caf::strong_actor_ptr{ctrl()});
  dialect::tell_after(this, acks_due_at_ - present, self, output_ready{});
}

/// The peer has processed its oldest updates.
void node_session::settle(std::uint64_t updates) {
  std::size_t bytes = 0;
  std::size_t confirmed = 0;
  for (; updates > 0 && !sent_.empty(); --updates) {
    bytes += sent_.front().bytes;
    confirmed += sent_.front().is_confirmed_later ? 1 : 0;
    sent_.pop_front();
  }
  sent_bytes_ -= bytes;
  outbox_->done(bytes);
  if (confirmed > 0)
    at_->confirm(confirmed);
}

// --- out -----------------------------------------------------------------------------------------

void node_session::on(const output_ready&) {
  pump();
}

void node_session::pump() {
  auto fresh = outbox_->take_all();
  acknowledge_again(fresh.refused);
  if (fresh.connection)
    dialect::tell_as(this, fresh.connection, peer_, attached_as{});
  std::ranges::move(fresh.items, std::back_inserter(waiting_));
  while (!waiting_.empty() && sent_bytes_ < node_window_bytes) {
    std::vector<peer_update> updates;
    std::size_t bytes = 0;
    while (!waiting_.empty() && updates.size() < batch_updates && bytes < batch_bytes) {
      auto& next = waiting_.front();
      bytes += next.bytes;
      sent_.push_back({next.bytes, next.is_confirmed_later});
      is_over_ = is_over_ || std::holds_alternative<goodbye>(next.update.what);
      updates.push_back(std::move(next.update));
      waiting_.pop_front();
    }
    sent_bytes_ += bytes;
    send(std::move(updates));
  }
  if (is_over_ && waiting_.empty())
    quit();
}

void node_session::send(std::vector<peer_update> updates) {
  dialect::tell_as(this, ctrl(), peer_, peer_updates{std::move(updates)});
}

} // namespace restante::nodes
