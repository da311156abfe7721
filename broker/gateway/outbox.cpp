#include "restante/broker/gateway/outbox.hpp"

#include <algorithm>
#include <utility>

namespace restante::gateway {

namespace {

/// Limits the unused capacity of a text that grew by doubling.
void trim(std::string& text) {
  if (text.size() > model::output_free_bytes && text.capacity() > text.size() + text.size() / 8)
    text.shrink_to_fit();
}

} // namespace

outbox::~outbox() {
  give_back(charged_.load());
}

// No function calls `give_back` while it holds `mutex_`: the budget may then call code of other
// sessions.

void outbox::give_back(std::size_t bytes) {
  if (bytes == 0)
    return;
  charged_.fetch_sub(bytes, std::memory_order_relaxed);
  if (budget_)
    budget_->give_back(bytes);
}

void outbox::belong_to(std::shared_ptr<io_handler> reader) {
  taken dropped;
  std::unique_lock lock{mutex_};
  const auto before = told_.belong_to(std::move(reader));
  if (!told_.reader()) {
    std::swap(dropped, filled_);
    unwritten_.store(0);
    unflushed_.store(0);
    charged_in_stream_ = 0;
    const auto charged = charged_.load();
    lock.unlock();
    give_back(charged);
    return;
  }
  if (!filled_.items.empty() || filled_.end)
    told_.announce(std::move(lock));
}

void outbox::add(content what, std::size_t bytes, std::size_t charged, bool is_confirmed_later) {
  charged_.fetch_add(charged, std::memory_order_relaxed);
  unwritten_.fetch_add(bytes, std::memory_order_relaxed);
  filled_.items.push_back({std::move(what), is_confirmed_later, bytes, charged});
}

void outbox::answer(std::string frame, credit back) {
  trim(frame);
  std::unique_lock lock{mutex_};
  if (!told_.reader())
    return;
  filled_.back.operations += back.operations;
  filled_.back.bytes += back.bytes;
  if (const auto bytes = frame.size(); bytes > 0) {
    const auto charged = budget_ && !is_free(bytes) ? frame.capacity() : 0;
    if (charged > 0)
      budget_->take(charged);
    add(std::move(frame), bytes, charged, false);
  }
  told_.announce(std::move(lock));
}

bool outbox::try_answer(std::string frame, credit back, std::uint64_t most,
                        model::output_permit* permit) {
  trim(frame);
  const auto bytes = frame.capacity();
  bool is_charged = false;
  if (budget_ && !is_free(bytes)) {
    if (unsent() > most || !(permit != nullptr ? permit->take(bytes) : budget_->try_take(bytes)))
      return false;
    is_charged = true;
  }
  std::unique_lock lock{mutex_};
  if (!told_.reader()) { // no session waits for the answer any more
    lock.unlock();
    if (is_charged)
      budget_->give_back(bytes);
    return true;
  }
  filled_.back.operations += back.operations;
  filled_.back.bytes += back.bytes;
  if (const auto size = frame.size(); size > 0)
    add(std::move(frame), size, is_charged ? bytes : 0, false);
  told_.announce(std::move(lock));
  return true;
}

flow outbox::push(content what, std::size_t bytes, bool must_confirm) {
  std::unique_lock lock{mutex_};
  if (!told_.reader())
    return flow::waiting; // no session takes the push: it stays unconfirmed and is offered again
  const bool is_waiting = !is_free(bytes);
  const auto charged = is_waiting && budget_ ? bytes : 0;
  if (charged > 0)
    budget_->take(charged);
  add(std::move(what), bytes, charged, must_confirm || is_waiting);
  told_.announce(std::move(lock));
  return must_confirm || is_waiting ? flow::waiting : flow::taken;
}

void outbox::put_off(large_request what) {
  std::unique_lock lock{mutex_};
  if (!told_.reader())
    return;
  filled_.put_off.push_back(std::move(what));
  told_.announce(std::move(lock));
}

void outbox::large_done() {
  std::unique_lock lock{mutex_};
  filled_.is_large_done = true;
  told_.announce(std::move(lock));
}

void outbox::end(const goodbye& why) {
  std::unique_lock lock{mutex_};
  filled_.end = why;
  told_.announce(std::move(lock));
}

void outbox::written(item& what) {
  unwritten_.fetch_sub(what.bytes, std::memory_order_relaxed);
  charged_in_stream_ += std::exchange(what.charged, 0);
  // The stream has a copy. `emplace` frees the buffer, which assigning an empty string would keep.
  what.what.emplace<std::string>();
}

void outbox::in_stream(std::size_t unflushed, std::size_t occupied) {
  unflushed_.store(unflushed, std::memory_order_relaxed);
  const auto kept = std::min(charged_in_stream_, occupied);
  if (charged_in_stream_ > 0 && kept == 0)
    known_ = model::reader::proven;
  give_back(std::exchange(charged_in_stream_, kept) - kept);
}

bool outbox::keeps_others_waiting(steady_time now, std::uint64_t sent,
                                  std::chrono::milliseconds limit) {
  const bool is_old = behind_.is_old(now, unsent(), model::output_free_bytes, sent, limit);
  return is_old && budget_ && budget_->is_contended();
}

void outbox::take(taken& into) {
  into.items.clear();
  into.put_off.clear();
  const std::lock_guard lock{mutex_};
  told_.looked();
  into.items.swap(filled_.items);
  into.put_off.swap(filled_.put_off);
  into.is_large_done = std::exchange(filled_.is_large_done, false);
  into.back = std::exchange(filled_.back, {});
  into.end = filled_.end;
}

} // namespace restante::gateway
