#include "restante/actors/inbox.hpp"

#include "restante/actors/protocol/callback_scope.hpp"

#include <algorithm>
#include <utility>

namespace restante {

inbox::inbox(std::uint64_t number, std::unique_ptr<sink> out, bounds most, inbox_options setup)
    : number_{number}, out_{std::move(out)}, most_{most}, setup_{std::move(setup)} {
  rights_ = setup_.rights;
}

void inbox::submit(command what, completion done) {
  const auto bytes = size_of(what);
  const auto parts = parts_of(what);
  std::unique_lock lock{mutex_};
  auto refused = shut_;
  if (refused == errc::none && departed_.load() != departure::none) {
    refused = errc::stale_connection;
  }
  // An operation larger than the whole bound is taken when nothing else waits, as in `take_one`.
  const bool has_room = waiting_parts_ == 0 || waiting_parts_ + parts <= most_.operations;
  if (refused == errc::none && (!has_room || waiting_bytes_ + bytes > most_.bytes)) {
    refused = errc::overloaded;
  }
  if (refused != errc::none) {
    lock.unlock();
    done(failure{refused, {}});
    return;
  }
  waiting_.push_back({std::move(what), std::move(done), bytes, parts});
  waiting_bytes_ += bytes;
  waiting_parts_ += parts;
  has_waiting_.store(true, std::memory_order_release);
  told_.announce(std::move(lock));
}

// A departure and the first confirmation always notify: a connection whose credit is used up does
// not read its waiting operations, but must hear of these two.
void inbox::depart(departure how) {
  // A lost connection can no longer leave cleanly, but a stopping broker ends it, and one that
  // left.
  auto before = departed_.load();
  const auto is_change = [&] { return before == departure::none || how > departure::left; };
  while (before < how && is_change() && !departed_.compare_exchange_weak(before, how)) {
  }
  told_.insist(std::unique_lock{mutex_});
}

void inbox::confirm(std::size_t n) {
  if (n > 0 && confirmed_.fetch_add(n) == 0)
    told_.insist(std::unique_lock{mutex_});
}

void inbox::change_rights(std::shared_ptr<const model::rights> rights) {
  std::unique_lock lock{mutex_};
  rights_ = std::move(rights);
  has_new_rights_.store(true, std::memory_order_release);
  // The connection must end what the new rights forbid now, and not with the next operation.
  told_.insist(std::move(lock));
}

std::shared_ptr<const model::rights> inbox::take_rights() {
  has_new_rights_.store(false, std::memory_order_release);
  const std::lock_guard lock{mutex_};
  return rights_;
}

bool inbox::belong_to(connection_actor behind) {
  std::unique_lock lock{mutex_};
  if (shut_ != errc::none || is_closing_)
    return false;
  const auto before = told_.belong_to(std::move(behind));
  told_.announce(std::move(lock));
  return true;
}

std::vector<inbox::waiting_operation> inbox::take(std::size_t most, std::uint64_t bytes) {
  std::vector<waiting_operation> taken;
  const std::lock_guard lock{mutex_};
  told_.looked();
  std::size_t parts = 0;
  std::uint64_t size = 0;
  while (taken_ < waiting_.size()) {
    auto& next = waiting_[taken_];
    if (parts + next.parts > most || size + next.bytes > bytes)
      break;
    parts += next.parts;
    size += next.bytes;
    taken.push_back(take_next());
  }
  tidy_up();
  return taken;
}

std::optional<inbox::waiting_operation> inbox::take_one() {
  const std::lock_guard lock{mutex_};
  if (taken_ == waiting_.size())
    return std::nullopt;
  auto oldest = take_next();
  tidy_up();
  return oldest;
}

inbox::waiting_operation inbox::take_next() {
  auto& next = waiting_[taken_++];
  waiting_bytes_ -= next.bytes;
  waiting_parts_ -= next.parts;
  return std::move(next);
}

void inbox::tidy_up() {
  if (taken_ == waiting_.size()) {
    waiting_.clear();
    taken_ = 0;
    has_waiting_.store(false, std::memory_order_release);
  } else if (taken_ > waiting_.size() / 2) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
}

bool inbox::shut_by(const connection_actor& who, errc why, const std::function<void()>& threw) {
  {
    const std::lock_guard lock{mutex_};
    if (told_.reader() != who)
      return false;
    told_.belong_to(connection_actor{}); // from here on, no connection can take the inbox over
    if (shut_ == errc::none)
      is_closing_ = true;
  }
  shut(why, threw);
  return true;
}

void inbox::shut(errc why, const std::function<void()>& threw) {
  std::vector<waiting_operation> left;
  {
    const std::lock_guard lock{mutex_};
    if (shut_ != errc::none)
      return;
    shut_ = why;
    told_.belong_to(connection_actor{});
    left.assign(std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(taken_)),
                std::make_move_iterator(waiting_.end()));
    waiting_.clear();
    taken_ = 0;
    waiting_bytes_ = 0;
    waiting_parts_ = 0;
    has_waiting_.store(false, std::memory_order_release);
  }
  for (auto& one : left) {
    try {
      const callback_scope inside;
      one.done(failure{why, {}});
    } catch (...) { // the owner's code threw, and the inbox is shut already
      if (threw)
        threw();
    }
  }
}

std::shared_ptr<inbox> inbox_registry::open(std::unique_ptr<sink> out, inbox::bounds most,
                                            inbox_options setup) {
  const std::lock_guard lock{mutex_};
  const auto number = ++last_;
  auto made = std::make_shared<inbox>(number, std::move(out), most, std::move(setup));
  made->out().opened(made);
  open_.emplace(number, made);
  return made;
}

std::shared_ptr<inbox> inbox_registry::find(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  const auto found = open_.find(number);
  return found != open_.end() ? found->second.lock() : nullptr;
}

void inbox_registry::close(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  open_.erase(number);
}

std::vector<std::shared_ptr<inbox>> inbox_registry::all() {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<inbox>> found;
  for (const auto& [number, weak] : open_) {
    if (auto open = weak.lock())
      found.push_back(std::move(open));
  }
  return found;
}

std::size_t inbox_registry::size() {
  const std::lock_guard lock{mutex_};
  return open_.size();
}

} // namespace restante
