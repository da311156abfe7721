#pragma once

#include "restante/broker/gateway/hall.hpp"
#include "restante/broker/gateway/routes.hpp"
#include "restante/broker/sockets/io_thread.hpp"
#include "restante/broker/sockets/socket_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace restante::gateway {

/// One socket that speaks HTTP, until it closes or becomes a WebSocket. One request at a
/// time: the next is read when the last is answered and written.
class http_session final : public io_guest, private flush_listener {
public:
  /// How it treats who comes.
  enum class manner : std::uint8_t {
    welcoming,
    full, ///< there are too many sockets: whatever is asked, it says so and closes
  };

  http_session(std::shared_ptr<hall> in, std::shared_ptr<io_thread> home, tcp_socket socket,
               std::string remote, manner how);
  ~http_session() override;

  void start();

  void check(steady_time now) override;
  void leave() override;
  void drop() override { finish(); }

private:
  void shake_hands(std::shared_ptr<net::ssl::context> with);
  void read();
  void on_read(error_code error);
  void refuse_unreadable(error_code error);
  void on_request();
  void allow_origin();
  void upgrade();
  bool is_welcome() const;
  void show(sight what);
  void show(const page_file& file);
  bool is_server(const credentials& who);
  std::optional<credentials> identify();
  void ask(asked_operation what);
  void also(std::string name, std::string value);
  void respond(http::status status, std::string content, std::string_view type);
  void refuse(http::status status, const failure& why, std::string_view ignored = {});
  void writable() override;
  void go_on();
  void hear_out();
  void finish();

  std::shared_ptr<hall> hall_;
  std::shared_ptr<io_thread> home_;
  std::shared_ptr<socket_stream> stream_;
  wire wire_;
  const std::string remote_;
  const manner manner_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http_request request_;
  std::optional<visitor> asking_;
  std::vector<std::pair<std::string, std::string>> extras_; ///< more headers of the response
  steady_time deadline_;
  bool is_reading_ = false;
  bool is_answering_ = false;
  bool is_last_ = false; ///< the socket closes behind this response
  bool is_finished_ = false;
};

} // namespace restante::gateway
