#include "restante/broker/log/line_writer.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace restante::logging {

namespace {

using clock = std::chrono::steady_clock;

/// How long the destructor lets the writer write its last lines.
constexpr std::chrono::milliseconds end_patience{500};

/// How long a change of the output waits for the lines that belong to the old one.
constexpr std::chrono::milliseconds change_patience{1000};

/// How often a blocked write checks whether it must give up.
constexpr std::chrono::milliseconds look_every{50};

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

/// A thread that receives no signals: other threads of the program handle them.
std::thread quiet_thread(std::function<void()> run) {
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread made{std::move(run)};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return made;
}

} // namespace

class line_writer::core {
public:
  explicit core(setup how) : how_{std::move(how)}, to_{how_.to} {}

  void write(std::string_view line) {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() + line.size() + 1 > how_.bytes_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      ++untold_;
      return;
    }
    const bool was_empty = waiting_.empty();
    waiting_.append(line).append(1, '\n');
    if (was_empty)
      changed_.notify_all();
  }

  void wake() {
    const std::lock_guard lock{mutex_};
    must_ask_ = true;
    changed_.notify_all();
  }

  bool flush(std::chrono::milliseconds most) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, most, [this] { return waiting_.empty() && !is_writing_; });
  }

  void change_output(std::shared_ptr<output> to) {
    flush(change_patience);
    const std::lock_guard lock{mutex_};
    to_ = std::move(to);
    is_mid_line_ = false;
  }

  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  void start(const std::shared_ptr<core>& self) {
    thread_ = quiet_thread([self] { self->run(); });
  }

  void end() {
    {
      std::unique_lock lock{mutex_};
      give_up_at_ = clock::now() + end_patience;
      changed_.notify_all();
      changed_.wait_for(lock, 2 * end_patience, [this] { return is_over_; });
    }
    if (is_over_)
      thread_.join();
    else
      thread_.detach(); // the thread hangs inside a system call
  }

private:
  void run();
  bool write_out(output& to, std::string_view text, std::unique_lock<std::mutex>& lock);
  std::string take_round();

  const setup how_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<output> to_;
  std::string waiting_;
  std::uint64_t untold_ = 0; ///< dropped and not reported yet
  std::optional<clock::time_point> ask_at_;
  std::optional<clock::time_point> give_up_at_; ///< set when the writer is to end
  bool must_ask_ = false;
  bool is_writing_ = false;
  bool is_mid_line_ = false; ///< the last line was written only in part
  bool is_over_ = false;
  std::atomic<std::uint64_t> dropped_{0};
};

/// Takes the text to write next. The caller holds the lock.
std::string line_writer::core::take_round() {
  auto round = std::exchange(waiting_, {});
  must_ask_ = false;
  // Too late: the object behind `extra` may be gone.
  const bool is_late = give_up_at_ && clock::now() >= *give_up_at_;
  if (how_.extra && !is_late) {
    auto more = how_.extra();
    round += more.text;
    ask_at_ = more.again;
  }
  return round;
}

void line_writer::core::run() {
  std::unique_lock lock{mutex_};
  const auto is_time = [this] {
    return !waiting_.empty() || must_ask_ || give_up_at_ || (ask_at_ && clock::now() >= *ask_at_);
  };
  for (;;) {
    if (ask_at_)
      changed_.wait_until(lock, *ask_at_, is_time);
    else
      changed_.wait(lock, is_time);
    auto round = take_round();
    const auto lines = count_lines(round);
    const auto told = std::exchange(untold_, 0);
    if (told > 0 && how_.dropped_line && !give_up_at_)
      round.append(how_.dropped_line(told)).append(1, '\n');
    if (is_mid_line_ && !round.empty())
      round.insert(0, 1, '\n');
    const auto to = to_;
    is_writing_ = true;
    if (!write_out(*to, round, lock)) {
      dropped_.fetch_add(lines, std::memory_order_relaxed);
      untold_ += told + lines;
    }
    is_writing_ = false;
    changed_.notify_all();
    if (give_up_at_ && (waiting_.empty() || clock::now() >= *give_up_at_))
      break;
  }
  is_over_ = true;
  changed_.notify_all();
}

/// Writes without holding the lock. False: the write failed or was given up.
bool line_writer::core::write_out(output& to, std::string_view text,
                                  std::unique_lock<std::mutex>& lock) {
  while (!text.empty()) {
    lock.unlock();
    const auto done = to.write_some(text);
    if (done == 0)
      to.wait(look_every);
    lock.lock();
    if (done < 0)
      return false;
    if (done > 0) {
      is_mid_line_ = text[static_cast<std::size_t>(done) - 1] != '\n';
      text.remove_prefix(static_cast<std::size_t>(done));
    }
    const bool is_elsewhere = to_.get() != &to;
    const bool is_late = give_up_at_ && clock::now() >= *give_up_at_;
    if (!text.empty() && (is_elsewhere || is_late))
      return false;
  }
  return true;
}

line_writer::line_writer(setup how) : core_{std::make_shared<core>(std::move(how))} {
  core_->start(core_);
}

line_writer::~line_writer() {
  core_->end();
}

void line_writer::write(std::string_view line) {
  core_->write(line);
}

void line_writer::wake() {
  core_->wake();
}

bool line_writer::flush(std::chrono::milliseconds most) {
  return core_->flush(most);
}

void line_writer::change_output(std::shared_ptr<output> to) {
  core_->change_output(std::move(to));
}

std::uint64_t line_writer::dropped() const {
  return core_->dropped();
}

} // namespace restante::logging
