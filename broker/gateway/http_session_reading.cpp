#include "restante/broker/gateway/http_session.hpp"
#include "restante/messages/json/decode.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <utility>

namespace restante::gateway {

namespace {

std::string_view received_in(const beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

} // namespace

void http_session::read() {
  scanner_ = {};
  extensions_ = {};
  parser_.reset();
  target_ = {};
  if (buffer_.size() == 0) {
    read_head();
    return;
  }
  is_reading_ = true; // the next request has arrived already; posting avoids a deep stack
  net::post(io_thread_->context(), [self = shared_from_this(), this] {
    is_reading_ = false;
    if (!is_finished_)
      on_head_bytes();
  });
}

void http_session::read_head() {
  is_reading_ = true;
  const auto room = beast::read_size(buffer_, buffer_bytes_max);
  gathering_.async_read_some(buffer_.prepare(room), [self = shared_from_this(),
                                                     this](error_code error, std::size_t bytes) {
    is_reading_ = false;
    if (is_finished_)
      return;
    if (error) {
      finish();
      return;
    }
    buffer_.commit(bytes);
    on_head_bytes();
  });
}

void http_session::on_head_bytes() {
  const auto verdict = scanner_.look(received_in(buffer_));
  // The idle timeout does not apply to a request that has begun.
  if (buffer_.size() > scanner_.begin())
    deadline_ =
        std::min(deadline_, std::chrono::steady_clock::now() + shared_->how.handshake_timeout);
  switch (verdict) {
  case head_scanner::verdict::incomplete:
    read_head();
    return;
  case head_scanner::verdict::refused:
    refuse_head();
    return;
  case head_scanner::verdict::complete:
    parse_head();
  }
}

/// Refuses the head. A page of an allowed origin must be able to read the refusal, and its `Origin`
/// may follow the refused part, such as a header that is too large. So the received bytes are
/// searched for it.
void http_session::refuse_head() {
  const auto seen = glimpse_of(received_in(buffer_).substr(scanner_.begin()));
  error_code ignored;
  if (seen.origin.empty() && buffer_.size() < buffer_bytes_max &&
      stream_->socket().available(ignored) > 0) {
    read_head();
    return;
  }
  request_ = {};
  if (!seen.method.empty())
    request_.method_string({seen.method.data(), seen.method.size()});
  request_.set(http::field::host, {seen.host.data(), seen.host.size()});
  request_.set(http::field::origin, {seen.origin.data(), seen.origin.size()});
  is_last_ = true;
  refuse(scanner_.status(), {errc::bad_frame, std::string{scanner_.reason()}});
}

void http_session::parse_head() {
  const auto begin = scanner_.begin();
  auto* const minor = static_cast<char*>(buffer_.data().data()) + scanner_.minor_version_at();
  *minor = std::min(*minor, '1');
  parser_.emplace();
  parser_->header_limit(header_bytes_max + 1);
  parser_->body_limit(boost::none); // checked by `fault_of`, and below for chunks
  error_code error;
  const auto head = received_in(buffer_).substr(begin, scanner_.size());
  parser_->put(net::buffer(head), error);
  request_ = {};
  request_.base() = std::move(parser_->get().base()); // later trailers do not become fields
  buffer_.consume(begin + scanner_.size());
  if (error || !parser_->is_header_done()) {
    refuse_unreadable(error);
    return;
  }
  parser_->body_limit(json::frame_bytes_max);
  parser_->on_chunk_header(extensions_);
  on_head();
}

void http_session::on_head() {
  shared_->count.http_requests.fetch_add(1, std::memory_order_relaxed);
  join_lists(request_);
  is_last_ = !keeps_open(request_);
  auto wrong = fault_of(request_);
  if (!wrong) {
    auto target = target_of(request_, stream_->is_secure());
    if (auto* refused = std::get_if<refused_request>(&target))
      wrong = std::move(*refused);
    else
      target_ = std::get<asked_target>(std::move(target));
  }
  if (wrong) {
    is_last_ = true;
    refuse(*wrong);
  } else if (manner_ == manner::full) {
    is_last_ = true;
    refuse(http::status::service_unavailable, {errc::too_many_connections, {}});
  } else if (parser_->is_done() || expectation_of(request_) != expectation::nothing) {
    on_request();
  } else {
    read_content();
  }
}

void http_session::read_content() {
  is_reading_ = true;
  http::async_read(gathering_, buffer_, *parser_,
                   [self = shared_from_this(), this](error_code error, std::size_t) {
                     is_reading_ = false;
                     if (!is_finished_)
                       on_content(error);
                   });
}

void http_session::on_content(error_code error) {
  if (error) {
    refuse_unreadable(error);
    return;
  }
  request_.body() = std::move(parser_->get().body());
  parser_.reset();
  if (waiting_)
    complete_operation();
  else
    on_request();
}

void http_session::refuse_unreadable(error_code error) {
  is_last_ = true;
  waiting_.reset();
  if (error == http::error::body_limit) {
    refuse(http::status::payload_too_large, {errc::bad_frame, "the body is too large"});
  } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    refuse(http::status::request_header_fields_too_large,
           {errc::bad_frame, "the header is too large"});
  } else if (error.category() == make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    refuse(http::status::bad_request, {errc::bad_frame, "this is no HTTP: " + error.message()});
  } else {
    finish();
  }
}

} // namespace restante::gateway
