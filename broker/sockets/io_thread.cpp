#include "restante/broker/sockets/io_thread.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace restante::sockets {

namespace {

/// One round of checks is split into this many ticks, so that each tick is short.
constexpr int ticks_per_round = 8;

} // namespace

io_thread::io_thread(std::chrono::milliseconds round)
    : work_{context_.get_executor()}, timer_{context_}, tick_{std::max(
                                                            round / ticks_per_round,
                                                            std::chrono::milliseconds{1})} {}

io_thread::~io_thread() {
  stop();
}

void io_thread::start() {
  thread_ = std::thread{[this] { context_.run(); }};
}

void io_thread::stop() {
  if (!thread_.joinable())
    return;
  // This does not stop the context itself. It ends all of its work, so that no handler is left.
  net::post(context_, [this] {
    is_leaving_ = true;
    for (const auto& handler : handlers())
      handler->drop();
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  context_.restart();
  context_.poll();
}

void io_thread::announce(std::shared_ptr<io_handler> who) {
  const std::lock_guard lock{mutex_};
  if (is_over_)
    return;
  announced_.push_back(std::move(who));
  if (announced_.size() == 1)
    net::post(context_, [this] { wake_announced(); });
}

void io_thread::wake_announced() {
  {
    const std::lock_guard lock{mutex_};
    waking_.swap(announced_);
  }
  for (const auto& handler : waking_)
    handler->wake();
  waking_.clear();
}

void io_thread::enter(std::shared_ptr<io_handler> who) {
  who->index_ = handlers_.size();
  handlers_.push_back(std::move(who));
  size_.store(handlers_.size());
  if (is_leaving_) {
    const auto late = handlers_.back();
    late->drop();
  } else if (!is_ticking_) {
    is_ticking_ = true;
    tick();
  }
}

void io_thread::exit(io_handler& who) {
  const auto index = who.index_;
  if (index >= handlers_.size() || handlers_[index].get() != &who)
    return;
  std::swap(handlers_[index], handlers_.back());
  handlers_[index]->index_ = index;
  const auto kept = std::move(handlers_.back()); // the caller may be running inside this handler
  handlers_.pop_back();
  size_.store(handlers_.size());
}

/// Without sockets no timer runs: an idle gateway sleeps (spec T3).
void io_thread::tick() {
  if (handlers_.empty()) {
    is_ticking_ = false;
    return;
  }
  timer_.expires_after(tick_);
  timer_.async_wait([this](error_code error) {
    if (error)
      return;
    check_some(std::chrono::steady_clock::now());
    tick();
  });
}

void io_thread::check_some(steady_time now) {
  auto some = handlers_.size() / ticks_per_round + 1;
  for (; some > 0 && !handlers_.empty(); --some) {
    if (next_check_ >= handlers_.size())
      next_check_ = 0;
    const auto handler = handlers_[next_check_++];
    handler->check(now);
  }
}

} // namespace restante::sockets
