#include "restante/clients/cpp/ws_transport.hpp"

#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/messages/json/requests.hpp"

#include <exception>
#include <utility>

namespace restante::remoting {

namespace {

/// Enough to keep a broker busy while answers are on their way back. Operations that the broker has
/// not read yet wait in the socket.
constexpr transport_capacity ws_capacity{1024, std::size_t{1} << 20};

/// A socket that takes no byte for this long is treated as lost.
constexpr std::chrono::seconds stall_timeout{30};

// The wire leaves out the namespace when it is the connection's own, so these functions fill it in.

void put_ns(delivery&, const std::string&) {}
void put_ns(entries_view&, const std::string&) {}
void put_ns(client_presence&, const std::string&) {}
void put_ns(entry_ended& what, const std::string& ns) {
  what.at.ns = ns;
}
void put_ns(notification_step& what, const std::string& ns) {
  what.sender.ns = ns;
}
void put_ns(topic_events& what, const std::string& ns) {
  if (ns.empty())
    return; // the batch is shared, and its namespace is right
  auto batch = what.batch();
  batch.at.ns = ns;
  what = topic_events{std::move(batch)};
}

/// The namespace of an operation. The server identity names it in each operation; a client has only
/// one.
std::string ns_of(const command& asked, const std::string& own) {
  if (const auto* status = std::get_if<get_status>(&asked); status && !status->question.ns.empty())
    return status->question.ns;
  if (const auto* reply = std::get_if<record_reply>(&asked); reply && !reply->question.ns.empty())
    return reply->question.ns;
  if (const auto* drain = std::get_if<drain_queue>(&asked); drain && !drain->client.ns.empty())
    return drain->client.ns;
  return own;
}

void put_ns(answer_value& what, const std::string& ns) {
  if (auto* view = std::get_if<status_view>(&what))
    view->notification.to.ns = ns;
  if (auto* all = std::get_if<drain_view>(&what)) {
    for (auto& one : all->notifications)
      one.to.ns = ns;
  }
}

} // namespace

ws_transport::ws_transport(std::shared_ptr<const ws_shared_state> of,
                           std::shared_ptr<sockets::io_thread> thread, std::shared_ptr<link> whose)
    : of_{std::move(of)},
      io_thread_{std::move(thread)}, whose_{std::move(whose)}, alarm_{io_thread_->context()} {}

void ws_transport::begin() {
  io_thread_->run([self = std::static_pointer_cast<ws_transport>(shared_from_this()), this] {
    if (!whose_)
      return; // the link has left already
    io_thread_->enter(shared_from_this());
    if (whose_)
      whose_->begin();
  });
}

transport_capacity ws_transport::capacity() const {
  return ws_capacity;
}

void ws_transport::open(const attach_options& as) {
  as_ = as;
  is_attached_ = false;
  goodbye_.reset();
  undone_bytes_ = 0;
  opened_at_ = now();
  socket_ = std::make_shared<ws_socket>(*this, *io_thread_, of_->to, of_->tls);
  socket_->dial();
}

/// The token source is the caller's code, so it may throw.
outcome<std::string> ws_transport::current_token() const {
  if (!of_->how->token_source)
    return of_->how->token;
  const callback_scope inside;
  try {
    return of_->how->token_source();
  } catch (const std::exception& wrong) {
    return failure{errc::unauthenticated, std::string{"no token: "} + wrong.what()};
  } catch (...) {
    return failure{errc::unauthenticated, "no token: its source threw"};
  }
}

/// Whether a fresh token may succeed.
bool ws_transport::may_be_the_token(errc code) const {
  return of_->how->token_source && (code == errc::unauthenticated || code == errc::token_expired);
}

void ws_transport::opened() {
  const auto self = shared_from_this(); // the token source may end the link
  json::connect_fields fields;
  const auto token = current_token();
  if (const auto* none = token.why()) {
    cut();
    whose_->disconnected({{end_reason::lost, none->code}, *none, reconnect_advice::reconnect});
    return;
  }
  fields.token = *token;
  fields.client = as_.client.client;
  fields.ns = as_.client.ns;
  fields.acks = ack_mode::explicit_by_peer;
  fields.inflight = as_.inflight;
  fields.resume_window = as_.resume_window;
  fields.resume = as_.resume;
  fields.how =
      as_.how == attachment_kind::attached ? json::connect_mode::attach : json::connect_mode::visit;
  socket_->write(json::connect_frame("0", fields));
}

// --- receiving -----------------------------------------------------------------------------------

void ws_transport::received(std::string_view frame) {
  const auto self = shared_from_this(); // the frame may end the link, and the link owns this object
  auto read = json::decode_frame(frame);
  if (const auto* wrong = read.why()) {
    lose("the broker says what is no frame: " + wrong->text());
    return;
  }
  std::visit([this](auto& it) { on(it); }, *read);
}

void ws_transport::on(json::decoded_reply& what) {
  if (!is_attached_) {
    connected(what);
    return;
  }
  if (what.id == 0) {
    refused_without_id(what);
    return;
  }
  const auto* asked = whose_->asked_under(what.id);
  if (asked == nullptr)
    return;
  if (what.why.code != errc::none) {
    whose_->answered(what.id, std::move(what.why));
    return;
  }
  auto value = json::answer_of(asked->index(), what.fields);
  put_ns(value, ns_of(*asked, ns_));
  if (auto* own = std::get_if<pending_view>(&value); own && as_.how == attachment_kind::attached)
    own->state = presence::connected; // the wire does not repeat it to a connected client
  whose_->answered(what.id, std::move(value));
}

/// Only acknowledgements are sent without an id. Their refusals name the trace.
void ws_transport::refused_without_id(const json::decoded_reply& what) {
  const auto* text = what.fields.find("trace");
  if (text == nullptr || text->size() < 2)
    return;
  if (const auto trace = trace_of(std::string_view{*text}.substr(1, text->size() - 2)))
    whose_->ack_refused(*trace, what.why.code);
}

void ws_transport::connected(const json::decoded_reply& what) {
  disconnect_reason how{{end_reason::refused, what.why.code}, what.why, reconnect_advice::give_up};
  if (what.why.code == errc::none) {
    const auto read = json::connected_of(what.fields);
    if (read) {
      is_attached_ = true;
      ping_ = read->ping;
      ns_ = read->receipt.client.ns;
      whose_->attached(read->receipt);
      return;
    }
    how.detail = read.error();
  }
  if (may_be_the_token(what.why.code) || row_of(how.detail.code).may_retry == retry::yes)
    how.then = reconnect_advice::reconnect;
  cut();
  whose_->disconnected(how);
}

template <class Push>
requires(std::is_constructible_v<push, Push>) void ws_transport::on(Push& what) {
  put_ns(what, ns_);
  push given{std::move(what)};
  undone_bytes_ += size_of(given);
  if (undone_bytes_ > of_->how->input_bytes)
    socket_->hold(true);
  whose_->pushed(given);
}

void ws_transport::on(json::decoded_goodbye& what) {
  if (what.code == close_code::unauthenticated && what.error == errc::none) // an expired token
    what.error = errc_of(what.reason).value_or(errc::unauthenticated);
  disconnect_reason how;
  how.then = should_reconnect(what.code) || may_be_the_token(what.error)
                 ? reconnect_advice::reconnect
                 : reconnect_advice::give_up;
  how.why.code = what.error;
  how.why.reason = end_reason_of(what.code);
  how.detail = {what.error != errc::none ? what.error : errc::stale_connection,
                "the broker says goodbye: " + std::to_string(number_of(what.code)) + " " +
                    what.reason};
  goodbye_ = how;
}

// --- sending -------------------------------------------------------------------------------------

void ws_transport::send(std::span<const outgoing> what) {
  for (const auto& one : what)
    socket_->write(json::request_frame(std::to_string(one.op), *one.what));
}

void ws_transport::acknowledge(const trace_id& trace) {
  if (is_attached_)
    socket_->write(json::ack_frame(trace));
}

void ws_transport::done(std::size_t bytes) {
  undone_bytes_ -= std::min<std::uint64_t>(bytes, undone_bytes_);
  if (socket_ && undone_bytes_ <= of_->how->input_bytes / 2)
    socket_->hold(false);
}

// --- time, and the end ---------------------------------------------------------------------------

void ws_transport::ring_at(steady_time at) {
  alarm_.expires_at(at);
  alarm_.async_wait([self = shared_from_this(), this](error_code error) {
    if (!error && whose_)
      whose_->rang();
  });
}

void ws_transport::check(steady_time now) {
  if (!socket_)
    return;
  const auto stalled = socket_->stalled_since();
  if (is_leaving_) {
    if (now - leaving_since_ > of_->how->close_timeout)
      lose("it does not say goodbye");
  } else if (!is_attached_) {
    if (now - opened_at_ > of_->how->connect_timeout)
      lose("no answer in time");
  } else if (ping_.count() > 0 && now - socket_->received_at() > ping_ * 5 / 2) {
    lose("it has fallen silent");
  } else if (stalled && now - *stalled > stall_timeout) {
    lose("it takes no byte");
  }
}

void ws_transport::lose(std::string_view why) {
  cut();
  whose_->disconnected(
      {{end_reason::lost, errc::none},
       {errc::unreachable, "lost the broker at " + of_->to.authority() + ": " + std::string{why}},
       reconnect_advice::reconnect});
}

void ws_transport::closed(const disconnect_reason& how) {
  const auto self = shared_from_this();
  is_attached_ = false;
  socket_.reset();
  const auto said = std::exchange(goodbye_, std::nullopt);
  whose_->disconnected(said ? *said : how);
}

void ws_transport::sign_off() {
  if (!socket_ || std::exchange(is_leaving_, true))
    return;
  leaving_since_ = now();
  socket_->write(json::disconnect_frame(""));
}

void ws_transport::cut() {
  is_attached_ = false;
  if (const auto old = std::exchange(socket_, nullptr))
    old->abort();
}

void ws_transport::retire() {
  const auto self = shared_from_this();
  if (const auto old = std::exchange(socket_, nullptr))
    old->close(of_->how->close_timeout);
  alarm_.cancel();
  io_thread_->exit(*this);
  whose_.reset();
}

} // namespace restante::remoting
