#include "restante/broker/gateway/http_session.hpp"

#include "restante/broker/gateway/metrics.hpp"
#include "restante/broker/gateway/ws_session.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/decode.hpp"

#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <utility>

namespace restante::gateway {

namespace {

constexpr std::size_t header_bytes_max = 16 * 1024; ///< a token and a browser's cookies
constexpr std::size_t buffer_bytes_max = 64 * 1024;
constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";

/// The page loads and reaches nothing but this broker, and nobody frames it.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view header(const http_request& of, http::field name) {
  const auto value = of[name];
  return {value.data(), value.size()};
}

std::string_view header(const http_request& of, std::string_view name) {
  const auto value = of[beast::string_view{name.data(), name.size()}];
  return {value.data(), value.size()};
}

std::string_view bearer_of(const http_request& of) {
  auto value = header(of, http::field::authorization);
  constexpr std::string_view scheme = "bearer ";
  if (value.size() < scheme.size() ||
      !beast::iequals({value.data(), scheme.size()}, {scheme.data(), scheme.size()}))
    return {};
  value.remove_prefix(scheme.size());
  return value;
}

} // namespace

http_session::http_session(std::shared_ptr<hall> in, std::shared_ptr<io_thread> home,
                           tcp_socket socket, std::string remote, manner how)
    : hall_{std::move(in)}, home_{std::move(home)}, stream_{std::make_shared<socket_stream>(
                                                        std::move(socket), home_->spare())},
      wire_{stream_}, remote_{std::move(remote)}, manner_{how}, buffer_{buffer_bytes_max} {}

http_session::~http_session() {
  if (stream_)
    hall_->count.sockets.fetch_sub(1);
}

void http_session::start() {
  home_->enter(shared_from_this());
  stream_->tell(this);
  deadline_ = std::chrono::steady_clock::now() + hall_->how.handshake_timeout;
  if (auto tls = hall_->tls())
    shake_hands(std::move(tls));
  else
    read();
}

void http_session::shake_hands(std::shared_ptr<net::ssl::context> with) {
  is_reading_ = true;
  stream_->secure(std::move(with))
      .async_handshake(net::ssl::stream_base::server,
                       [self = shared_from_this(), this](error_code error) {
                         is_reading_ = false;
                         if (is_finished_)
                           return;
                         if (error)
                           finish();
                         else
                           read();
                       });
}

void http_session::read() {
  parser_.emplace();
  parser_->header_limit(header_bytes_max);
  parser_->body_limit(json::frame_bytes_max);
  is_reading_ = true;
  http::async_read(wire_, buffer_, *parser_,
                   [self = shared_from_this(), this](error_code error, std::size_t) {
                     is_reading_ = false;
                     if (!is_finished_)
                       on_read(error);
                   });
}

void http_session::on_read(error_code error) {
  if (error) {
    refuse_unreadable(error);
    return;
  }
  hall_->count.http_requests.fetch_add(1, std::memory_order_relaxed);
  request_ = parser_->release();
  parser_.reset();
  is_last_ = !request_.keep_alive();
  on_request();
}

void http_session::refuse_unreadable(error_code error) {
  is_last_ = true;
  request_ = {};
  if (error == http::error::body_limit) {
    refuse(http::status::payload_too_large, {errc::bad_frame, "the body is too large"});
  } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    refuse(http::status::request_header_fields_too_large,
           {errc::bad_frame, "the header is too large"});
  } else if (error.category() == make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    refuse(http::status::bad_request, {errc::bad_frame, "this is no HTTP"});
  } else {
    finish();
  }
}

void http_session::on_request() {
  if (manner_ == manner::full) {
    is_last_ = true;
    refuse(http::status::service_unavailable, {errc::too_many_connections, {}});
    return;
  }
  if (!is_welcome()) {
    hall_->count.foreign.fetch_add(1);
    refuse(http::status::forbidden, {errc::forbidden, "this Origin or Host is not allowed here"});
    return;
  }
  if (websocket::is_upgrade(request_)) {
    upgrade();
    return;
  }
  if (request_.method() == http::verb::options && !header(request_, http::field::origin).empty()) {
    allow_origin();
    return;
  }
  const auto target = request_.target();
  auto leads_to = route(request_.method(), {target.data(), target.size()}, request_.body());
  if (auto* refused = std::get_if<refused_request>(&leads_to)) {
    if (!refused->allow.empty()) {
      also("Allow", refused->allow);
    }
    refuse(refused->status, refused->why, refused->ignored);
  } else if (const auto* what = std::get_if<sight>(&leads_to)) {
    show(*what);
  } else if (const auto* file = std::get_if<const page_file*>(&leads_to)) {
    show(**file);
  } else {
    ask(std::get<asked_operation>(std::move(leads_to)));
  }
}

