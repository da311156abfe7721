#include "restante/broker/gateway/http_session.hpp"

#include "restante/broker/gateway/metrics.hpp"
#include "restante/broker/gateway/ws_session.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/decode.hpp"

#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <utility>

namespace restante::gateway {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view text_type = "text/plain; charset=utf-8";

/// The page loads and contacts only this broker, and no other page may frame it.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view bearer_of(const http_request& of) {
  auto value = field_of(of, http::field::authorization);
  constexpr std::string_view scheme = "bearer ";
  if (value.size() < scheme.size() ||
      !beast::iequals({value.data(), scheme.size()}, {scheme.data(), scheme.size()}))
    return {};
  value.remove_prefix(std::min(value.find_first_not_of(' ', scheme.size()), value.size()));
  return value;
}

/// The beginning of a value for the log, without characters that a terminal treats as commands.
std::string shown(std::string_view value) {
  constexpr std::size_t shown_max = 128;
  std::string made;
  for (const char c : value.substr(0, shown_max))
    made += c >= ' ' && c <= '~' ? c : '?';
  return value.size() > shown_max ? made + "..." : made;
}

/// The namespace to which a client's requests are limited; nothing for the server identity.
std::optional<std::string_view> own_ns_of(const credentials& who) {
  if (who.who == identity::server)
    return std::nullopt;
  return who.ns;
}

/// Whether the target accepts WebSockets. At other targets `Upgrade` has no effect (RFC 9110, 7.8).
bool leads_to_websocket(std::string_view target) {
  const auto to = route(http::verb::get, target);
  const auto* what = std::get_if<sight>(&to);
  return what != nullptr && *what == sight::websocket;
}

} // namespace

http_session::http_session(std::shared_ptr<shared_state> in, std::shared_ptr<io_thread> thread,
                           tcp_socket socket, std::string remote, manner how)
    : shared_{std::move(in)}, io_thread_{std::move(thread)},
      stream_{std::make_shared<socket_stream>(std::move(socket), io_thread_->buffers())},
      gathering_{stream_}, remote_{std::move(remote)}, manner_{how}, buffer_{buffer_bytes_max} {}

http_session::~http_session() {
  give_back_output();
  if (stream_)
    shared_->count.sockets.fetch_sub(1);
}

