#pragma once

#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/feed.hpp"
#include "restante/broker/cli/interrupts.hpp"
#include "restante/broker/cli/one_shot_client.hpp"
#include "restante/broker/cli/screen.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace restante::cli {

/// The flags of every command that runs until it is stopped.
struct stream_flags {
  std::uint64_t count = 0; ///< ends after this many; 0: never
  bool reconnect = false;
};

/// Adds `--count` and `--reconnect`. `what` names the counted things.
void add_stream_flags(CLI::App& app, stream_flags& into, const std::string& what);

/// The events that a streaming command handles.
enum class moment : std::uint8_t {
  stopped,   ///< by a signal: leave
  due,       ///< the time given to `wait` has come
  connected, ///< the first time or again
  pushed,    ///< `pushed()` returns the push
};

/// A client's connection whose output is printed until a signal, or the end of the broker. Dropping
/// it leaves cleanly. A notification without a call of `done` is not acknowledged.
class stream {
public:
  using clock = feed::clock;

  /// Connects to the broker. Throws command_failed when the flags are invalid.
  stream(const broker_flags& how, const stream_flags& more, std::string client, screen& to);

  /// Waits for the next event. Throws command_failed when the connection has ended.
  moment wait(clock::time_point until = clock::time_point::max());

  const push& pushed() const { return pushed_; }

  /// Confirms the push: it was printed.
  void done() { feed_->done(); }

  /// Whether a signal has arrived; `wait` will report it.
  bool is_stopped() const { return feed_->is_stopped(); }

  connection& at() { return *connection_; }

  /// The client's name, as the broker reports it after the connect.
  const std::string& client() const { return client_; }

  /// False while the broker is out of reach.
  bool is_there() const { return !is_interrupted_; }

  template <class T>
  T need(const answer<T>& asked) const {
    return cli::need(asked, patience_);
  }

private:
  void note(const connect_receipt& receipt);
  std::optional<feed::happening> next(clock::time_point until);
  command_failed end_of(const goodbye& why) const;

  patience patience_;
  std::string client_;
  screen& screen_;
  std::shared_ptr<feed> feed_;
  interrupts interrupts_;
  remote remote_;
  std::optional<connection> connection_;
  push pushed_;
  bool is_interrupted_ = false;
  clock::time_point note_at_; ///< when to say that the broker is looked for; `max`: not needed
};

} // namespace restante::cli
