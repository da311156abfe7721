#include "restante/broker/cli/feed.hpp"

#include <utility>

namespace restante::cli {

class feed::entry final : public sink {
public:
  explicit entry(std::shared_ptr<feed> to) : to_{std::move(to)} {}

  void opened(const std::weak_ptr<connection_endpoint>& at) override {
    const std::lock_guard lock{to_->mutex_};
    to_->at_ = at;
  }
  void attached(const connect_receipt& receipt) override { to_->add(receipt); }
  void interrupted(const goodbye&) override { to_->add(feed::interrupted{}); }
  flow take(const push& what) override {
    to_->add(what);
    return flow::waiting;
  }
  void ended(const goodbye& why) override { to_->add(feed::ended{why}); }

private:
  std::shared_ptr<feed> to_;
};

std::unique_ptr<sink> feed::make_sink() {
  return std::make_unique<entry>(shared_from_this());
}

void feed::add(happening what) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(what));
  }
  changed_.notify_one();
}

void feed::stop() {
  {
    const std::lock_guard lock{mutex_};
    is_stopped_ = true;
  }
  changed_.notify_one();
}

bool feed::is_stopped() {
  const std::lock_guard lock{mutex_};
  return is_stopped_;
}

std::optional<feed::happening> feed::next(clock::time_point until) {
  std::unique_lock lock{mutex_};
  const auto is_there = [this] { return is_stopped_ || !waiting_.empty(); };
  // An endless wait must not be passed to the library, which would add to the time point and
  // overflow.
  if (until == clock::time_point::max())
    changed_.wait(lock, is_there);
  else if (!changed_.wait_until(lock, until, is_there))
    return std::nullopt;
  if (is_stopped_)
    return told_to_stop{};
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  return first;
}

void feed::done() {
  std::shared_ptr<connection_endpoint> at;
  {
    const std::lock_guard lock{mutex_};
    at = at_.lock();
  }
  if (at)
    at->confirm();
}

} // namespace restante::cli