void http_session::start() {
  io_thread_->enter(shared_from_this());
  stream_->tell(this);
  deadline_ = std::chrono::steady_clock::now() + shared_->how.handshake_timeout;
  if (auto tls = shared_->tls())
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

/// Everything about the request is known except its content, which may still arrive.
void http_session::on_request() {
  if (const auto foreign = foreign_part_of_request(); foreign != foreign_part::none) {
    refuse_foreign(foreign);
    return;
  }
  if (expectation_of(request_) == expectation::other) {
    refuse(http::status::expectation_failed,
           {errc::bad_frame, "nothing but 100-continue can be expected"});
    return;
  }
  if (asks_for_websocket(request_) && leads_to_websocket(target_.path)) {
    upgrade();
    return;
  }
  if (target_.path.empty()) { // OPTIONS *
    show_methods(std::string{all_methods});
    return;
  }
  lead(route(request_.method(), target_.path));
}

void http_session::lead(destination to) {
  if (auto* refused = std::get_if<refused_request>(&to)) {
    // The preflight for a missing target succeeds: the page then sends its request and can read the
    // 404. After a failed preflight the browser would report only a network error.
    if (refused->status == http::status::not_found && request_.method() == http::verb::options &&
        !field_of(request_, "Access-Control-Request-Method").empty())
      show_methods(std::string{all_methods});
    else
      refuse(*refused);
  } else if (const auto* methods = std::get_if<allowed_methods>(&to)) {
    show_methods(methods->allow);
  } else if (const auto* what = std::get_if<sight>(&to)) {
    show(*what);
  } else if (const auto* file = std::get_if<const page_file*>(&to)) {
    show(**file);
  } else if (auto* content = std::get_if<content_operation>(&to)) {
    take(std::move(*content));
  } else if (auto who = identify(token_scope::operations)) {
    auto& asked = std::get<asked_operation>(to);
    asked.ignored = ignored_of(asked.query, own_ns_of(*who));
    ask(std::move(asked), std::move(*who));
  }
}

provenance http_session::from() const {
  auto host = target_.host;
  if (!host && request_.count(http::field::host) > 0)
    host = field_of(request_, http::field::host);
  return {host, field_of(request_, http::field::origin), field_of(request_, "Sec-Fetch-Site"),
          stream_->is_secure()};
}

/// The part of the request that comes from a foreign site. A link on any site may lead to the live
/// page: the page shows nothing by itself, and its later requests come from this origin.
foreign_part http_session::foreign_part_of_request() const {
  const auto part = shared_->origins->foreign_part_of(from());
  const bool is_link = request_.method() == http::verb::get && target_.path == "/" &&
                       field_of(request_, "Sec-Fetch-Mode") == "navigate" &&
                       field_of(request_, "Sec-Fetch-Dest") == "document" &&
                       shared_->origins->admits_link(from());
  return is_link ? foreign_part::none : part;
}

/// Logs for the operator which value was unknown and which setting would allow it.
void http_session::refuse_foreign(foreign_part what) {
  const bool is_host = what == foreign_part::host;
  const std::string_view name = is_host                            ? "Host"
                                : what == foreign_part::fetch_site ? "Sec-Fetch-Site"
                                                                   : "Origin";
  const auto value = is_host ? from().host.value_or("") : field_of(request_, name);
  const std::string_view setting = is_host ? "allow_host" : "allow_origin";
  shared_->count.foreign.fetch_add(1);
  shared_->log(
      severity::warning, "foreign_request",
      {{"header", name}, {"value", shown(value)}, {"setting", setting}, {"remote", remote_}});
  refuse(http::status::forbidden,
         {errc::forbidden, "this " + std::string{name} + " is not allowed here"});
}

/// Answers the preflight that a browser sends before a page of another origin may send JSON or a
/// token.
void http_session::show_methods(const std::string& allow) {
  constexpr std::string_view minutes_10 = "600";
  also("Allow", allow);
  if (!field_of(request_, "Access-Control-Request-Method").empty()) {
    also("Access-Control-Allow-Methods", allow);
    also("Access-Control-Allow-Headers", "Authorization, Content-Type");
    also("Access-Control-Max-Age", std::string{minutes_10});
  }
  respond(http::status::ok, "", {});
}

/// Accepts an operation from a caller who may ask for it. Only now the content is read.
void http_session::take(content_operation what) {
  if (const auto wrong = content_fault(request_)) {
    refuse(*wrong);
    return;
  }
  auto who = identify(token_scope::operations);
  if (!who)
    return;
  if (request_.count(http::field::if_match) > 0) { // the target of a POST has no version
    refuse(http::status::precondition_failed, {errc::bad_frame, "If-Match: there is no such tag"});
    return;
  }
  waiting_.emplace(std::move(what), std::move(*who));
  if (!parser_ || parser_->is_done()) {
    complete_operation();
    return;
  }
  stream_->append(net::buffer(std::string_view{"HTTP/1.1 100 Continue\r\n\r\n"}));
  if (stream_->flush() == flushed::failed)
    finish();
  else
    read_content();
}

void http_session::complete_operation() {
  auto [what, who] = *std::exchange(waiting_, std::nullopt);
  auto made = complete(what, request_.body(), own_ns_of(who));
  if (const auto* refused = std::get_if<refused_request>(&made))
    refuse(*refused);
  else
    ask(std::get<asked_operation>(std::move(made)), std::move(who));
}

/// The socket continues as a WebSocket; this session ends.
void http_session::upgrade() {
  if (const auto wrong = handshake_fault(request_)) {
    is_last_ = true;
    refuse(*wrong);
    return;
  }
  if (shared_->is_closing.load()) {
    is_last_ = true;
    refuse(http::status::service_unavailable, {errc::shutting_down, {}});
    return;
  }
  if (buffer_.size() > 0) { // the client sent frames before the answer to the handshake
    is_last_ = true;
    refuse(http::status::bad_request, {errc::bad_frame, "the handshake was not waited for"});
    return;
  }
  const auto self = shared_from_this();
  is_finished_ = true;
  stream_->tell(nullptr);
  io_thread_->exit(*this);
  auto session =
      std::make_shared<ws_session>(shared_, io_thread_, std::exchange(stream_, nullptr), remote_);
  session->accept(request_);
}

void http_session::show(sight what) {
  switch (what) {
  case sight::health:
    respond(http::status::ok, "ok\n", text_type);
    return;
  case sight::readiness:
    if (shared_->is_closing.load())
      respond(http::status::service_unavailable, "stopping\n", text_type);
    else
      respond(http::status::ok, readiness_text(shared_->broker.journal_condition()), text_type);
    return;
  case sight::websocket:
    refuse(http::status::upgrade_required, {errc::bad_frame, "this is a WebSocket's place"});
    return;
  case sight::metrics:
  case sight::stats:
    break;
  }
  const auto who = identify(token_scope::figures);
  if (!who)
    return;
  if (who->who != identity::server && who->scope != token_scope::figures) {
    refuse(http::status::forbidden, {errc::forbidden, {}});
    return;
  }
  if (what == sight::metrics)
    respond(http::status::ok, prometheus_page(shared_->broker.stats(), shared_->stats()),
            "text/plain; version=0.0.4; charset=utf-8");
  else
    respond(http::status::ok, stats_page(shared_->broker.stats(), shared_->stats()), json_type);
}

/// Sends a public file. Browsers revalidate the file each time, so the page and its JavaScript
/// client always have the same version.
void http_session::show(const page_file& file) {
  also("ETag", std::string{file.tag});
  also("Cache-Control", "no-cache");
  switch (precondition_of(request_, file.tag)) {
  case precondition::not_modified:
    respond(http::status::not_modified, {}, {});
    return;
  case precondition::failed:
    refuse(http::status::precondition_failed, {errc::bad_frame, "If-Match names another version"});
    return;
  case precondition::holds:
    break;
  }
  also("Content-Security-Policy", std::string{page_policy});
  also("Referrer-Policy", "no-referrer");
  also("Cross-Origin-Opener-Policy", "same-origin");
  respond(http::status::ok, std::string{file.content}, file.type);
}

/// The identity of the caller. If the gateway checks no tokens, every caller is the operator.
/// Returns nothing after a refusal of the request.
std::optional<credentials> http_session::identify(token_scope asked) {
  if (!shared_->how.tokens) {
    credentials operator_;
    operator_.who = identity::server;
    return operator_;
  }
  auto who = shared_->identify(bearer_of(request_), remote_, asked);
  if (const auto* wrong = who.why()) {
    const auto status = status_of(wrong->code);
    if (status == http::status::unauthorized)
      also("WWW-Authenticate", "Bearer");
    refuse(status, *wrong);
    return std::nullopt;
  }
  return std::move(*who);
}

void http_session::refuse(http::status status, const failure& why,
                          std::span<const std::string> ignored) {
  if (why.code != errc::none && row_of(why.code).may_retry == retry::yes) {
    also("Retry-After", "1");
  }
  respond(status, content_of(why, ignored), json_type);
}

void http_session::refuse(const refused_request& what) {
  if (!what.allow.empty())
    also("Allow", what.allow);
  if (what.status == http::status::unsupported_media_type)
    also("Accept-Encoding", "identity");
  refuse(what.status, what.why, what.ignored);
}

/// Adds a header field to the next response.
void http_session::also(std::string name, std::string value) {
  extras_.emplace_back(std::move(name), std::move(value));
}

/// Adds the header fields of a response, except those that depend on its content and the
/// connection.
void http_session::add_fields(http_response& to, std::string_view type) {
  to.set(http::field::server, "restante");
  to.set(http::field::date,
         http_date(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
  if (!type.empty())
    to.set(http::field::content_type, beast::string_view{type.data(), type.size()});
  to.set(http::field::cache_control, "no-store");
  to.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : std::exchange(extras_, {}))
    to.set(name, value);
  add_origin_fields(to);
  if (to.result() == http::status::upgrade_required) {
    to.set(http::field::upgrade, "websocket");
    to.set(http::field::sec_websocket_version, "13");
    to.set(http::field::connection, "Upgrade");
  }
}

void http_session::respond(http::status status, std::string content, std::string_view type) {
  http_response response{status, request_.version() == 0 ? 11 : request_.version()};
  add_fields(response, type);
  const bool is_content_unread = parser_ && !parser_->is_done();
  is_last_ = is_last_ || is_content_unread || shared_->is_closing.load();
  response.keep_alive(!is_last_);
  count_output(content);
  response.body() = std::move(content);
  // A 304 gets no Content-Length, which would describe the whole representation.
  if (status != http::status::not_modified)
    response.prepare_payload();
  if (request_.method() == http::verb::head)
    response.body().clear(); // only the length is sent
  error_code none;           // writing only gathers here
  http::write(gathering_, response, none);
  request_ = {};
  is_answering_ = true; // until the response is written
  is_responding_ = true;
  writable();
}

/// Lets a page of an allowed origin read the response, in particular a refusal.
void http_session::add_origin_fields(http_response& to) const {
  to.set(http::field::vary, "Origin");
  const auto origin = field_of(request_, http::field::origin);
  if (origin.empty() || !shared_->origins->admits(from()))
    return;
  to.set(http::field::access_control_allow_origin,
         beast::string_view{origin.data(), origin.size()});
  to.set(http::field::access_control_expose_headers, "Allow, Retry-After, WWW-Authenticate");
}

void http_session::writable() {
  if (is_finished_)
    return;
  switch (stream_->flush()) {
  case flushed::all:
    give_back_output();
    if (std::exchange(is_responding_, false)) { // otherwise it was a `100 Continue`
      is_answering_ = false;
      go_on();
    }
    return;
  case flushed::partly:
    return;
  case flushed::failed:
    finish();
  }
}

void http_session::go_on() {
  if (is_last_) {
    stream_->shutdown_send(); // lets the client read the end before the socket closes
    deadline_ = std::chrono::steady_clock::now() + shared_->how.close_timeout;
    if (stream_->is_secure())
      close_tls();
    else
      drop_the_rest();
    return;
  }
  deadline_ = std::chrono::steady_clock::now() + shared_->how.idle_timeout;
  read();
}

/// Sends the end of data in TLS (RFC 9112, 9.8). Without it a truncated response would look
/// complete.
void http_session::close_tls() {
  is_reading_ = true;
  stream_->tls()->async_shutdown([self = shared_from_this(), this](error_code) {
    is_reading_ = false;
    if (!is_finished_)
      drop_the_rest();
  });
}

void http_session::drop_the_rest() {
  buffer_.clear();
  is_reading_ = true;
  stream_->read_until_close(buffer_.prepare(buffer_bytes_max),
                            [self = shared_from_this(), this] { finish(); });
}

void http_session::check(steady_time now) {
  const auto stalled = stream_->stalled_since();
  if ((stalled && now - *stalled > shared_->how.write_timeout) || keeps_others_waiting(now))
    lose_stalled();
  else if (is_reading_ && now > deadline_)
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
  asked_.reset();
  give_back_output();
  stream_->tell(nullptr);
  stream_->close();
  io_thread_->exit(*this);
}

} // namespace restante::gateway
