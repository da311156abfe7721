// Operations of a link: submitted, sent, answered, expired.

#include "restante/clients/cpp/link.hpp"

#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/clients/cpp/check_sendable.hpp"
#include "restante/clients/cpp/repeatable.hpp"

#include <algorithm>
#include <utility>

namespace restante::remoting {

namespace {

/// The pauses between attempts at an operation that a broker refused temporarily. The broker is up,
/// so the first pause is short.
constexpr std::chrono::milliseconds repeat_first{100};
constexpr std::chrono::milliseconds repeat_longest{5'000};

} // namespace

link::link(setup with)
    : how_{std::move(with.how)}, log_{safe_log(how_->log)}, thrown_{log_}, sink_{std::move(
                                                                               with.out)},
      connected_{std::move(with.connected)}, acks_{with.acks}, name_{std::move(with.name)},
      options_{std::move(with.as)}, later_pauses_{repeat_first, repeat_longest, with.seed + 1},
      refused_acks_{with.seed + 2}, pauses_{how_->first_pause, how_->longest_pause, with.seed} {}

void link::use_transport(std::shared_ptr<transport> by) {
  transport_ = std::move(by);
  {
    const std::lock_guard lock{mutex_};
    told_.belong_to(transport_.get());
  }
  sink_->opened(weak_from_this());
}

// --- from any thread -------------------------------------------------------------------------

void link::submit(command what, completion done) {
  if (auto wrong = check_sendable(what)) {
    done(std::move(*wrong));
    return;
  }
  const auto bytes = size_of(what);
  const auto parts = parts_of(what);
  const auto cost = cost_of(what);
  std::unique_lock lock{mutex_};
  auto refused = shut_;
  if (refused == errc::none && departed_ != departure::none)
    refused = errc::stale_connection;
  // An operation with more parts than the bound is taken when nothing else waits.
  const bool has_room = waiting_parts_ == 0 || waiting_parts_ + parts <= how_->waiting_operations;
  if (refused == errc::none && (!has_room || waiting_bytes_ + bytes > how_->waiting_bytes))
    refused = errc::overloaded;
  if (refused != errc::none) {
    lock.unlock();
    done(failure{refused, {}});
    return;
  }
  inbox_.push_back({std::move(what), std::move(done), {}, cost});
  waiting_parts_ += parts;
  waiting_bytes_ += bytes;
  told_.announce(std::move(lock));
}

void link::depart(departure how) {
  std::unique_lock lock{mutex_};
  if (departed_ != departure::none && how <= departure::left)
    return; // a link that was lost cannot leave any more
  departed_ = std::max(departed_, how);
  if (shut_ == errc::none)
    told_.insist(std::move(lock));
}

void link::confirm(std::size_t n) {
  std::unique_lock lock{mutex_};
  confirmed_ += n;
  if (shut_ == errc::none)
    told_.announce(std::move(lock));
}

connection_actor link::actor() const {
  const std::lock_guard lock{mutex_};
  return actor_;
}

bool link::is_over() const {
  const std::lock_guard lock{mutex_};
  return shut_ != errc::none;
}

// --- in the transport's thread or actor -----------------------------------------------------

instant link::now() const {
  return {std::chrono::duration_cast<duration>(transport_->now().time_since_epoch()).count()};
}

void link::woken() {
  if (phase_ == phase::ended)
    return;
  const auto self = shared_from_this();
  std::size_t confirmed = 0;
  auto departed = departure::none;
  {
    const std::lock_guard lock{mutex_};
    told_.looked();
    confirmed = std::exchange(confirmed_, 0);
    departed = departed_;
  }
  take_inbox();
  for (; confirmed > 0 && phase_ != phase::ended; --confirmed)
    confirm_one();
  if (departed == departure::lost || departed == departure::at_once) {
    end({departed == departure::lost ? end_reason::lost : end_reason::shutdown, errc::none}, {});
    return;
  }
  pump();
  arm();
  leave_when_done();
}

void link::take_inbox() {
  std::vector<asked> fresh;
  {
    const std::lock_guard lock{mutex_};
    fresh.swap(inbox_);
  }
  const auto present = now();
  for (auto& one : fresh) {
    one.deadline = present + how_->operation_deadline;
    if (const auto* awaited = std::get_if<await_reply>(&one.what))
      one.deadline = one.deadline + std::max(awaited->timeout, duration{0});
    first_waiting_ = std::min(first_waiting_, one.deadline);
    queue_.push_back(std::move(one));
  }
}

bool link::has_room_for(const asked& next) const {
  const auto most = transport_->capacity();
  if (used_.operations == 0 || next.cost.operations == 0)
    return true; // an operation larger than the whole capacity is sent alone
  return used_.operations + next.cost.operations <= most.operations &&
         used_.bytes + next.cost.bytes <= most.bytes;
}

link::asked link::take_next() {
  auto& from = again_.empty() ? queue_ : again_;
  auto next = std::move(from.front());
  from.pop_front();
  return next;
}

/// Reduces the timeout of an await by the time that it has waited here.
void link::shorten_await(asked& next) const {
  if (auto* awaited = std::get_if<await_reply>(&next.what)) {
    const auto left = next.deadline - now() - how_->operation_deadline;
    if (awaited->timeout - left >= std::chrono::milliseconds{1})
      awaited->timeout = std::max(left, duration{0});
  }
}

/// Removes an operation from the counters of waiting operations.
void link::let_go(const asked& next) {
  const auto bytes = size_of(next.what);
  const auto parts = parts_of(next.what);
  const std::lock_guard lock{mutex_};
  waiting_parts_ -= parts;
  waiting_bytes_ -= bytes;
}

/// Sends as many operations as there is room for, in one batch: a batch is cheaper than single
/// messages.
void link::pump() {
  if (phase_ != phase::attached || std::exchange(is_pumping_, true))
    return;
  std::vector<operation_number> sent;
  while ((!again_.empty() || !queue_.empty()) &&
         has_room_for(again_.empty() ? queue_.front() : again_.front())) {
    const bool is_first_time = again_.empty();
    auto next = take_next();
    if (is_first_time)
      let_go(next);
    if (needs_message_id(next.what))
      make_repeatable(next.what, name_ + std::to_string(++message_ids_));
    shorten_await(next);
    if (next.why == purpose::restoring)
      next.deadline = now() + how_->operation_deadline;
    next.sequence = ++last_sequence_;
    used_.operations += next.cost.operations;
    used_.bytes += next.cost.bytes;
    const auto deadline = next.deadline;
    sent.push_back(under_way_.begin(std::move(next), 1, deadline));
  }
  std::vector<outgoing> words;
  words.reserve(sent.size());
  for (const auto op : sent)
    // The operations keep their addresses until all are sent.
    words.push_back({op, &under_way_.find(op)->what});
  if (!words.empty())
    transport_->send(words);
  is_pumping_ = false;
}

const command* link::asked_under(operation_number op) {
  const auto* found = under_way_.find(op);
  return found != nullptr ? &found->what : nullptr;
}

void link::answered(operation_number op, answer_value&& value) {
  auto found = under_way_.finish(op);
  if (!found)
    return;
  const auto self = shared_from_this();
  used_.operations -= found->cost.operations;
  used_.bytes -= found->cost.bytes;
  finish_or_repeat(std::move(*found), std::move(value));
  if (phase_ != phase::attached)
    return;
  // Refilling for every single free place would make small batches.
  const auto most = transport_->capacity().operations;
  if (used_.operations <= most / 2 || used_.operations + 1 >= most)
    pump();
  leave_when_done();
}

/// Whether a refused operation must be repeated. An operation that restores something is repeated
/// until the broker accepts it. An acknowledgement is repeated until its deadline: no other code
/// repeats it, and its place in the window stays taken. The caller gets every other refusal.
bool link::must_repeat(const asked& op, const answer_value& value) const {
  const auto* why = std::get_if<failure>(&value);
  if (phase_ != phase::attached || why == nullptr || row_of(why->code).may_retry == retry::no)
    return false;
  if (op.why == purpose::restoring)
    return true;
  return std::holds_alternative<ack_notifications>(op.what) && now() < op.deadline;
}

void link::finish_or_repeat(asked&& op, answer_value&& value) {
  if (!must_repeat(op, value)) {
    if (op.is_repeated && !std::holds_alternative<failure>(value))
      later_pauses_.reset();
    finish(std::move(op), std::move(value));
    return;
  }
  op.is_repeated = true;
  if (later_.empty())
    later_at_ = now() + later_pauses_.next();
  later_.push_back(std::move(op));
  arm();
}

/// Queues the operations that were refused temporarily again, and sends the refused
/// acknowledgements again.
void link::repeat_due() {
  const auto present = now();
  if (phase_ != phase::attached)
    return;
  for (const auto& trace : refused_acks_.take_due(present))
    transport_->acknowledge(trace);
  if (present < later_at_)
    return;
  later_at_ = instant::never();
  for (auto& one : std::exchange(later_, {})) {
    if (is_given_up(one))
      continue;
    if (one.why == purpose::asked_for)
      first_waiting_ = std::min(first_waiting_, one.deadline);
    again_.push_back(std::move(one));
  }
}

/// Whether the operation was to restore something that the caller does not want any more.
bool link::is_given_up(const asked& op) const {
  if (op.why == purpose::asked_for)
    return false;
  if (const auto* m = std::get_if<subscribe_topic>(&op.what))
    return !subscriptions_.contains(m->at.topic);
  const auto* m = std::get_if<watch_client>(&op.what);
  return m != nullptr && !watches_.contains(m->client.client);
}

void link::ack_refused(const trace_id& trace, errc why) {
  if (phase_ != phase::attached)
    return;
  const auto reason = std::string{to_string(why)};
  if (row_of(why).may_retry == retry::no) {
    tell_operator("an acknowledgement was refused: " + reason);
    return;
  }
  if (refused_acks_.add(trace, now()))
    tell_operator("acknowledgements are refused for now, and said again: " + reason);
  arm();
}

void link::tell_operator(const std::string& line) const {
  log_(line);
}

void link::finish(asked&& op, answer_value&& value) {
  if (auto* view = std::get_if<entries_view>(&value); view != nullptr && view->topic.empty()) {
    if (const auto* listed = std::get_if<list_entries>(&op.what))
      view->topic = listed->at.topic;
    if (const auto* subscribed = std::get_if<subscribe_topic>(&op.what))
      view->topic = subscribed->at.topic;
  }
  note(op, value);
  if (op.why == purpose::restoring)
    restored(op, value);
  if (!op.done)
    return;
  try {
    const callback_scope inside;
    op.done(std::move(value));
  } catch (...) { // the caller's code threw: this ends only its own connection (spec C7)
    owner_threw("a completion");
    end({end_reason::sink_failed, errc::none}, {});
  }
}

/// Notes what must be restored when a connection could not be resumed.
void link::note(const asked& op, const answer_value& value) {
  const bool is_fine = !std::holds_alternative<failure>(value);
  if (const auto* m = std::get_if<subscribe_topic>(&op.what); m != nullptr && is_fine)
    subscriptions_.insert(m->at.topic);
  if (const auto* m = std::get_if<unsubscribe_topic>(&op.what))
    subscriptions_.erase(m->at.topic);
  if (const auto* m = std::get_if<watch_client>(&op.what); m != nullptr && is_fine)
    watches_.insert(m->client.client);
  if (const auto* m = std::get_if<unwatch_client>(&op.what))
    watches_.erase(m->client.client);
}

void link::fail(asked&& op, errc code) {
  finish(std::move(op), failure{code, {}});
}

// --- time ------------------------------------------------------------------------------------

void link::rang() {
  if (phase_ == phase::ended)
    return;
  const auto self = shared_from_this();
  armed_for_ = instant::never();
  expire();
  if (phase_ == phase::away && now() >= reopen_at_) {
    reopen_at_ = instant::never();
    phase_ = phase::opening;
    transport_->open(options_);
  }
  repeat_due();
  pump();
  arm();
  leave_when_done();
}

/// A completion of an expired operation may throw and end the link. The other operations are
/// answered in any case.
void link::expire() {
  const auto present = now();
  std::vector<std::pair<asked, errc>> late;
  for (auto& one : under_way_.take_due(present)) {
    used_.operations -= one.cost.operations;
    used_.bytes -= one.cost.bytes;
    late.emplace_back(std::move(one), errc::unknown_outcome);
  }
  if (present >= first_waiting_) {
    first_waiting_ = instant::never();
    sort_out(again_, errc::unknown_outcome, late); // these operations were sent once
    const auto of_again = late.size();
    sort_out(queue_, errc::unreachable, late);
    for (auto i = of_again; i < late.size(); ++i)
      let_go(late[i].first);
  }
  for (auto& [op, code] : late)
    finish_or_repeat(std::move(op), failure{code, {}});
}

/// Removes the operations whose deadline has passed. Operations that restore have no deadline while
/// they wait.
void link::sort_out(std::deque<asked>& from, errc code, std::vector<std::pair<asked, errc>>& late) {
  const auto present = now();
  const auto is_late = [present](const asked& one) {
    return one.why == purpose::asked_for && present >= one.deadline;
  };
  for (auto& one : from) {
    if (is_late(one))
      late.emplace_back(std::move(one), code);
    else if (one.why == purpose::asked_for)
      first_waiting_ = std::min(first_waiting_, one.deadline);
  }
  std::erase_if(from, is_late);
}

/// A wake-up stays set even if its cause goes away: then it finds nothing to do.
void link::arm() {
  if (phase_ == phase::ended)
    return;
  auto first = std::min({reopen_at_, first_waiting_, later_at_, refused_acks_.due()});
  if (armed_for_ == instant::never() && under_way_.size() > 0)
    first = std::min(first, under_way_.deadline());
  if (first >= armed_for_)
    return;
  armed_for_ = first;
  transport_->ring_at(steady_time{duration{first.ns}});
}

} // namespace restante::remoting
