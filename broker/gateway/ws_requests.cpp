// The requests in a WebSocket's frames: one frame, one operation of its connection.

#include "restante/actors/protocol/credit.hpp"
#include "restante/broker/gateway/large_answers.hpp"
#include "restante/broker/gateway/ws_session.hpp"
#include "restante/broker/gateway/ws_sink.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/ignored.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/messages/limits.hpp"
#include "restante/messages/validate.hpp"

#include <sodium.h>

#include <utility>

namespace restante::gateway {

namespace {

/// A peer that sends this many frames in a row without an operation does not speak this protocol
/// (spec W5).
constexpr std::size_t bad_frames_max = 8;

/// The close code of a connect whose token was refused.
close_code close_code_of_refusal(errc refusal) {
  if (row_of(refusal).may_retry == retry::yes)
    return close_code::refused_for_now;
  return refusal == errc::forbidden ? close_code::forbidden : close_code::unauthenticated;
}

std::string made_up_client() {
  std::array<unsigned char, 10> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, 2 * random.size() + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
  return std::string{"anonymous-"} + hex.data();
}

} // namespace

void ws_session::on_frame(std::string_view text) {
  ++frames_in_;
  shared_->count.frames_in.fetch_add(1, std::memory_order_relaxed);
  auto decoded = json::decode(text);
  if (const auto* wrong = decoded.why()) {
    no_request({}, *wrong);
    return;
  }
  auto& asked = *decoded;
  if (!asked.has_op) {
    no_request(asked.id, asked.wrong);
    return;
  }
  bad_in_row_ = 0;
  const bool is_client = link_ && who_ == identity::client;
  const auto own_ns = is_client ? std::optional<std::string_view>{ns_} : std::nullopt;
  reply_to to{std::move(asked.id), json::ignored_member(asked, json::venue::socket, own_ns), {}};
  if (asked.wrong.code != errc::none)
    bad(to, asked.wrong);
  else
    perform(asked, std::move(to));
}

void ws_session::perform(json::request& asked, reply_to to) {
  switch (asked.op) {
  case json::operation::connect:
    connect(asked, std::move(to));
    break;
  case json::operation::disconnect:
    disconnect(to);
    break;
  case json::operation::refresh:
    refresh(asked, to);
    break;
  case json::operation::ping:
    answer(to, "");
    break;
  case json::operation::advance: // only for scripts
  case json::operation::cut:
    bad(to, {errc::unknown_op, {}});
    break;
  default:
    submit(asked, std::move(to));
  }
}

void ws_session::submit(json::request& asked, reply_to to) {
  if (!link_) {
    bad(to, {errc::stale_connection, "the first frame is connect"});
    return;
  }
  auto read = json::command_of(asked);
  if (const auto* wrong = read.why()) {
    bad(to, *wrong);
    return;
  }
  auto& what = *read;
  if (const auto* acks = std::get_if<ack_notifications>(&what); acks && to.id.empty())
    to.acked = acks->traces.front();
  const auto cost = cost_of(what);
  under_way_.operations += cost.operations;
  under_way_.bytes += cost.bytes;
  if (waits_for_room(what))
    submit_large({std::move(what), std::move(to), cost, 0});
  else
    submit_small(std::move(what), std::move(to), cost);
}

// --- identification ------------------------------------------------------------------------

void ws_session::connect(json::request& asked, reply_to to) {
  if (link_) {
    answer(to, {errc::already_connected, {}});
    return;
  }
  auto read = json::connect_of(asked);
  if (const auto* wrong = read.why()) {
    bad(to, *wrong);
    return;
  }
  const auto& wanted = *read;
  if (wanted.resume_from == json::resume_target::last) {
    bad(to, {errc::invalid_argument, "resume is not a token"});
    return;
  }
  if (const auto wrong = check_client_name("client", wanted.client.value_or("x"));
      wrong && !shared_->how.tokens) {
    bad(to, *wrong);
    return;
  }
  auto who = identify(wanted, asked.ns);
  if (const auto* refused = who.why()) {
    answer(to, *refused);
    pump(); // sends the answer first
    end(close_code_of_refusal(refused->code), to_string(refused->code));
    return;
  }
  open(std::move(*who), wanted, std::move(to));
}

outcome<credentials> ws_session::identify(const json::connect_request& wanted,
                                          const std::string& ns) {
  const bool is_visit = wanted.how == json::connect_mode::visit;
  if (shared_->how.tokens)
    return identify_token(wanted, ns);
  credentials who;
  who.ns = ns;
  // Without a proof of identity, a visit that names no client is a visit of the operator. A
  // connection that names no client gets a name from the broker.
  if (is_visit && !wanted.client)
    who.who = identity::server;
  else
    who.client = wanted.client.value_or(made_up_client());
  return who;
}

outcome<credentials> ws_session::identify_token(const json::connect_request& wanted,
                                                const std::string& ns) {
  auto who = shared_->identify(wanted.token.value_or(""), remote_);
  if (!who || who->who != identity::server)
    return who;
  if (wanted.how == json::connect_mode::attach)
    return failure{errc::forbidden, "the server identity is no client: it connects with visit"};
  who->ns = ns; // the server identity may use each namespace; its subscriptions use this one
  return who;
}

void ws_session::open(credentials who, const json::connect_request& wanted, reply_to to) {
  ns_ = who.ns;
  client_ = who.client;
  who_ = who.who;
  auto how = attachment_kind::attached;
  rest_ = wanted.how == json::connect_mode::visit ? rest_for_visit : rest_of;
  if (wanted.how == json::connect_mode::visit)
    how = who_ == identity::server ? attachment_kind::serving : attachment_kind::visiting;
  token_expires_at_ = who.expires_at;
  connect_options options;
  options.client = std::move(who.client);
  options.ns = std::move(who.ns);
  options.acks = wanted.acks.value_or(ack_mode::explicit_by_peer); // spec N11
  options.max_inflight = wanted.inflight;
  options.resume_window = wanted.resume_window;
  options.resume = wanted.resume;
  options.rights = std::move(who.rights);
  ws_sink_setup setup;
  setup.connect = std::move(to);
  setup.ping = shared_->how.ping_interval;
  setup.acks = options.acks;
  if (token_expires_at_)
    setup.token_expires = std::max(*token_expires_at_ - shared_->now(), duration{0});
  phase_ = phase::connected;
  link_ = shared_->broker.admit(how, std::move(options), make_ws_sink(outbox_, std::move(setup)));
}

/// Replaces a token that is about to expire, without a new connection. The new token must be of the
/// same identity.
void ws_session::refresh(const json::request& asked, const reply_to& to) {
  if (!link_ || !shared_->how.tokens) {
    bad(to, {errc::stale_connection, "there is no token to replace"});
    return;
  }
  const auto read = json::token_of(asked);
  if (const auto* wrong = read.why()) {
    bad(to, *wrong);
    return;
  }
  auto who = shared_->identify(*read, remote_);
  if (const auto* refused = who.why()) {
    answer(to, *refused);
    return;
  }
  const auto& now = *who;
  if (now.who != who_ || now.ns != ns_ || now.client != client_) {
    answer(to, {errc::forbidden, "the token is another client's"});
    return;
  }
  token_expires_at_ = now.expires_at;
  link_->change_rights(now.rights);
  const auto left = token_expires_at_ ? *token_expires_at_ - shared_->now() : duration{0};
  answer(to, token_expires_at_ ? R"("expires_in_ms":)" + std::to_string(json::whole_ms(left))
                               : std::string{});
}

void ws_session::disconnect(const reply_to& to) {
  disconnect_answer_ = reply_frame(to, json::success({}));
  if (link_) {
    link_->depart(departure::left); // earlier operations are answered first
    return;
  }
  answer(to, "");
  pump(); // sends the answer first
  begin_close(close_code::normal, "left");
}

// --- answers -------------------------------------------------------------------------------

void ws_session::answer(const reply_to& to, const failure& why) {
  outbox_->answer(reply_frame(to, json::refusal(why)), {});
}

void ws_session::answer(const reply_to& to, std::string_view fields) {
  outbox_->answer(reply_frame(to, json::success(fields)), {});
}

/// Answers an invalid request.
void ws_session::bad(const reply_to& to, const failure& why) {
  shared_->count.bad_frames.fetch_add(1, std::memory_order_relaxed);
  answer(to, why);
}

/// Answers a frame that names no operation. A few of these in a row end the socket: the peer does
/// not speak this protocol.
void ws_session::no_request(const std::string& id, const failure& why) {
  bad({id, {}, {}}, why);
  if (++bad_in_row_ < bad_frames_max)
    return;
  pump(); // sends the answers first
  end(close_code::bad_protocol, "bad protocol");
}

} // namespace restante::gateway
