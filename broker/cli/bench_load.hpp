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

/// The size of the load of `restante bench`.
struct load_flags {
  broker_flags broker;
  std::string mode = "put";
  std::uint32_t connections = 10;
  std::uint32_t pipeline = 16;
  std::uint32_t bytes = 128; ///< size of a pack
  double seconds = 10;
};

/// The results of a load so far. Written by answers of the broker, read by the main thread.
struct tally {
  latencies done; ///< one for each finished operation
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> unfinished{0}; ///< at the end; includes what slow subscribers missed

  /// Counts a refusal. A permanent refusal ends the load.
  void refuse(const failure& why);

  /// Ends the load. Only the first failure counts.
  void fail(const command_failed& why);
  std::optional<command_failed> trouble() const;

  patience limits;

private:
  mutable std::mutex mutex_;
  std::optional<command_failed> trouble_;
};

/// Connections of the load itself, which work at full speed: each keeps `pipeline` operations in
/// progress. Between `go` and `halt` all work happens in the answers, in the thread of the
/// `remote`.
class load {
public:
  explicit load(const load_flags& how);
  virtual ~load() = default;

  load(const load&) = delete;
  load& operator=(const load&) = delete;

  /// Opens all connections. Throws command_failed.
  void open();

  virtual void go() = 0;

  /// Starts no more operations. Those in progress are finished, or given up after a short time.
  void halt();

  /// Leaves, and removes notifications that the receivers have not got. Throws command_failed when
  /// that fails.
  void clean_up();

  /// Closes the connections; no callback comes afterwards. The destructor of each load calls this
  /// first.
  void close();

  const tally& results() const { return tally_; }

protected:
  using clock = std::chrono::steady_clock;

  /// Adds a connection that `open` waits for.
  connection& add_connection(const std::string& client, handlers what);

  /// `"<time>:xxxx"`: a pack of the wanted size that contains its creation time.
  body stamped() const;
  static std::optional<clock::time_point> stamp_of(const body& pack);

  bool is_halted() const { return is_halted_; }
  std::string name_of(const std::string& role, std::uint32_t number) const;
  put_request request_to(const std::string& receiver) const;

  virtual void make_connections() = 0;

  const load_flags& how_;
  tally tally_;
  std::atomic<std::uint32_t> under_way_{0};
  std::vector<std::string> receivers_; ///< clients that may have waiting notifications at the end

private:
  /// Throws command_failed when the broker chooses the client's name itself.
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
