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

/// What every command that goes on until it is stopped can be told.
struct stream_flags {
  std::uint64_t count = 0; ///< ends after so many; 0: never
  bool reconnect = false;
};

/// Adds `--count` and `--reconnect`. `what` is counted.
void add_stream_flags(CLI::App& app, stream_flags& into, const std::string& what);

/// What a stream's command has to look at.
enum class moment : std::uint8_t {
  stopped,   ///< a signal: leave
  due,       ///< the time that was waited for has come
  connected, ///< again, or for the first time
  pushed,    ///< `pushed()` says what
};

/// A client's connection that is printed until a signal, or the end of the broker. Dropping it
/// leaves cleanly. What `done` was not called for is not acknowledged.
class stream {
public:
  using clock = feed::clock;

  /// Looks for the broker. Throws command_failed when what it is told is wrong.
  stream(const broker_flags& how, const stream_flags& more, std::string client, screen& to);

  /// Waits for something to look at. Throws command_failed when the connection has ended.
  moment wait(clock::time_point until = clock::time_point::max());

  const push& pushed() const { return pushed_; }

  /// What was pushed is printed.
  void done() { feed_->done(); }

  /// A signal has come: `wait` will say so.
  bool is_stopped() const { return feed_->is_stopped(); }

  connection& at() { return *connection_; }

  /// Who it is, as the broker says once it is connected.
  const std::string& client() const { return client_; }

  /// Not while a lost broker is looked for.
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
  clock::time_point note_at_; ///< when to say that it is looked for; `max`: not any more
};

} // namespace restante::cli
