#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

/// Short names for the libraries. Every object here belongs to one I/O thread, so the executor is
/// the plain executor of its context: no strands.
namespace restante::sockets {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = net::ip::tcp;

using io_executor = net::io_context::executor_type;
using tcp_socket = net::basic_stream_socket<tcp, io_executor>;
using tls_stream = net::ssl::stream<tcp_socket&>;
using error_code = boost::system::error_code;
using steady_time = std::chrono::steady_clock::time_point;

using http_request = http::request<http::string_body>;
using http_response = http::response<http::string_body>;

} // namespace restante::sockets
