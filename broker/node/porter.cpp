#include "restante/broker/node/porter.hpp"

#include "restante/messages/node.hpp"

#include <algorithm>
#include <utility>

namespace restante::nodes {

namespace {

/// Words in one message: CAF's own cost per message is small beside so many, and a peer that
/// is slow is not far behind what it has been sent.
constexpr std::size_t batch_words = 256;
constexpr std::size_t batch_bytes = std::size_t{128} * 1024;

connect_options options_of(const attach_peer& as) {
  connect_options made;
  made.client = as.client.client;
  made.ns = as.client.ns;
  // The peer acknowledges what its own sink has taken.
  made.acks = ack_mode::explicit_by_peer;
  made.max_inflight = as.inflight;
  made.resume_window = as.resume_window;
  made.resume = as.resume;
  return made;
}

} // namespace

porter::porter(caf::actor_config& config, std::shared_ptr<hall> in, caf::strong_actor_ptr peer,
               attach_peer as)
    : porter_actor::base{config}, hall_{std::move(in)}, peer_{std::move(peer)}, as_{std::move(as)},
      box_{std::make_shared<peer_box>()}, refused_{id()} {
  dialect::drop_unexpected(this);
  dialect::prepare_monitors(this);
  hall_->porters.fetch_add(1);
}

porter::behavior_type porter::make_behavior() {
  begin();
  return {
      [this](peer_says& m) { on(m); },
      [this](const node_knock& m) { on(m); },
      [this](const stop_shard& m) { on(m); },
  };
}

void porter::on_exit() {
  box_->belong_to(porter_actor{});
  if (at_)
    at_->depart(departure::lost); // changes nothing for one that has left
  at_ = nullptr;
  peer_ = nullptr;
  hall_->porters.fetch_sub(1);
}

void porter::begin() {
  box_->belong_to(caf::actor_cast<porter_actor>(caf::strong_actor_ptr{ctrl()}));
  monitor_ = dialect::start_monitor(this, peer_);
  at_ = hall_->office.admit(as_.how, options_of(as_), make_peer_sink(box_));
}

void porter::peer_down(const caf::actor_addr&) {
  quit(); // and the connection with it, or into its resume window
}

void porter::on(const stop_shard&) {
  quit();
}

// --- in ------------------------------------------------------------------------------------------

void porter::on(peer_says& m) {
  settle(m.done);
  if (!m.acks.empty())
    acknowledge(std::move(m.acks));
  for (auto& one : m.operations) {
    at_->submit(std::move(one.what), [box = box_, op = one.op](answer_value&& value) {
      box->answer(op, std::move(value));
    });
  }
  if (m.intent == peer_intent::leaves)
    at_->depart(departure::left); // behind what was asked before
  pump();
}

void porter::acknowledge(std::vector<trace_id> traces) {
  auto refused = [box = box_, traces](answer_value&& value) {
    const auto* why = std::get_if<failure>(&value);
    if (why != nullptr && row_of(why->code).may_retry == retry::yes)
      box->refused(traces);
  };
  at_->submit(ack_notifications{0, {}, 0, std::move(traces)}, std::move(refused));
}

/// Nobody over there hears of it: what is not acknowledged here keeps its place in the window
/// for as long as the connection lasts.
void porter::acknowledge_again(const std::vector<trace_id>& refused) {
  const instant present{
      std::chrono::duration_cast<duration>(clock().now().time_since_epoch()).count()};
  for (const auto& trace : refused)
    refused_.add(trace, present);
  if (auto due = refused_.take_due(present); !due.empty())
    acknowledge(std::move(due));
  if (present >= knocks_at_)
    knocks_at_ = instant::never();
  if (refused_.due() >= knocks_at_)
    return; // one is on its way already, or none is needed
  knocks_at_ = refused_.due();
  const auto self = caf::actor_cast<porter_actor>(caf::strong_actor_ptr{ctrl()});
  dialect::tell_after(this, knocks_at_ - present, self, node_knock{});
}

/// The peer is done with its oldest words.
void porter::settle(std::uint64_t words) {
  std::size_t bytes = 0;
  std::size_t confirmed = 0;
  for (; words > 0 && !sent_.empty(); --words) {
    bytes += sent_.front().bytes;
    confirmed += sent_.front().is_confirmed_later ? 1 : 0;
    sent_.pop_front();
  }
  sent_bytes_ -= bytes;
  box_->done(bytes);
  if (confirmed > 0)
    at_->confirm(confirmed);
}

// --- out -----------------------------------------------------------------------------------------

void porter::on(const node_knock&) {
  pump();
}

void porter::pump() {
  auto fresh = box_->take_all();
  acknowledge_again(fresh.refused);
  if (fresh.connection)
    dialect::tell_as(this, fresh.connection, peer_, attached_as{});
  std::ranges::move(fresh.items, std::back_inserter(waiting_));
  while (!waiting_.empty() && sent_bytes_ < node_window_bytes) {
    std::vector<peer_word> words;
    std::size_t bytes = 0;
    while (!waiting_.empty() && words.size() < batch_words && bytes < batch_bytes) {
      auto& next = waiting_.front();
      bytes += next.bytes;
      sent_.push_back({next.bytes, next.is_confirmed_later});
      is_over_ = is_over_ || std::holds_alternative<goodbye>(next.word.what);
      words.push_back(std::move(next.word));
      waiting_.pop_front();
    }
    sent_bytes_ += bytes;
    send(std::move(words));
  }
  if (is_over_ && waiting_.empty())
    quit();
}

void porter::send(std::vector<peer_word> words) {
  dialect::tell_as(this, ctrl(), peer_, peer_hears{std::move(words)});
}

} // namespace restante::nodes
