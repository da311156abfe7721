// A link's phases: it connects, is lost, reconnects, and leaves.

#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/clients/cpp/check_sendable.hpp"
#include "restante/clients/cpp/link.hpp"
#include "restante/clients/cpp/repeatable.hpp"

#include <algorithm>
#include <utility>

namespace restante::remoting {

void link::begin() {
  if (auto wrong = check_sendable(options_.client)) {
    end({end_reason::refused, wrong->code}, *wrong);
    return;
  }
  transport_->open(options_);
  woken();
}

void link::attached(const connect_receipt& receipt, connection_actor at) {
  if (phase_ != phase::opening)
    return;
  const auto self = shared_from_this();
  const bool is_first = ++attachments_ == 1;
  phase_ = phase::attached;
  lost_since_ = instant::never();
  pauses_.reset();
  options_.resume = receipt.resume;
  {
    const std::lock_guard lock{mutex_};
    actor_ = std::move(at);
  }
  try {
    const callback_scope inside;
    sink_->attached(receipt);
    call_named("a completion of `connected`", [&] { connected_.fulfil(receipt); });
  } catch (...) {
    owner_threw("sink::attached");
    end({end_reason::sink_failed, errc::none}, {});
    return;
  }
  if (!is_first && receipt.result == attach_result::fresh)
    restore();
  pump();
  arm();
  leave_when_done();
}

// --- pushes ------------------------------------------------------------------------------------

void link::pushed(const push& what) {
  if (phase_ != phase::attached && phase_ != phase::leaving)
    return;
  const auto self = shared_from_this();
  hand_out(what, size_of(what));
}

void link::hand_out(const push& what, std::size_t bytes) {
  const auto* note = std::get_if<delivery>(&what);
  const auto trace =
      note != nullptr && acks_ == ack_mode::automatic ? note->notification.trace : trace_id{};
  auto how = flow::taken;
  try {
    const callback_scope inside;
    how = sink_->take(what);
  } catch (...) {
    owner_threw("sink::take");
    end({end_reason::sink_failed, errc::none}, {});
    return;
  }
  if (phase_ == phase::ended)
    return;
  if (how == flow::waiting) {
    unconfirmed_.push_back({bytes, trace, attachments_});
    return;
  }
  if (trace)
    transport_->acknowledge(trace);
  if (bytes > 0)
    transport_->done(bytes);
}

void link::confirm_one() {
  if (unconfirmed_.empty())
    return;
  const auto first = unconfirmed_.front();
  unconfirmed_.pop_front();
  // A push from before an interruption needs no confirmation: the broker offers it again.
  if (phase_ != phase::attached || first.attachment != attachments_)
    return;
  if (first.trace)
    transport_->acknowledge(first.trace);
  if (first.bytes > 0)
    transport_->done(first.bytes);
}

// --- losing the connection -----------------------------------------------------------------------

void link::disconnected(const disconnect_reason& how) {
  if (phase_ == phase::ended || phase_ == phase::away)
    return;
  const auto self = shared_from_this();
  auto departed = departure::none;
  {
    const std::lock_guard lock{mutex_};
    departed = departed_;
    actor_ = nullptr;
  }
  if (phase_ == phase::leaving || departed != departure::none) {
    end({end_reason::left, errc::none}, {});
    return;
  }
  const bool was_attached = phase_ == phase::attached;
  keep_repeatable();
  if (phase_ == phase::ended)
    return; // an operation that could not be kept has ended the link
  if (how.then == reconnect_advice::give_up || !how_->reconnect) {
    end(how.why, how.detail);
    return;
  }
  if (lost_since_ == instant::never())
    lost_since_ = now();
  if (how_->give_up_after && now() - lost_since_ >= *how_->give_up_after) {
    end(how.why, how.detail);
    return;
  }
  phase_ = phase::away;
  reopen_at_ = now() + pauses_.next();
  if (how_->give_up_after) // the last attempt is made before time runs out
    reopen_at_ = std::min(reopen_at_, lost_since_ + *how_->give_up_after);
  if (was_attached)
    interrupted(how);
  arm();
}

void link::interrupted(const disconnect_reason& how) {
  try {
    const callback_scope inside;
    sink_->interrupted(how.why);
  } catch (...) {
    owner_threw("sink::interrupted");
    end({end_reason::sink_failed, errc::none}, {});
  }
}

/// Keeps the sent operations that may be repeated, in the order of sending. It is unknown whether
/// the broker has carried them out.
void link::keep_repeatable() {
  auto lost = under_way_.take_all();
  std::ranges::move(std::exchange(later_, {}), std::back_inserter(lost));
  later_at_ = instant::never();
  refused_acks_.clear(); // the unacknowledged deliveries are offered again
  used_ = {};
  std::ranges::sort(lost, {}, &asked::sequence);
  // Written without ranges: clang 14 cannot compile their result here.
  const auto kept_end = std::stable_partition(
      lost.begin(), lost.end(), [](const asked& op) { return is_repeatable(op.what); });
  for (auto op = lost.begin(); op != kept_end; ++op) {
    if (op->why == purpose::asked_for)
      first_waiting_ = std::min(first_waiting_, op->deadline);
  }
  again_.insert(again_.begin(), std::make_move_iterator(lost.begin()),
                std::make_move_iterator(kept_end));
  for (auto op = kept_end; op != lost.end(); ++op) // a completion may throw and end the link
    fail(std::move(*op), errc::unknown_outcome);
}

/// The new connection knows nothing of the old one, so its subscriptions and watches are made
/// again.
void link::restore() {
  std::erase_if(again_, [](const asked& op) { return op.why == purpose::restoring; });
  for (const auto& watched : watches_)
    ask_again(watch_client{0, {options_.client.ns, watched}});
  for (const auto& topic : subscriptions_)
    ask_again(subscribe_topic{0, {options_.client.ns, topic}, view_reason::subscribe});
}

void link::ask_again(command what) {
  asked one{std::move(what), {}, {}, {}, purpose::restoring};
  one.cost = cost_of(one.what);
  again_.push_front(std::move(one));
}

/// Passes on the present state, as a subscriber that missed events gets it (spec E14). A
/// subscription or watch that is refused permanently is forgotten.
void link::restored(const asked& op, const answer_value& value) {
  const auto* subscribed = std::get_if<subscribe_topic>(&op.what);
  const auto* watched = std::get_if<watch_client>(&op.what);
  if (const auto* why = std::get_if<failure>(&value)) {
    if (row_of(why->code).may_retry == retry::yes)
      return; // lost together with its connection: the next connection restores it
    const auto& what = subscribed != nullptr ? subscribed->at.topic : watched->client.client;
    tell_operator((subscribed != nullptr ? "the subscription of " : "the watch of ") + what +
                  " is lost: " + why->text());
    if (subscribed != nullptr)
      subscriptions_.erase(what);
    else
      watches_.erase(what);
    return;
  }
  if (const auto* view = std::get_if<entries_view>(&value); view != nullptr && subscribed) {
    auto snapshot = *view;
    snapshot.reason = view_reason::resync;
    snapshot.op = 0;
    hand_out(std::move(snapshot), 0);
  }
}

// --- leaving -------------------------------------------------------------------------------------

/// A clean leave waits until earlier operations are answered (spec C6).
void link::leave_when_done() {
  if (phase_ == phase::ended || phase_ == phase::leaving)
    return;
  {
    const std::lock_guard lock{mutex_};
    if (departed_ != departure::left)
      return; // a lost link ends without a goodbye as soon as it wakes up
    if (!inbox_.empty() || confirmed_ > 0)
      return; // earlier operations and confirmations come first; a wake-up for them is on the way
  }
  const bool repeats =
      std::ranges::any_of(later_, [](const asked& op) { return op.why == purpose::asked_for; });
  const bool has_asked = used_.operations > 0 || !again_.empty() || !queue_.empty() || repeats;
  if (phase_ == phase::away || (phase_ == phase::opening && !has_asked)) {
    end({end_reason::left, errc::none}, {});
    return;
  }
  if (has_asked)
    return;
  phase_ = phase::leaving;
  transport_->sign_off();
}

void link::abandon() {
  if (phase_ == phase::ended)
    return;
  const auto self = shared_from_this();
  end({end_reason::shutdown, errc::none}, {});
}

void link::end(const goodbye& why, const failure& detail) {
  if (std::exchange(phase_, phase::ended) == phase::ended)
    return;
  const auto code = detail.code != errc::none            ? detail.code
                    : why.code != errc::none             ? why.code
                    : why.reason == end_reason::shutdown ? errc::shutting_down
                                                         : errc::stale_connection;
  {
    const std::lock_guard lock{mutex_};
    shut_ = why.reason == end_reason::shutdown ? errc::shutting_down : errc::stale_connection;
    actor_ = nullptr;
  }
  // Ends a transport that is still attached. A failed sink signs off, so that its keys are cleared.
  // Otherwise the transport is cut without a goodbye.
  if (why.reason == end_reason::sink_failed)
    transport_->sign_off();
  else
    transport_->cut();
  announce(failure{code, detail.detail});
  fail_all(detail.code != errc::none ? detail : failure{code, {}});
  try {
    const callback_scope inside;
    sink_->ended(why.code == errc::none && detail.code != errc::none ? goodbye{why.reason, code}
                                                                     : why);
  } catch (...) { // the link has ended already, so nothing else follows
    owner_threw("sink::ended");
  }
  transport_->retire();
}

/// A callback of `connected` may throw; the link has ended already.
void link::announce(const outcome<connect_receipt>& how) {
  try {
    const callback_scope inside;
    connected_.fulfil(how);
  } catch (...) { // the caller's code threw
    owner_threw("a completion of `connected`");
  }
}

void link::fail_all(const failure& why) {
  take_inbox();
  auto all = under_way_.take_all();
  std::ranges::move(again_, std::back_inserter(all));
  std::ranges::move(queue_, std::back_inserter(all));
  std::ranges::move(std::exchange(later_, {}), std::back_inserter(all));
  later_at_ = instant::never();
  refused_acks_.clear();
  again_.clear();
  queue_.clear();
  for (auto& op : all) {
    try {
      const callback_scope inside;
      if (op.done)
        op.done(failure{why});
    } catch (...) { // the caller's code threw, and the link has ended already
      owner_threw("a completion");
    }
  }
}

/// Call it in a catch block. Logs the exception of an embedder's function, which would otherwise
/// stay unseen.
void link::owner_threw(std::string_view what) {
  const auto& who = options_.client;
  thrown_.say("connection " + (who.ns.empty() ? who.client : who.ns + "/" + who.client), what);
}

} // namespace restante::remoting
