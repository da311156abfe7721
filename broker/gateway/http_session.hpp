#pragma once

#include "restante/actors/model/output_budget.hpp"
#include "restante/broker/gateway/backlog.hpp"
#include "restante/broker/gateway/http_head.hpp"
#include "restante/broker/gateway/http_rules.hpp"
#include "restante/broker/gateway/routes.hpp"
#include "restante/broker/gateway/shared_state.hpp"
#include "restante/broker/sockets/io_thread.hpp"
#include "restante/broker/sockets/socket_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace restante::gateway {

/// How many bytes are read ahead from a socket.
inline constexpr std::size_t buffer_bytes_max = 64 * 1024;

/// One socket that speaks HTTP, until it closes or becomes a WebSocket. It handles one request at a
/// time and reads the next one after the response is written. The rules for headers are in
/// `http_head` and `http_rules`, the routes in `routes`. A response beyond `output_free_bytes`
/// counts in the broker's output budget, and is made when there is room.
class http_session final : public io_handler, private flush_listener {
public:
  /// How the session treats a new socket.
  enum class manner : std::uint8_t {
    welcoming,
    full, ///< there are too many sockets: refuse every request and close
  };

  http_session(std::shared_ptr<shared_state> in, std::shared_ptr<io_thread> thread,
               tcp_socket socket, std::string remote, manner how);
  ~http_session() override;

  void start();

  void check(steady_time now) override;
  void leave() override;
  void drop() override { finish(); }

private:
  /// An operation that a request asks for. It is kept while there is no room for its answer.
  struct open_question {
    credentials who;
    asked_operation what;
    std::uint64_t needs = 0; ///< size of the answer in bytes; 0: not known
  };

  void shake_hands(std::shared_ptr<net::ssl::context> with);
  void read();
  void read_head();
  void on_head_bytes();
  void refuse_head();
  void parse_head();
  void on_head();
  void read_content();
  void on_content(error_code error);
  void refuse_unreadable(error_code error);
  void on_request();
  void lead(destination to);
  void show_methods(const std::string& allow);
  void upgrade();
  provenance from() const;
  foreign_part foreign_part_of_request() const;
  void refuse_foreign(foreign_part what);
  void show(sight what);
  void show(const page_file& file);
  std::optional<credentials> identify(token_scope asked);
  void take(content_operation what);
  void complete_operation();

  // http_answers.cpp: questions to the broker, and the memory of the answers
  void ask(asked_operation what, credentials who);
  void begin_asked();
  void submit_asked(model::output_permit_ptr permit);
  void on_answer(http::status status, std::string content, std::size_t charged, bool may_retry);
  void put_off(std::size_t bytes);
  void count_output(const std::string& content);
  void give_back_output();
  bool keeps_others_waiting(steady_time now);
  void lose_stalled();

  void also(std::string name, std::string value);
  void respond(http::status status, std::string content, std::string_view type);
  void refuse(http::status status, const failure& why, std::span<const std::string> ignored = {});
  void refuse(const refused_request& what);
  void add_fields(http_response& to, std::string_view type);
  void add_origin_fields(http_response& to) const;
  void writable() override;
  void go_on();
  void close_tls();
  void drop_the_rest();
  void finish();

  std::shared_ptr<shared_state> shared_;
  std::shared_ptr<io_thread> io_thread_;
  std::shared_ptr<socket_stream> stream_;
  gathering_stream gathering_;
  const std::string remote_;
  const manner manner_;
  beast::flat_buffer buffer_;
  head_scanner scanner_;
  chunk_extension_limit extensions_;
  std::optional<http::request_parser<http::string_body>> parser_; ///< while its content is unread
  http_request request_;
  asked_target target_;
  std::optional<std::pair<content_operation, credentials>> waiting_; ///< waits for its content
  std::optional<visitor> asking_;
  std::unique_ptr<open_question> asked_; ///< until it is answered
  std::size_t charged_ = 0;              ///< size of the response in the output budget
  backlog behind_;
  model::reader known_ = model::reader::unknown;
  std::vector<std::pair<std::string, std::string>> extras_; ///< additional headers of the response
  steady_time deadline_;
  bool is_reading_ = false;
  bool is_answering_ = false;  ///< from its operation, if there is one, to the written response
  bool is_responding_ = false; ///< the response is being written
  bool is_last_ = false;       ///< the socket closes after this response
  bool is_finished_ = false;
};

} // namespace restante::gateway
