#pragma once

#include "restante/broker/sockets/net.hpp"
#include "restante/broker/sockets/socket_stream.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace restante::sockets {

/// The interface of a session to its I/O thread. All calls come from that thread.
class io_handler : public std::enable_shared_from_this<io_handler> {
public:
  virtual ~io_handler() = default;

  /// Called after an `announce` for this handler.
  virtual void wake() {}

  /// Called a few times per ping interval, to check every timeout.
  virtual void check(steady_time now) = 0;

  /// Ends the session, with a clean close if that needs no waiting.
  virtual void leave() = 0;

  /// Ends the session immediately.
  virtual void drop() = 0;

private:
  friend class io_thread;
  std::size_t index_ = 0;
};

/// One thread, its sockets, and one timer for all of them (spec C3).
class io_thread {
public:
  /// Every handler is checked once per `round`.
  explicit io_thread(std::chrono::milliseconds round);
  ~io_thread();

  void start();

  /// Drops all handlers, ends the thread, and runs the functions that were posted too late. A
  /// function left in the queue would keep its handler alive, and the handler keeps this object
  /// alive.
  void stop();

  net::io_context& context() { return context_; }
  io_executor executor() { return context_.get_executor(); }
  buffer_pool& buffers() { return buffers_; }

  /// From any thread: `wake` will be called, unless the thread has ended. Several announcements
  /// cause one wake-up.
  void announce(std::shared_ptr<io_handler> who);

  /// From any thread: runs `what` in this thread. False: the thread has ended, and `what` never
  /// runs.
  template <class What>
  bool run(What what) {
    const std::lock_guard lock{mutex_};
    if (is_over_)
      return false;
    net::post(context_, std::move(what));
    return true;
  }

  // --- in this thread ---

  void enter(std::shared_ptr<io_handler> who);
  void exit(io_handler& who);
  std::vector<std::shared_ptr<io_handler>> handlers() const { return handlers_; }

  /// The number of handlers; from any thread.
  std::size_t size() const { return size_.load(); }

private:
  void wake_announced();
  void tick();
  void check_some(steady_time now);

  net::io_context context_{1};
  net::executor_work_guard<io_executor> work_;
  net::steady_timer timer_;
  const std::chrono::milliseconds tick_;
  buffer_pool buffers_;
  std::vector<std::shared_ptr<io_handler>> handlers_;
  std::atomic<std::size_t> size_{0};
  std::size_t next_check_ = 0;
  bool is_ticking_ = false;
  bool is_leaving_ = false; ///< new handlers are dropped at once
  std::mutex mutex_;        ///< guards the next two members
  bool is_over_ = false;    ///< nothing is accepted any more
  std::vector<std::shared_ptr<io_handler>> announced_;
  std::vector<std::shared_ptr<io_handler>> waking_;
  std::thread thread_;
};

} // namespace restante::sockets