/// A link to the live page may stand anywhere: the page shows nothing by itself, and what it asks
/// then comes from here.
bool http_session::is_welcome() const {
  const provenance from{header(request_, http::field::host), header(request_, http::field::origin),
                        header(request_, "Sec-Fetch-Site")};
  if (hall_->origins.admits(from))
    return true;
  return request_.method() == http::verb::get && request_.target() == "/" &&
         header(request_, "Sec-Fetch-Mode") == "navigate" &&
         header(request_, "Sec-Fetch-Dest") == "document" && hall_->origins.admits_link(from);
}

/// A browser asks before it lets a page of another origin send JSON or a token.
void http_session::allow_origin() {
  also("Access-Control-Allow-Headers", "Authorization, Content-Type");
  respond(http::status::ok, "", text_type);
}

/// The socket goes on as a WebSocket; this session is over.
void http_session::upgrade() {
  const auto target = request_.target();
  const auto leads_to = route(http::verb::get, {target.data(), target.size()}, {});
  const auto* what = std::get_if<sight>(&leads_to);
  if (what == nullptr || *what != sight::websocket) {
    refuse(http::status::not_found, {errc::not_found, "the WebSocket is at /v1/ws"});
    return;
  }
  constexpr std::size_t key_length = 24; // 16 bytes in base64 (RFC 6455, 4.2.1)
  if (header(request_, http::field::sec_websocket_version) != "13") {
    also("Sec-WebSocket-Version", "13");
    refuse(http::status::upgrade_required, {errc::bad_frame, "the WebSocket's version is 13"});
    return;
  }
  if (header(request_, http::field::sec_websocket_key).size() != key_length) {
    refuse(http::status::bad_request, {errc::bad_frame, "Sec-WebSocket-Key is no key"});
    return;
  }
  if (hall_->is_closing.load()) {
    is_last_ = true;
    refuse(http::status::service_unavailable, {errc::shutting_down, {}});
    return;
  }
  if (buffer_.size() > 0) { // frames before the answer to the handshake
    is_last_ = true;
    refuse(http::status::bad_request, {errc::bad_frame, "the handshake was not waited for"});
    return;
  }
  const auto self = shared_from_this();
  is_finished_ = true;
  stream_->tell(nullptr);
  home_->exit(*this);
  auto session =
      std::make_shared<ws_session>(hall_, home_, std::exchange(stream_, nullptr), remote_);
  session->accept(request_);
}

void http_session::show(sight what) {
  switch (what) {
  case sight::health:
    respond(http::status::ok, "ok\n", text_type);
    return;
  case sight::readiness:
    if (hall_->is_closing.load())
      respond(http::status::service_unavailable, "stopping\n", text_type);
    else
      respond(http::status::ok, "ready\n", text_type);
    return;
  case sight::websocket:
    also("Upgrade", "websocket");
    refuse(http::status::upgrade_required, {errc::bad_frame, "this is a WebSocket's place"});
    return;
  case sight::metrics:
  case sight::stats:
    break;
  }
  const auto who = identify();
  if (!who)
    return;
  if (who->who != identity::server) {
    refuse(http::status::forbidden, {errc::forbidden, {}});
    return;
  }
  if (what == sight::metrics)
    respond(http::status::ok, prometheus_page(hall_->office.stats(), hall_->count.snapshot()),
            "text/plain; version=0.0.4; charset=utf-8");
  else
    respond(http::status::ok, stats_page(hall_->office.stats(), hall_->count.snapshot()),
            json_type);
}

/// What may be known by everybody. A browser asks each time whether it has changed: a page and
/// the client it stands on are always of one version.
void http_session::show(const page_file& file) {
  also("ETag", std::string{file.tag});
  also("Cache-Control", "no-cache");
  if (header(request_, http::field::if_none_match) == file.tag) {
    respond(http::status::not_modified, {}, {});
    return;
  }
  also("Content-Security-Policy", std::string{page_policy});
  also("Referrer-Policy", "no-referrer");
  also("Cross-Origin-Opener-Policy", "same-origin");
  respond(http::status::ok, std::string{file.content}, file.type);
}

