#pragma once

#include "restante/actors/model/announcement.hpp"
#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/actors/protocol/credit.hpp"
#include "restante/actors/protocol/sink.hpp"
#include "restante/messages/limits.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace restante {

/// How a sink wants to be served. Each connect sets it, even a connect that resumes.
struct inbox_options {
  ack_mode acks = ack_mode::automatic;
  std::uint32_t inflight = inflight_max;
  duration resume_window{0};
  std::shared_ptr<const model::rights> rights{}; ///< null: everything a client may do
};

/// The inbox of a connection in this process: operations with their completions, the sink for its
/// output, and the news that the owner is gone. Messages between actors carry no pointers; the few
/// pointers that must be handed over wait here.
///
/// Used from any thread; the connection takes the waiting operations when an `inbox_ready` tells
/// it. Bounded: beyond the limit, operations are refused with `overloaded`. An operation with more
/// parts than the limit is accepted if nothing else waits.
class inbox : public connection_endpoint {
public:
  struct bounds {
    std::size_t operations; ///< at least 1; an operation with many parts counts as that many
    std::uint64_t bytes;
  };

  inbox(std::uint64_t number, std::unique_ptr<sink> out, bounds most, inbox_options setup);

  /// The number under which the inbox is registered. Messages carry the number instead of the
  /// inbox.
  std::uint64_t number() const { return number_; }

  void submit(command what, completion done) override;
  void depart(departure how) override;
  void confirm(std::size_t n = 1) override;

  /// A newer token has other rights. Subscriptions and watches that it does not allow end (spec
  /// W7).
  void change_rights(std::shared_ptr<const model::rights> rights) override;

  // --- for the connection behind it ---

  struct waiting_operation {
    command what;
    completion done;
    std::size_t bytes = 0;
    std::size_t parts = 1;
  };

  /// Notifies `behind` from now on, and at once if it must look. Returns false if the inbox is
  /// closed.
  bool belong_to(connection_actor behind);

  /// Takes the oldest operations, in order: up to `most` and `bytes`; an operation of many
  /// parts counts as that many.
  std::vector<waiting_operation> take(std::size_t most, std::uint64_t bytes);

  /// Takes the oldest operation even if it is larger than the whole credit. Used when nothing else
  /// is under way.
  std::optional<waiting_operation> take_one();

  departure departed() const { return departed_.load(); }
  std::size_t take_confirmed() { return confirmed_.exchange(0); }
  bool has_waiting() const { return has_waiting_.load(std::memory_order_acquire); }

  /// Whether the rights have changed since the last `take_rights`.
  bool has_new_rights() const { return has_new_rights_.load(std::memory_order_acquire); }
  std::shared_ptr<const model::rights> take_rights();

  sink& out() { return *out_; }
  const inbox_options& setup() const { return setup_; }

  /// Refuses every operation from now on, including operations that wait, and forgets the
  /// connection. `threw` is called in the catch block of each completion that throws.
  void shut(errc why, const std::function<void()>& threw = {});

  /// Like `shut`, called by the connection that reads the inbox. Returns false and does nothing if
  /// another connection has taken the inbox over (spec C4).
  bool shut_by(const connection_actor& who, errc why, const std::function<void()>& threw = {});

private:
  struct notify {
    void operator()(const connection_actor& behind) const {
      dialect::tell_anonymously(behind, inbox_ready{});
    }
  };

  waiting_operation take_next();
  void tidy_up();

  const std::uint64_t number_;
  const std::unique_ptr<sink> out_;
  const bounds most_;
  const inbox_options setup_;
  std::atomic<departure> departed_{departure::none};
  std::atomic<std::size_t> confirmed_{0};
  std::atomic<bool> has_waiting_{false};
  std::atomic<bool> has_new_rights_{false};
  std::mutex mutex_;
  std::shared_ptr<const model::rights> rights_; ///< the rights of the setup, until changed
  std::vector<waiting_operation> waiting_;
  std::size_t taken_ = 0; ///< how many of `waiting_` were taken, from the front
  std::uint64_t waiting_bytes_ = 0;
  std::size_t waiting_parts_ = 0;
  errc shut_ = errc::none;
  bool is_closing_ = false;
  model::announcement<connection_actor, notify> told_; ///< the connection behind it
};

/// All inboxes that are open, by number.
class inbox_registry {
public:
  std::shared_ptr<inbox> open(std::unique_ptr<sink> out, inbox::bounds most,
                              inbox_options setup = {});
  std::shared_ptr<inbox> find(std::uint64_t number);
  void close(std::uint64_t number);
  std::vector<std::shared_ptr<inbox>> all();
  std::size_t size();

private:
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, std::weak_ptr<inbox>> open_;
};

} // namespace restante
