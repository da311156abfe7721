#pragma once

#include <mutex>
#include <utility>

namespace restante::model {

/// Tells the one reader of a queue that any thread fills. The first item put in is announced.
/// Further items are not announced until the reader has looked, so many items cost one message.
///
/// The mutex of the queue guards this too. Every call is made with it held; `announce` and
/// `insist` let it go before they tell. `Reader` is a handle that may be null: an actor's, a
/// pointer. `Tell` is called with it.
template <class Reader, class Tell>
class announcement {
public:
  explicit announcement(Tell tell = {}) : tell_{std::move(tell)} {}

  /// Null: nobody reads.
  const Reader& reader() const { return reader_; }

  /// Sets another reader, to which nothing has been announced; null: nobody reads any more. Returns
  /// the previous reader, so the caller can release it without the mutex.
  Reader belong_to(Reader reader) {
    is_announced_ = false;
    return std::exchange(reader_, std::move(reader));
  }

  /// Called when something was put in. Tells the reader, if there is one and it has not been told
  /// yet.
  void announce(std::unique_lock<std::mutex> lock) {
    if (!reader_ || std::exchange(is_announced_, true))
      return;
    insist(std::move(lock));
  }

  /// Tells the reader, if there is one, even if it has been told already.
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
