#include "restante/broker/gateway/outbox.hpp"

#include <utility>

namespace restante::gateway {

namespace {

/// What a sink may take without counting it as queued: a busy socket always has some.
constexpr std::size_t easy_bytes = std::size_t{64} * 1024;

} // namespace

outbox::~outbox() {
  if (memory)
    memory->give_back(counted_.load());
}

void outbox::belong_to(std::shared_ptr<io_guest> reader) {
  std::unique_lock lock{mutex_};
  reader_.swap(reader);
  if (!reader_) {
    items_ = {};
    unwritten_.store(0);
    return;
  }
  if (!items_.empty() || end_)
    announce(std::move(lock));
}

void outbox::answer(std::string frame, credit back) {
  std::unique_lock lock{mutex_};
  if (!reader_)
    return;
  back_.operations += back.operations;
  back_.bytes += back.bytes;
  if (!frame.empty()) {
    const auto bytes = frame.size();
    const bool is_counted = memory && unwritten() > easy_bytes;
    if (is_counted) {
      counted_.fetch_add(bytes, std::memory_order_relaxed);
      memory->take(bytes);
    }
    unwritten_.fetch_add(bytes, std::memory_order_relaxed);
    items_.push_back({std::move(frame), false, is_counted, bytes});
  }
  announce(std::move(lock));
}

flow outbox::push(std::variant<std::string, topic_events> what, std::size_t bytes,
                  bool must_confirm) {
  std::unique_lock lock{mutex_};
  if (!reader_)
    return flow::waiting; // nobody will take it: what is not confirmed comes again
  const bool is_confirmed_later = must_confirm || unwritten() > easy_bytes;
  unwritten_.fetch_add(bytes, std::memory_order_relaxed);
  items_.push_back({std::move(what), is_confirmed_later, false, bytes});
  announce(std::move(lock));
  return is_confirmed_later ? flow::waiting : flow::taken;
}

void outbox::end(const goodbye& why) {
  std::unique_lock lock{mutex_};
  end_ = why;
  announce(std::move(lock));
}

void outbox::announce(std::unique_lock<std::mutex> lock) {
  if (!reader_ || std::exchange(is_announced_, true))
    return;
  auto reader = reader_;
  lock.unlock();
  home_->announce(std::move(reader));
}

void outbox::written(const item& what) {
  unwritten_.fetch_sub(what.bytes, std::memory_order_relaxed);
  if (what.is_counted) {
    counted_.fetch_sub(what.bytes, std::memory_order_relaxed);
    memory->give_back(what.bytes);
  }
}

void outbox::take(taken& into) {
  into.items.clear();
  const std::lock_guard lock{mutex_};
  is_announced_ = false;
  into.items.swap(items_);
  into.back = std::exchange(back_, {});
  into.end = end_;
}

} // namespace restante::gateway
