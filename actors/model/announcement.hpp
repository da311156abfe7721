#pragma once

#include <mutex>
#include <utility>

namespace restante::model {

/// Notifies the reader of a queue that any thread fills. The first item is announced. Further items
/// are not announced until the reader has looked, so many items cost one message.
///
/// The mutex of the queue guards this object too. The caller holds it in every call; `announce` and
/// `insist` release it before they notify the reader. `Reader` is a handle that may be null, such
/// as an actor's handle or a pointer. `Tell` is called with it.
template <class Reader, class Tell>
class announcement {
public:
  explicit announcement(Tell tell = {}) : tell_{std::move(tell)} {}

  /// The reader; null: there is none.
  const Reader& reader() const { return reader_; }

  /// Sets another reader, to which nothing has been announced; null: there is no reader any more.
  /// Returns the previous reader, so that the caller can release it without the mutex.
  Reader belong_to(Reader reader) {
    is_announced_ = false;
    return std::exchange(reader_, std::move(reader));
  }

  /// Called when an item was added. Notifies the reader, if there is one and it has not been
  /// notified yet.
  void announce(std::unique_lock<std::mutex> lock) {
    if (!reader_ || std::exchange(is_announced_, true))
      return;
    insist(std::move(lock));
  }

  /// Notifies the reader, if there is one, even if it has been notified already.
  void insist(std::unique_lock<std::mutex> lock) const {
    if (!reader_)
      return;
    const auto reader = reader_;
    lock.unlock();
    tell_(reader);
  }

  /// Called when the reader takes the items: the next item is announced again.
  void looked() { is_announced_ = false; }

private:
  [[no_unique_address]] Tell tell_;
  Reader reader_{};
  bool is_announced_ = false;
};

} // namespace restante::model
