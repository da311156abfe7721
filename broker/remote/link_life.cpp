// A link's life: how it comes, is lost and comes again, and goes.

#include "restante/actors/callback_scope.hpp"
#include "restante/broker/remote/link.hpp"
#include "restante/broker/remote/repeatable.hpp"

#include <algorithm>
#include <utility>

namespace restante::remoting {

void link::begin() {
  carrier_->open(wish_);
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
  wish_.resume = receipt.resume;
  {
    const std::lock_guard lock{mutex_};
    actor_ = std::move(at);
  }
  connected_.fulfil(receipt);
  try {
    const callback_scope inside;
    sink_->attached(receipt);
  } catch (...) {
    end({end_reason::sink_failed, errc::none}, {});
    return;
  }
  if (!is_first && receipt.result == attach_result::fresh)
    restore();
  pump();
  arm();
  leave_when_done();
}

// --- what comes unasked ------------------------------------------------------------------------

void link::pushed(const push& what) {
  if (phase_ != phase::attached && phase_ != phase::leaving)
    return;
  const auto self = shared_from_this();
  hand_out(what);
}

void link::hand_out(const push& what) {
  const auto bytes = size_of(what);
  const auto* note = std::get_if<delivery>(&what);
  const auto trace =
      note != nullptr && acks_ == ack_mode::automatic ? note->notification.trace : trace_id{};
  auto how = flow::taken;
  try {
    const callback_scope inside;
    how = sink_->take(what);
  } catch (...) {
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
    carrier_->acknowledge(trace);
  carrier_->done(bytes);
}

void link::confirm_one() {
  if (unconfirmed_.empty())
    return;
  const auto first = unconfirmed_.front();
  unconfirmed_.pop_front();
  // What came before an interruption comes again.
  if (phase_ != phase::attached || first.attachment != attachments_)
    return;
  if (first.trace)
    carrier_->acknowledge(first.trace);
  carrier_->done(first.bytes);
}

// --- lost, and looked for ------------------------------------------------------------------------

void link::parted(const parting& how) {
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
    return; // what could not be kept ended it
  if (how.then == advice::stay_away || !how_->reconnect) {
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
  if (was_attached)
    interrupted(how);
  arm();
}

void link::interrupted(const parting& how) {
  try {
    const callback_scope inside;
    sink_->interrupted(how.why);
  } catch (...) {
    end({end_reason::sink_failed, errc::none}, {});
  }
}

/// What was under way may have been done or not. In the order of their numbers, which is
/// that of sending.
void link::keep_repeatable() {
  auto lost = under_way_.take_all();
  used_ = {};
  std::ranges::stable_sort(lost, {}, &asked::deadline);
  std::deque<asked> kept;
  for (auto& op : lost) {
    if (is_repeatable(op.what))
      kept.push_back(std::move(op));
    else
      fail(std::move(op), errc::unknown_outcome);
  }
  kept.insert(kept.end(), std::make_move_iterator(again_.begin()),
              std::make_move_iterator(again_.end()));
  again_ = std::move(kept);
  const auto present = now();
  for (auto& op : again_) { // they have waited for a part of it already
    if (auto* awaited = std::get_if<await_reply>(&op.what))
      awaited->timeout =
          std::max(op.deadline - present - how_->operation_deadline, duration{0});
  }
}

/// The connection is another one: it knows nothing of what this one heard.
void link::restore() {
  for (const auto& watched : watches_)
    ask_again(watch_client{0, {wish_.client.ns, watched}});
  for (const auto& topic : subscriptions_)
    ask_again(subscribe_topic{0, {wish_.client.ns, topic}, view_reason::subscribe});
}

void link::ask_again(command what) {
  asked one{std::move(what), {}, now() + how_->operation_deadline, {}};
  one.cost = cost_of(one.what);
  if (std::holds_alternative<subscribe_topic>(one.what)) {
    // The state now, as a subscriber that missed events gets it (spec E14).
    one.done = [this](answer_value&& value) {
      if (auto* view = std::get_if<entries_view>(&value)) {
        view->reason = view_reason::resync;
        view->op = 0;
        hand_out(std::move(*view));
      }
    };
  }
  again_.push_front(std::move(one));
}

// --- going ---------------------------------------------------------------------------------------

/// A clean leave lets what was asked be answered first (spec C6).
void link::leave_when_done() {
  if (phase_ == phase::ended || phase_ == phase::leaving)
    return;
  {
    const std::lock_guard lock{mutex_};
    if (departed_ == departure::none)
      return;
  }
  if (phase_ != phase::attached) {
    end({end_reason::left, errc::none}, {});
    return;
  }
  if (used_.operations > 0 || !again_.empty() || !queue_.empty())
    return;
  phase_ = phase::leaving;
  carrier_->sign_off();
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
  const auto code = detail.code != errc::none                ? detail.code
                    : why.code != errc::none                 ? why.code
                    : why.reason == end_reason::shutdown     ? errc::shutting_down
                                                             : errc::stale_connection;
  {
    const std::lock_guard lock{mutex_};
    shut_ = why.reason == end_reason::shutdown ? errc::shutting_down : errc::stale_connection;
    actor_ = nullptr;
  }
  // A carrier that is still attached goes: at a sink that failed politely, so that its keys
  // go with it; after a loss of its owner's without a word.
  if (why.reason == end_reason::sink_failed)
    carrier_->sign_off();
  else
    carrier_->cut();
  connected_.fulfil(failure{code, detail.detail});
  fail_all();
  try {
    const callback_scope inside;
    sink_->ended(why.code == errc::none && detail.code != errc::none ? goodbye{why.reason, code}
                                                                     : why);
  } catch (...) { // it has ended: there is nothing left to take from it
  }
  carrier_->retire();
}

void link::fail_all() {
  take_inbox();
  auto all = under_way_.take_all();
  std::ranges::move(again_, std::back_inserter(all));
  std::ranges::move(queue_, std::back_inserter(all));
  again_.clear();
  queue_.clear();
  const auto code = shut_;
  for (auto& op : all) {
    try {
      const callback_scope inside;
      if (op.done)
        op.done(failure{code, {}});
    } catch (...) { // its owner's code threw, and it has ended already
    }
  }
}

} // namespace restante::remoting
