#include "restante/broker/gateway/ws_session.hpp"

#include "restante/actors/inbox.hpp"
#include "restante/broker/gateway/ws_sink.hpp"
#include "restante/messages/json/frames.hpp"
#include "restante/messages/limits.hpp"

#include <algorithm>
#include <utility>

namespace restante::gateway {

namespace {

/// How many bytes are gathered before they are flushed: enough for a few system calls. A slow
/// socket costs this much here, in addition to its outbox.
constexpr std::size_t gather_bytes = 64 * 1024;

/// The largest piece of memory that a long message gets at a time.
constexpr std::size_t part_bytes = 16 * 1024;

/// A message of this length is not an accident: the socket is closed (1009) without reading the
/// rest.
constexpr std::size_t message_bytes_max = 16 * json::frame_bytes_max;

/// The limit of unsent pongs. A peer that reads never has so many.
constexpr std::size_t pong_bytes_max = 64 * 1024;

/// Items kept in memory after a burst; the rest is freed.
constexpr std::size_t kept_items_max = 32;

/// The close code of a broken WebSocket protocol; `none` for any other error.
close_code violation_of(error_code error) {
  if (error == websocket::error::bad_frame_payload)
    return close_code::invalid_text;
  if (error == websocket::condition::protocol_violation)
    return close_code::protocol_error;
  if (error == websocket::error::message_too_big)
    return close_code::too_large;
  return close_code::none;
}

/// A close frame (RFC 6455, 5.5.1) of a server: unmasked and short.
std::string close_frame(close_code closed, std::string_view reason) {
  constexpr std::size_t reason_bytes_max = 123;
  const auto code = number_of(closed);
  reason = reason.substr(0, reason_bytes_max);
  std::string frame{"\x88"};
  frame += static_cast<char>(reason.size() + 2);
  frame += static_cast<char>(code >> 8);
  frame += static_cast<char>(code & 0xff);
  return frame.append(reason);
}

} // namespace

ws_session::ws_session(std::shared_ptr<shared_state> in, std::shared_ptr<io_thread> thread,
                       std::shared_ptr<socket_stream> at, std::string remote)
    : shared_{std::move(in)}, io_thread_{std::move(thread)}, stream_{std::move(at)},
      ws_{gathering_stream{stream_}}, outbox_{std::make_shared<outbox>(io_thread_,
                                                                       shared_->output)},
      remote_{std::move(remote)}, opened_at_{std::chrono::steady_clock::now()},
      received_at_{opened_at_}, pinged_at_{opened_at_}, checked_at_{opened_at_} {
  shared_->count.websockets.fetch_add(1);
}

ws_session::~ws_session() {
  shared_->count.websockets.fetch_sub(1);
  shared_->count.sockets.fetch_sub(1);
}

void ws_session::accept(const http_request& upgrade) {
  io_thread_->enter(shared_from_this());
  stream_->tell(this);
  outbox_->belong_to(shared_from_this());
  ws_.read_message_max(message_bytes_max);
  ws_.auto_fragment(false);
  ws_.control_callback([this](auto kind, auto words) { on_control(kind, words.size()); });
  error_code error;
  ws_.accept(upgrade, error);
  ws_.text(true);
  // The client must be able to read a refusal too.
  const bool is_broken = stream_->flush() == flushed::failed;
  if (error || is_broken) {
    close_reason_ = "no handshake";
    finish();
    return;
  }
  read();
}

// --- in ------------------------------------------------------------------------------------

bool ws_session::may_read() const {
  const auto& bounds = shared_->broker.bounds();
  if (phase_ == phase::closing || phase_ == phase::ending)
    return phase_ == phase::closing;
  if (large_ || under_way_.operations >= bounds.credit_operations ||
      under_way_.bytes >= credit_bytes_max)
    return false;
  const auto unsent = outbox_->unsent();
  return unsent <= model::output_free_bytes ||
         (unsent <= bounds.output_bytes && shared_->output->has_room(1));
}

void ws_session::read_when_allowed() {
  if (!is_reading_ && phase_ != phase::closed && may_read())
    read();
}

void ws_session::read() {
  is_reading_ = true;
  // While the socket was not read, no pong could be received.
  received_at_ = std::chrono::steady_clock::now();
  auto room = net::buffer(head_);
  if (message_bytes_ > 0 && !is_too_large_) {
    const auto more = std::min(ws_.read_size_hint(head_.size()), part_bytes);
    message_.resize(message_bytes_ + more);
    room = net::buffer(message_.data() + message_bytes_, more);
  }
  ws_.async_read_some(room, [self = shared_from_this(), this](error_code error, std::size_t n) {
    on_read(error, n);
  });
}

void ws_session::on_read(error_code error, std::size_t bytes) {
  is_reading_ = false;
  if (phase_ == phase::closed)
    return;
  if (error) {
    on_read_error(error);
    return;
  }
  shared_->count.bytes_in.fetch_add(bytes, std::memory_order_relaxed);
  on_message_part(bytes);
  read_when_allowed();
}

void ws_session::on_message_part(std::size_t bytes) {
  const bool is_whole = ws_.is_message_done();
  if (has_ended())
    return;
  if (message_bytes_ == 0 && is_whole && !is_too_large_) {
    on_frame({head_.data(), bytes});
    return;
  }
  if (!is_too_large_) {
    if (message_bytes_ == 0)
      message_.assign(head_.data(), bytes);
    message_bytes_ += bytes;
    is_too_large_ = message_bytes_ > json::frame_bytes_max;
  }
  if (!is_whole)
    return;
  auto message = std::exchange(message_, {});
  message.resize(std::exchange(message_bytes_, 0));
  is_too_large_ = false;
  on_frame(message); // a message that is too large has only its beginning here, and is refused
}

/// Beast gathers one pong for each ping, even while the socket takes no output.
void ws_session::on_control(websocket::frame_type kind, std::size_t bytes) {
  received_at_ = std::chrono::steady_clock::now();
  if (kind != websocket::frame_type::ping)
    return;
  if (stream_->unflushed() == 0)
    pong_bytes_ = 0;
  pong_bytes_ += bytes + 2;
  if (pong_bytes_ > pong_bytes_max)
    lose_stalled();
}

void ws_session::on_read_error(error_code error) {
  if (error == websocket::error::closed) {
    // The `close()` of a browser sends no code and means 1000.
    const close_code received{ws_.reason().code};
    const auto said = received == close_code::none ? close_code::normal : received;
    if (close_code_ == close_code::none) {
      close_code_ = said;
      close_reason_ = "closed by the client";
    }
    // 1000: the client is done; 1001: a page was left or reloaded (spec C4).
    if (link_ && said == close_code::normal)
      link_->depart(departure::left);
  } else if (const auto code = violation_of(error);
             code != close_code::none && phase_ != phase::closing) {
    // Beast has sent the close frame; the peer gets time to receive it.
    close_code_ = code;
    close_reason_ = error.message();
    phase_ = phase::closing;
    closing_since_ = std::chrono::steady_clock::now();
    if (link_)
      link_->depart(departure::lost);
    is_reading_ = true;
    stream_->shutdown_send();
    stream_->read_until_close(net::buffer(head_), [self = shared_from_this(), this] { finish(); });
    return;
  } else if (close_code_ == close_code::none) {
    close_code_ = close_code::cut;
    close_reason_ = error == net::error::eof ? "socket closed" : error.message();
  }
  stream_->flush();
  finish();
}

// --- out -----------------------------------------------------------------------------------

void ws_session::pump() {
  if (phase_ == phase::closed || std::exchange(is_pumping_, true))
    return;
  const auto self = shared_from_this();
  const bool is_broken = !write_some();
  is_pumping_ = false;
  if (is_broken) {
    if (close_code_ == close_code::none) {
      close_code_ = close_code::cut;
      close_reason_ = "socket broken";
    }
    finish();
    return;
  }
  confirm_written();
  if (batch_.end && next_ == batch_.items.size() && phase_ != phase::closing)
    on_end(*std::exchange(batch_.end, std::nullopt));
  begin_large();
  read_when_allowed();
}

/// Writes until no output is left or the socket is full; false when the socket is broken.
bool ws_session::write_some() {
  // Output that arrived while the socket was full is not announced again.
  bool is_up_to_date = false;
  for (;;) {
    if (next_ == batch_.items.size()) {
      is_up_to_date = true;
      if (batch_.items.capacity() > kept_items_max)
        batch_.items = {};
      next_ = 0;
      outbox_->take(batch_);
      under_way_.operations -= batch_.back.operations;
      under_way_.bytes -= batch_.back.bytes;
      take_large_result();
    }
    while (next_ < batch_.items.size() && stream_->unflushed() < gather_bytes)
      write(batch_.items[next_++]);
    const auto how = stream_->flush();
    outbox_->in_stream(stream_->unflushed(), stream_->occupied());
    if (how == flushed::failed)
      return false;
    const bool is_done = is_up_to_date && next_ == batch_.items.size();
    if (is_done || stream_->unflushed() >= gather_bytes)
      return true;
  }
}

void ws_session::write(outbox::item& what) {
  if (const auto* frame = std::get_if<std::string>(&what.what)) {
    write(*frame);
  } else if (const auto* waited = std::get_if<delivery>(&what.what)) {
    write(frame_of_waiting(*waited));
  } else {
    for (const auto& frame : std::get<topic_events>(what.what).frames(json::frames_of))
      write(frame);
  }
  outbox_->written(what);
  if (what.is_confirmed_later)
    stream_->mark(1);
}

void ws_session::write(std::string_view frame) {
  error_code closing; // on an error nothing more is sent
  ws_.write(net::buffer(frame), closing);
  ++frames_out_;
  shared_->count.frames_out.fetch_add(1, std::memory_order_relaxed);
  shared_->count.bytes_out.fetch_add(frame.size(), std::memory_order_relaxed);
}

void ws_session::confirm_written() {
  const auto n = stream_->take_marks();
  if (n == 0)
    return;
  if (const auto at = outbox_->confirm_at.lock())
    at->confirm(n);
}

// --- the end -------------------------------------------------------------------------------

/// The broker has ended the connection.
void ws_session::on_end(const goodbye& why) {
  refuse_large(why.reason == end_reason::shutdown ? errc::shutting_down : errc::stale_connection);
  if (phase_ == phase::ending) {
    say_goodbye();
    return;
  }
  if (why.reason == end_reason::left) {
    if (!disconnect_answer_.empty())
      write(disconnect_answer_);
    begin_close(close_code::normal, "left");
    return;
  }
  write(json::frame_of(why));
  begin_close(close_code_of(why), to_string(why.reason));
}

/// Ends the connection from this side. Earlier operations are answered first, for a limited time.
void ws_session::end(close_code code, std::string_view reason) {
  if (has_ended() || phase_ == phase::closed)
    return;
  close_code_ = code;
  close_reason_ = reason;
  phase_ = phase::ending;
  closing_since_ = std::chrono::steady_clock::now();
  if (link_)
    // Unless it was cut; the connection reports when all is answered.
    link_->depart(departure::left);
  else
    say_goodbye();
}

void ws_session::say_goodbye() {
  write(json::goodbye_frame(close_code_, close_reason_));
  begin_close(close_code_, std::string{close_reason_});
}

void ws_session::begin_close(close_code code, std::string_view reason) {
  phase_ = phase::closing;
  closing_since_ = std::chrono::steady_clock::now();
  close_code_ = code;
  close_reason_ = reason;
  // This does not use Beast's async_close: it waits for the reader, and a reader that meets an
  // invalid frame waits for async_close, so neither ends (Boost 1.81).
  if (ws_.is_open()) // otherwise the peer has closed first
    stream_->say_last(close_frame(code, reason));
  stream_->flush();    // when the flush fails, the read fails too
  read_when_allowed(); // waits for the peer's close frame
}

void ws_session::finish() {
  if (std::exchange(phase_, phase::closed) == phase::closed)
    return;
  const auto self = shared_from_this();
  log_end(); // first: when others see the end, the line is in the log
  if (link_)
    link_->depart(departure::lost); // has no effect on a connection that has left
  link_.reset();
  large_.reset();
  outbox_->belong_to(nullptr);
  batch_ = {};
  next_ = 0;
  stream_->tell(nullptr);
  stream_->close();
  io_thread_->exit(*this);
}

void ws_session::log_end() const {
  const auto age = std::chrono::steady_clock::now() - opened_at_;
  shared_->log(severity::info, "connection_closed",
               {{"client", client_},
                {"ns", ns_},
                {"remote", remote_},
                {"code", number_of(close_code_)},
                {"reason", close_reason_},
                {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(age).count()},
                {"frames_in", frames_in_},
                {"frames_out", frames_out_}});
}

void ws_session::leave() {
  // A connected session learns of the end from its connection, after the remaining output.
  if (phase_ == phase::waiting)
    end(close_code_of(end_reason::shutdown), to_string(end_reason::shutdown));
}

void ws_session::drop() {
  if (close_code_ == close_code::none) {
    close_code_ = close_code_of(end_reason::shutdown);
    close_reason_ = to_string(end_reason::shutdown);
  }
  finish();
}

// --- timers --------------------------------------------------------------------------------

void ws_session::check(steady_time now) {
  const auto& how = shared_->how;
  // The process itself stood still: it sent no pings and received nothing, so silence proves
  // nothing.
  if (now - std::exchange(checked_at_, now) > how.ping_interval)
    received_at_ = now;
  const auto stalled = stream_->stalled_since();
  const bool is_late = has_ended() && now - closing_since_ > how.close_timeout;
  if (phase_ == phase::closing) {
    if (is_late)
      finish();
  } else if (phase_ == phase::ending) {
    if (is_late)
      say_goodbye();
  } else if ((stalled && now - *stalled > how.write_timeout) ||
             outbox_->keeps_others_waiting(now, stream_->sent(), how.write_timeout)) {
    lose_stalled();
  } else if (is_reading_ && now - received_at_ > how.ping_interval * 5 / 2) {
    shared_->count.lost_silent.fetch_add(1);
    if (link_)
      link_->depart(departure::lost);
    end(close_code::no_pong, "no pong");
  } else if (phase_ == phase::waiting && now - opened_at_ > how.handshake_timeout) {
    end(close_code::bad_protocol, "no connect");
  } else if (token_expires_at_ && shared_->now() > *token_expires_at_) {
    end(close_code::unauthenticated, to_string(errc::token_expired));
  } else {
    ping(now);
    read_when_allowed(); // other sockets may have made room since the last attempt
  }
}

void ws_session::lose_stalled() {
  shared_->count.lost_stalled.fetch_add(1);
  close_code_ = close_code::stalled; // the socket takes no close frame
  close_reason_ = "stalled";
  finish();
}

void ws_session::ping(steady_time now) {
  const auto interval = shared_->how.ping_interval;
  if (now - pinged_at_ < interval - interval / 8)
    return;
  pinged_at_ = now;
  error_code closing;
  ws_.ping({}, closing);
  stream_->flush();
}

} // namespace restante::gateway