/// Without tokens whoever gets here is the operator; otherwise the bearer's token tells.
/// Nothing, and refused, when it does not.
std::optional<credentials> http_session::identify() {
  if (!hall_->how.tokens) {
    credentials operator_;
    operator_.who = identity::server;
    return operator_;
  }
  auto who = hall_->identify(bearer_of(request_));
  if (const auto* wrong = std::get_if<failure>(&who)) {
    also("WWW-Authenticate", "Bearer");
    refuse(http::status::unauthorized, *wrong);
    return std::nullopt;
  }
  return std::get<credentials>(std::move(who));
}

void http_session::ask(asked_operation what) {
  auto who = identify();
  if (!who)
    return;
  is_answering_ = true;
  auto done = [self = std::static_pointer_cast<http_session>(shared_from_this()),
               success = what.success, ignored = std::move(what.ignored)](answer_value&& value) {
    const auto* wrong = std::get_if<failure>(&value);
    auto status = wrong != nullptr ? status_of(wrong->code) : success;
    if (const auto* put = std::get_if<put_receipt>(&value);
        put != nullptr && put->result == put_result::duplicate)
      status = http::status::ok;
    self->home_->run([self, status, content = content_of(value, ignored),
                      again = wrong != nullptr && row_of(wrong->code).may_retry == retry::yes] {
      self->is_answering_ = false;
      self->asking_.reset();
      if (self->is_finished_)
        return;
      if (again) {
        self->also("Retry-After", "1");
      }
      self->respond(status, content, json_type);
    });
  };
  if (who->who == identity::server) {
    hall_->office.server().submit(std::move(what.what), std::move(done));
    return;
  }
  asking_.emplace(hall_->office.open_visitor({who->ns, who->client}, who->rights));
  asking_->submit(std::move(what.what), std::move(done));
}

void http_session::refuse(http::status status, const failure& why, std::string_view ignored) {
  if (why.code != errc::none && row_of(why.code).may_retry == retry::yes) {
    also("Retry-After", "1");
  }
  respond(status, content_of(why, ignored), json_type);
}

/// One more header of the response that comes next.
void http_session::also(std::string name, std::string value) {
  extras_.emplace_back(std::move(name), std::move(value));
}

void http_session::respond(http::status status, std::string content, std::string_view type) {
  http_response response{status, request_.version() == 0 ? 11 : request_.version()};
  response.set(http::field::server, "restante");
  if (!type.empty())
    response.set(http::field::content_type, beast::string_view{type.data(), type.size()});
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : std::exchange(extras_, {}))
    response.set(name, value);
  if (const auto origin = header(request_, http::field::origin); !origin.empty()) {
    response.set(http::field::vary, "Origin");
    if (status != http::status::forbidden)
      response.set(http::field::access_control_allow_origin,
                   beast::string_view{origin.data(), origin.size()});
  }
  is_last_ = is_last_ || hall_->is_closing.load();
  response.keep_alive(!is_last_);
  response.body() = std::move(content);
  response.prepare_payload();
  if (request_.method() == http::verb::head)
    response.body().clear(); // only its length is told
  error_code none;           // what is written here is only gathered
  http::write(wire_, response, none);
  request_ = {};
  is_answering_ = true; // until it is written
  writable();
}

void http_session::writable() {
  if (is_finished_)
    return;
  switch (stream_->flush()) {
  case flushed::all:
    if (std::exchange(is_answering_, false))
      go_on();
    return;
  case flushed::partly:
    return;
  case flushed::failed:
    finish();
  }
}

void http_session::go_on() {
  if (is_last_) {
    stream_->shutdown_send(); // and let the other have it before the socket closes
    deadline_ = std::chrono::steady_clock::now() + hall_->how.close_timeout;
    hear_out();
    return;
  }
  deadline_ = std::chrono::steady_clock::now() + hall_->how.idle_timeout;
  read();
}

/// Takes what still comes, and drops it: to close before would be a reset, which may undo
/// what the other has not read yet.
void http_session::hear_out() {
  buffer_.clear();
  is_reading_ = true;
  stream_->socket().async_read_some(
      buffer_.prepare(buffer_bytes_max),
      [self = shared_from_this(), this](error_code error, std::size_t) {
        if (error || is_finished_)
          finish();
        else
          hear_out();
      });
}

void http_session::check(steady_time now) {
  const auto stalled = stream_->stalled_since();
  if ((stalled && now - *stalled > hall_->how.write_timeout) || (is_reading_ && now > deadline_))
    finish();
}

void http_session::leave() {
  if (!is_answering_)
    finish();
}

void http_session::finish() {
  if (std::exchange(is_finished_, true))
    return;
  const auto self = shared_from_this();
  stream_->tell(nullptr);
  stream_->close();
  home_->exit(*this);
}

} // namespace restante::gateway
