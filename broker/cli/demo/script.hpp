#pragma once

#include "restante/broker/testing/world.hpp"
#include "restante/messages/json/decode.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace restante::demo {

/// The environment of a script.
struct script_setup {
  std::uint64_t seed = 1; ///< for the random bits and the schedule
  restante::limits limits;
  store_opener open_store; ///< for its journal; empty: no journal
  log_hook log;            ///< of the broker

  /// Called before time passes: it may sleep, so that a person sees the time pass. Empty: time
  /// passes without waiting.
  std::function<void(duration)> pause;
};

/// Plays a script line by line. Each input line is one request as JSON. Each answer, and each push
/// to a connection, is one output line of JSON. docs/protocol.md describes the format. The script
/// has a broker of its own in virtual time: the same lines and the same seed give the same output.
///
/// A line takes effect completely before `line` returns. Errors of a line are in its answer; only
/// the writer may throw.
class script {
public:
  /// Receives each output line, without its end.
  using writer = std::function<void(const std::string& line)>;

  script(script_setup how, writer out);
  explicit script(writer out) : script(script_setup{}, std::move(out)) {}
  ~script();
  script(const script&) = delete;
  script& operator=(const script&) = delete;

  /// Plays the next line. Every line counts for the default `id`, including skipped lines: blank
  /// lines, and comments that start with `#`.
  void line(std::string_view text);

  /// Ends the script as the end of the input does: all clients disconnect cleanly, in byte order of
  /// (namespace, client), and the broker stops. Without this call the script ends without output.
  void end();

  /// Continues with a new broker, as after a crash: connected clients get no goodbye and are no
  /// longer connected. `world::restart` calls `between`.
  void restart(const std::function<void()>& between);

  /// The world in which the script plays, for tests.
  testing::world& world() { return world_; }

private:
  class script_client;

  /// One line that waits for its answer.
  struct asked {
    std::uint64_t line = 0;
    std::string id;  ///< as JSON
    std::string key; ///< the name for `$…`
    json::operation op = json::operation::unknown;
    std::string ignored{}; ///< `"ignored":[…]`; empty: nothing
  };

  void play(const json::request& from, const asked& line);
  void connect(const json::request& from, const asked& line);
  void leave(const json::request& from, const asked& line);
  void advance(const json::request& from, const asked& line);
  void submit(json::request from, const asked& line);
  caller* caller_of(const json::request& from);
  void resolve_trace(json::request& from) const;
  void pass(duration span);

  void answered(const asked& line, const answer_value& value);
  void answer_with(const asked& line, std::string_view text);
  void refuse(const asked& line, failure why);
  void pushed(const client_address& to, std::string_view frame);
  void happened(std::string text);
  void remember(const asked& line, const answer_value& value);
  std::int64_t now_ms() const;

  script_setup how_;
  writer out_;
  bool is_silent_ = false;
  std::uint64_t lines_ = 0;
  std::uint64_t open_line_ = 0;       ///< the line that waits for its answer; 0: none
  std::string open_answer_;           ///< the answer to that line
  std::vector<std::string> happened_; ///< meanwhile: printed after the answer
  std::map<std::string, std::string, std::less<>> traces_; ///< by the id of the put
  std::map<client_address, trace_id> tokens_;              ///< of each client's last connection
  testing::world world_;
  const instant start_;
  std::map<client_address, std::unique_ptr<script_client>> clients_; ///< connected clients
};

} // namespace restante::demo
