#pragma once

#include "restante/broker/gateway/large_answers.hpp"
#include "restante/broker/gateway/outbox.hpp"
#include "restante/broker/gateway/reply_to.hpp"
#include "restante/broker/gateway/shared_state.hpp"
#include "restante/broker/sockets/io_thread.hpp"
#include "restante/broker/sockets/socket_stream.hpp"
#include "restante/messages/json/decode.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace restante::gateway {

/// One WebSocket: its frames become operations of one connection, and the connection's output
/// becomes frames. It belongs to one I/O thread, and output of the broker arrives through an
/// outbox.
///
/// Bounds: at most `credit_operations` operations and 1 MiB in progress, otherwise the socket is
/// not read. The socket is also not read while more than `output_bytes` wait to be written, while
/// more than `output_free_bytes` wait and the shared output budget has no room, and while a request
/// with a large answer is not answered.
class ws_session final : public io_handler, private flush_listener {
public:
  ws_session(std::shared_ptr<shared_state> in, std::shared_ptr<io_thread> thread,
             std::shared_ptr<socket_stream> at, std::string remote);
  ~ws_session() override;

  /// Answers the upgrade request and begins to read.
  void accept(const http_request& upgrade);

  void wake() override { pump(); }
  void check(steady_time now) override;
  void leave() override;
  void drop() override;

private:
  enum class phase : std::uint8_t {
    waiting,   ///< no `connect` yet
    connected, ///< operations go to `link_`
    ending,    ///< by this side: earlier operations are answered first
    closing,   ///< the close frame is written, or about to be
    closed,
  };

  // ws_session.cpp: the socket
  void read();
  void read_when_allowed();
  void on_read(error_code error, std::size_t bytes);
  void on_message_part(std::size_t bytes);
  void on_control(websocket::frame_type kind, std::size_t bytes);
  void on_read_error(error_code error);
  bool may_read() const;
  bool has_ended() const { return phase_ == phase::ending || phase_ == phase::closing; }
  void pump();
  bool write_some();
  void write(outbox::item& what);
  void write(std::string_view frame);
  void confirm_written();
  void writable() override { pump(); }
  void end(close_code code, std::string_view reason);
  void say_goodbye();
  void on_end(const goodbye& why);
  void begin_close(close_code code, std::string_view reason);
  void finish();
  void log_end() const;
  void ping(steady_time now);
  void lose_stalled();

  // ws_large.cpp: requests whose answers may be large
  void submit_small(command what, reply_to to, operation_credit cost);
  void submit_large(large_request what);
  void begin_large();
  void start_large(model::output_permit_ptr permit);
  void take_large_result();
  void refuse_large(errc why);

  // ws_requests.cpp: the requests in the frames
  void on_frame(std::string_view text);
  void perform(json::request& asked, reply_to to);
  void connect(json::request& asked, reply_to to);
  outcome<credentials> identify(const json::connect_request& wanted, const std::string& ns);
  outcome<credentials> identify_token(const json::connect_request& wanted, const std::string& ns);
  void open(credentials who, const json::connect_request& wanted, reply_to to);
  void refresh(const json::request& asked, const reply_to& to);
  void disconnect(const reply_to& to);
  void submit(json::request& asked, reply_to to);
  void answer(const reply_to& to, const failure& why);
  void answer(const reply_to& to, std::string_view fields);
  void bad(const reply_to& to, const failure& why);
  void no_request(const std::string& id, const failure& why);

  std::shared_ptr<shared_state> shared_;
  std::shared_ptr<io_thread> io_thread_;
  std::shared_ptr<socket_stream> stream_;
  websocket::stream<gathering_stream, false> ws_;
  std::shared_ptr<outbox> outbox_;
  std::shared_ptr<connection_endpoint> link_; ///< null: not connected
  phase phase_ = phase::waiting;

  // Input. Small frames are read in place; a larger one gets memory as it arrives. The size of
  // `head_` makes a session with its reference counts exactly fill 1 KiB of the heap.
  std::array<char, 424> head_;
  std::string message_;
  std::size_t message_bytes_ = 0; ///< how many bytes of `message_` have arrived
  bool is_reading_ = false;
  bool is_too_large_ = false; ///< the rest of this message is read and dropped
  outbox::credit under_way_;
  std::unique_ptr<large_requests> large_; ///< null: there are no large requests
  std::size_t bad_in_row_ = 0;
  std::size_t pong_bytes_ = 0; ///< since the socket took all output

  // Output.
  outbox::taken batch_;
  std::size_t next_ = 0; ///< index in `batch_.items`
  bool is_pumping_ = false;

  // The identity, and the reason of the end.
  std::string remote_;
  std::string ns_;
  std::string client_;
  identity who_ = identity::client;
  std::string (*rest_)(const answer_value&) = nullptr; ///< writes answers, once connected
  std::optional<instant> token_expires_at_;
  std::string disconnect_answer_; ///< empty: no disconnect to answer
  close_code close_code_ = close_code::none;
  std::string close_reason_;
  std::uint64_t frames_in_ = 0;
  std::uint64_t frames_out_ = 0;

  steady_time opened_at_;
  steady_time received_at_;
  steady_time pinged_at_;
  steady_time checked_at_;
  steady_time closing_since_;
};

} // namespace restante::gateway
