#pragma once

#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/latencies.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace restante::cli {

/// How hard `restante bench` works.
struct load_flags {
  broker_flags broker;
  std::string mode = "put";
  std::uint32_t connections = 10;
  std::uint32_t pipeline = 16;
  std::uint32_t bytes = 128; ///< of a pack
  double seconds = 10;
};

/// What a load has done so far. Written by a broker's answers, read by the main thread.
struct tally {
  latencies done; ///< one for each operation that was finished
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> unfinished{0}; ///< at the end; what slow subscribers missed, too

  /// Counts a refusal; one that will not pass ends the load.
  void refuse(const failure& why);

  /// Ends the load. The first trouble counts.
  void fail(const command_failed& why);
  std::optional<command_failed> trouble() const;

  patience limits;

private:
  mutable std::mutex mutex_;
  std::optional<command_failed> trouble_;
};

/// Connections of its own that work as hard as they may: each keeps `pipeline` operations under
/// way. Between `go` and `halt` all happens in the answers, in the thread of its `remote`.
class load {
public:
  explicit load(const load_flags& how);
  virtual ~load() = default;

  load(const load&) = delete;
  load& operator=(const load&) = delete;

  /// Connects everybody. Throws command_failed.
  void open();

  virtual void go() = 0;

  /// Starts nothing more; what is under way is finished, or given up in a moment.
  void halt();

  /// Leaves, and takes along what receivers have not got. Throws command_failed when that does
  /// not work.
  void clean_up();

  /// Hangs up; nothing is called behind it. Each load's destructor does so first.
  void close();

  const tally& results() const { return tally_; }

protected:
  using clock = std::chrono::steady_clock;

  /// Another connection that `open` waits for.
  connection& add_connection(const std::string& client, handlers what);

  /// `"<time>:xxxx"`, a pack of the wanted size that says when it was made.
  body stamped() const;
  static std::optional<clock::time_point> stamp_of(const body& pack);

  bool is_halted() const { return is_halted_; }
  std::string name_of(const std::string& role, std::uint32_t number) const;
  put_request request_to(const std::string& receiver) const;

  virtual void make_connections() = 0;

  const load_flags& how_;
  tally tally_;
  std::atomic<std::uint32_t> under_way_{0};
  std::vector<std::string> receivers_; ///< who may have something waiting at the end

private:
  /// Throws command_failed when the broker gives us a name of its own choice.
  void refuse_tokens();

  const std::string prefix_;
  std::atomic<bool> is_halted_{false};
  std::optional<remote> remote_;
  std::vector<std::unique_ptr<connection>> connections_;
};

std::unique_ptr<load> make_load(const load_flags& how);

/// `put`, `round`, `fan-out`
const std::vector<std::string>& load_modes();

} // namespace restante::cli
