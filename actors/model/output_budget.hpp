#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace restante::model {

/// Unsent output that each connection may have outside the budget: a burst of small answers.
inline constexpr std::size_t output_free_bytes = std::size_t{64} * 1024;

/// Whether a connection that waits for room has proved that it reads.
enum class reader : std::uint8_t {
  unknown,
  proven, ///< it took a large answer before, and is served first
};

class output_permit;
using output_permit_ptr = std::shared_ptr<output_permit>;

/// The memory for output that its readers have not taken yet: answers and pushes of all
/// connections, beyond `output_free_bytes` for each. It is separate from the memory for stored data
/// (`account`), so that a reader that takes nothing cannot make puts fail.
///
/// Two things are bounded: the bytes that are held, and how many large answers are being made at
/// once. A caller that finds no room waits: proven readers first, then in the order of arrival.
/// Every member may be called from any thread, but not while holding a lock that a `granted`
/// callback takes.
class output_budget : public std::enable_shared_from_this<output_budget> {
public:
  /// Room for at least two of the largest answers, even if the broker is small.
  static constexpr std::uint64_t least_bytes = std::uint64_t{4} << 20;

  explicit output_budget(std::uint64_t most);

  /// The budget of a broker that may store `memory_bytes`: a quarter of that.
  static std::uint64_t share_of(std::uint64_t memory_bytes);

  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  std::uint64_t most() const { return most_; }

  /// Whether `bytes` more fit and no caller waits for room. A request for more than half of the
  /// budget fits when half is free: otherwise it might never fit.
  bool has_room(std::uint64_t bytes) const;

  /// Takes `bytes` if `has_room`. Otherwise takes nothing and returns false.
  bool try_take(std::uint64_t bytes);

  /// Takes `bytes` even beyond the bound: for output that must be sent in any case.
  void take(std::uint64_t bytes) { used_.fetch_add(bytes); }

  void give_back(std::uint64_t bytes);

  /// Whether a caller waits for room: then a reader must take its output quickly, or make room.
  bool is_contended() const { return waiting_for_room_.load() > 0; }

  /// How many large answers may be in the making at once: each takes memory for its value and its
  /// text.
  std::size_t starts_max() const { return starts_max_; }

  using granted = std::function<void(output_permit_ptr)>;

  /// Asks for permission to make an answer that may be large. If `bytes` is 0, the size is not
  /// known yet, and the caller waits only for its turn. Otherwise there must be room for `bytes`,
  /// which the permit then holds. Returns the permit, or null. After null, `later` is called once,
  /// from any thread, unless `who` is gone before.
  output_permit_ptr begin(std::uint64_t bytes, reader known, const std::weak_ptr<void>& who,
                          granted later);

private:
  friend class output_permit;

  struct waiter {
    std::uint64_t bytes;
    std::weak_ptr<void> who;
    granted later;
  };

  bool fits(std::uint64_t bytes) const;
  bool can_start(std::uint64_t bytes) const;
  output_permit_ptr start(std::uint64_t bytes);
  void ended();
  void serve();
  bool serve_one();
  std::optional<waiter> next_in_line(std::vector<waiter>& gone);
  waiter take_first(std::deque<waiter>& line);

  const std::uint64_t most_;
  const std::size_t starts_max_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> waiting_for_room_{0};
  std::atomic<std::size_t> calls_{0}; ///< calls of `serve` that are not finished
  std::mutex mutex_;
  std::size_t starts_ = 0;
  std::deque<waiter> for_turn_;
  std::deque<waiter> for_room_;
  std::deque<waiter> proven_; ///< these wait for room too
};

/// Permission to make one answer that may be large. It ends with the last copy of its pointer, and
/// then gives back what it still holds.
class output_permit {
public:
  output_permit(std::shared_ptr<output_budget> of, std::uint64_t bytes)
      : of_{std::move(of)}, held_{bytes} {}
  ~output_permit();
  output_permit(const output_permit&) = delete;
  output_permit& operator=(const output_permit&) = delete;

  /// Takes `bytes` for the answer, first out of the bytes that the permit holds. The caller must
  /// give them back. Takes nothing and returns false if the permit holds nothing and there is no
  /// room. Call it once.
  bool take(std::uint64_t bytes);

private:
  std::shared_ptr<output_budget> of_;
  std::uint64_t held_;
};

} // namespace restante::model
