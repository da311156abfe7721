#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace restante::gateway {

/// A value that is replaced as a whole while other threads read it. `->` keeps the value alive
/// until the end of the expression.
template <class T>
class reloadable {
public:
  explicit reloadable(T first) : current_{std::make_shared<const T>(std::move(first))} {}

  std::shared_ptr<const T> operator->() const {
    const std::lock_guard lock{mutex_};
    return current_;
  }

  void replace(T next) {
    auto made = std::make_shared<const T>(std::move(next));
    const std::lock_guard lock{mutex_};
    current_.swap(made);
  }

private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
};

} // namespace restante::gateway
