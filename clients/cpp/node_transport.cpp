#include "restante/clients/cpp/node_transport.hpp"

#include "restante/actors/protocol/caf_node.hpp"
#include "restante/clients/cpp/node_client.hpp"

#include <algorithm>
#include <utility>

namespace restante::remoting {

namespace {

/// How much a broker lets one connection have in progress. More would only wait at the broker.
constexpr transport_capacity node_capacity{1024, std::size_t{1} << 20};

/// A broker that is up answers a greeting within this time.
constexpr std::chrono::seconds greeting_timeout{2};

/// How many processed updates, or bytes, cause a message that reports them. A smaller number would
/// cost more messages. With a larger number the node session would run out of window, and its
/// connection would wait for room that exists already.
constexpr std::size_t quiet_words = 32;
constexpr std::size_t quiet_bytes = node_window_bytes / 32;

std::size_t payload_of(const answer_value& value) {
  if (const auto* view = std::get_if<status_view>(&value))
    return view->notification.pack.size() + view->notification.reply.size();
  if (std::holds_alternative<entries_view>(value) || std::holds_alternative<drain_view>(value) ||
      std::holds_alternative<reply_view>(value) ||
      std::holds_alternative<put_many_receipt>(value) ||
      std::holds_alternative<clients_view>(value) || std::holds_alternative<topics_view>(value))
    return quiet_bytes; // may be large: reported immediately
  return 0;
}

} // namespace

node_transport::node_transport(std::shared_ptr<node_shared_state> of, caf::actor_system& system,
                               std::shared_ptr<link> whose)
    : of_{std::move(of)}, system_{system}, whose_{std::move(whose)} {}

void node_transport::begin() {
  handle_ = caf::actor_cast<node_client_actor>(system_.spawn<node_client>(of_, shared_from_this()));
  notify();
}

void node_transport::started(node_client& in) {
  self_ = &in;
}

void node_transport::stopped() {
  if (whose_)
    whose_->abandon(); // another actor has ended the node client
  self_ = nullptr;
  whose_.reset();
  listener_ = nullptr;
  watched_ = nullptr;
  session_ = nullptr;
  connection_ = nullptr;
}

void node_transport::notify() {
  dialect::tell_anonymously(handle_, output_ready{});
}

steady_time node_transport::now() const {
  return system_.clock().now();
}

instant node_transport::present() const {
  return {std::chrono::duration_cast<duration>(now().time_since_epoch()).count()};
}

transport_capacity node_transport::capacity() const {
  return node_capacity;
}

// --- connecting ----------------------------------------------------------------------------------

void node_transport::open(const attach_options& as) {
  as_ = as;
  deadline_ = present() + of_->how->connect_timeout;
  alarm(deadline_);
  const auto attempt = ++attempt_;
  dialect::find_published(
      self_, of_->to.host, of_->to.port, of_->how->connect_timeout,
      [this, attempt](const caf::strong_actor_ptr& what) {
        if (attempt == attempt_)
          found(what);
      },
      [this, attempt](const std::string& why) {
        if (attempt == attempt_)
          lose(errc::unreachable, "cannot reach the broker: " + why);
      });
}

void node_transport::found(const caf::strong_actor_ptr& what) {
  if (!what)
    return lose(errc::unreachable, "no broker is published there");
  listener_ = caf::actor_cast<node_listener_actor>(what);
  watch(what);
  const auto attempt = attempt_;
  dialect::ask<node_greeting>(
      self_, listener_, greeting_timeout, greet_node{},
      [this, attempt](const node_greeting& said) {
        if (attempt != attempt_)
          return;
        if (said.version == node_version)
          attach();
        else
          disconnect(
              {{end_reason::refused, errc::none},
               {errc::unreachable, "the broker speaks another version of the node's language"},
               reconnect_advice::give_up});
      },
      [this, attempt] {
        if (attempt == attempt_)
          lose(errc::unreachable, "the broker does not answer");
      });
}

void node_transport::attach() {
  dialect::tell(self_, listener_,
                attach_peer{as_.how, as_.client, as_.inflight, as_.resume_window, as_.resume});
}

void node_transport::watch(const caf::strong_actor_ptr& whom) {
  if (watched_)
    dialect::stop_monitor(self_, watched_);
  watched_ = whom;
  if (watched_)
    dialect::start_monitor(self_, watched_);
}

// --- receiving -----------------------------------------------------------------------------------

void node_transport::on(const attached_as&) {
  connection_ = caf::actor_cast<connection_actor>(dialect::sender_of(self_));
}

void node_transport::on(const peer_updates& m) {
  const auto from = dialect::sender_of(self_);
  if (!listener_ || (session_ && from != session_))
    return; // a message of a connection that has ended
  if (!session_) {
    session_ = from;
    watch(session_);
  }
  const auto attempt = attempt_;
  for (const auto& update : m.updates) {
    if (!whose_ || attempt != attempt_)
      return;
    receive(update);
  }
  say();
}

void node_transport::receive(const peer_update& update) {
  if (const auto* given = std::get_if<peer_push>(&update.what)) {
    received_.push_back({size_of(given->what), false});
    whose_->pushed(given->what);
    return;
  }
  const auto* outcome = std::get_if<peer_outcome>(&update.what);
  received_.push_back({outcome != nullptr ? payload_of(outcome->what) : 0, true});
  settle();
  if (outcome != nullptr) {
    whose_->answered(outcome->op, answer_value{outcome->what});
  } else if (const auto* receipt = std::get_if<connect_receipt>(&update.what)) {
    is_attached_ = true;
    deadline_ = instant::never();
    whose_->attached(*receipt, connection_);
  } else {
    const auto& why = std::get<goodbye>(update.what);
    const bool may_come = should_reconnect(close_code_of(why));
    disconnect({why, why.code != errc::none ? failure{why.code, {}} : failure{},
                may_come ? reconnect_advice::reconnect : reconnect_advice::give_up});
  }
}

/// The link has processed its oldest push, which is the oldest unprocessed update.
void node_transport::done(std::size_t) {
  const auto first = std::ranges::find(received_, false, &received_update::is_done);
  if (first != received_.end())
    first->is_done = true;
  settle();
}

void node_transport::settle() {
  while (!received_.empty() && received_.front().is_done) {
    done_bytes_ += received_.front().bytes;
    received_.pop_front();
    ++gathered_.done;
  }
}

// --- sending -------------------------------------------------------------------------------------

void node_transport::send(std::span<const outgoing> what) {
  gathered_.operations.reserve(gathered_.operations.size() + what.size());
  for (const auto& one : what)
    gathered_.operations.push_back({one.op, *one.what});
}

void node_transport::acknowledge(const trace_id& trace) {
  gathered_.acks.push_back(trace);
}

void node_transport::sign_off() {
  gathered_.intent = peer_intent::leaves;
  deadline_ = present() + of_->how->close_timeout;
  alarm(deadline_);
  say();
}

/// Called at the end of a turn. Sends the gathered requests if they are worth a message.
void node_transport::say() {
  if (!session_)
    return;
  const bool is_worth_it = !gathered_.operations.empty() || !gathered_.acks.empty() ||
                           gathered_.intent != peer_intent::stays ||
                           gathered_.done >= quiet_words || done_bytes_ >= quiet_bytes;
  if (!is_worth_it)
    return;
  done_bytes_ = 0;
  dialect::tell_peer<node_session_actor>(self_, session_, std::exchange(gathered_, {}));
}

// --- time, and the end ---------------------------------------------------------------------------

void node_transport::on(const output_ready&) {
  if (!whose_)
    return;
  const auto self = shared_from_this();
  if (!std::exchange(is_begun_, true))
    whose_->begin();
  else
    whose_->woken();
  if (self_ != nullptr)
    say();
}

void node_transport::ring_at(steady_time at) {
  rings_at_ = {std::chrono::duration_cast<duration>(at.time_since_epoch()).count()};
  alarm(rings_at_);
}

void node_transport::alarm(instant at) {
  const auto wait = std::max(at - present(), duration{0});
  dialect::tell_after(self_, wait, handle_, node_client_due{at});
}

void node_transport::on(const node_client_due& m) {
  if (!whose_)
    return;
  const auto self = shared_from_this();
  if (m.armed_for == deadline_ && present() >= deadline_) {
    lose(errc::unreachable,
         is_attached_ ? "the broker does not say goodbye" : "the broker does not answer in time");
  } else if (m.armed_for == rings_at_) {
    rings_at_ = instant::never();
    whose_->rang();
  }
  if (self_ != nullptr)
    say();
}

void node_transport::peer_down(const caf::actor_addr& who) {
  if (!watched_ || who != watched_ || !whose_)
    return;
  const auto self = shared_from_this();
  watched_ = nullptr;
  lose(errc::unreachable, "the broker is gone, or has been silent for too long");
}

void node_transport::lose(errc code, std::string how) {
  disconnect({{end_reason::lost, errc::none},
              {code, how + " (caf://" + of_->to.authority() + ")"},
              reconnect_advice::reconnect});
}

void node_transport::disconnect(disconnect_reason how) {
  cut();
  whose_->disconnected(how);
}

/// Tells the node session that its peer is gone. The session cannot notice this itself, because the
/// node client still exists.
void node_transport::cut() {
  ++attempt_;
  if (session_)
    dialect::tell_peer<node_session_actor>(self_, session_, stop_shard{});
  watch(nullptr);
  session_ = nullptr;
  listener_ = nullptr;
  connection_ = nullptr;
  deadline_ = instant::never();
  is_attached_ = false;
  gathered_ = {};
  received_.clear();
  done_bytes_ = 0;
}

void node_transport::retire() {
  if (session_)
    say(); // sends the goodbye, if there is one
  whose_.reset();
  if (self_ != nullptr)
    self_->quit();
}

} // namespace restante::remoting
