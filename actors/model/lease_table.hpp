#pragma once

#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace restante::model {

/// The keys a connection owns, or has asked for, over all topics (spec E3).
///
/// The table runs ahead of the topics: a set reserves its key when it is sent. So each promise of a
/// lease has a number of its own, and a message about another promise for the key is ignored.
class lease_table {
public:
  explicit lease_table(std::size_t most) : most_{most} {}

  /// Reserves a key for a set, or renews the reservation. `until` is when the lease would end. At
  /// the cap, promises whose lease is over are dropped first; if there is still no room, returns
  /// nothing.
  std::optional<lease_number> reserve(const topic_address& at, const std::string& key,
                                      instant until, instant now);

  struct reservation {
    errc code = errc::none; ///< too_many_keys; overloaded, if only `untold` is in the way
    lease_number lease = 0;
  };

  /// Reserves like `reserve`, but a new key must also leave `untold` places free: this many keys
  /// were lost, and their owner does not know it yet.
  reservation reserve_beside(std::size_t untold, const topic_address& at, const std::string& key,
                             instant until, instant now);

  /// The topic accepted this promise.
  void accepted(const topic_address& at, const std::string& key, lease_number lease, instant until);

  /// The topic refused this promise. The promise that it accepted last, if any, counts again.
  void refused(const topic_address& at, const std::string& key, lease_number lease);

  /// The key was lost without a clear: it expired or was taken over, under this promise.
  void ended(const topic_address& at, const std::string& key, lease_number lease);

  /// The owner cleared the key.
  void cleared(const topic_address& at, const std::string& key);

  /// All keys on a topic are gone.
  void forget_topic(const topic_address& at) {
    held_.erase(at);
    recount();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  /// The topics on which a key is held.
  std::vector<topic_address> topics() const;

private:
  struct promise {
    lease_number first = 0;  ///< the first since the key was last cleared
    lease_number lease = 0;  ///< the latest one asked for
    lease_number agreed = 0; ///< the latest one accepted; 0: none yet
    instant until;           ///< of the latest
    instant agreed_until;
  };
  using keys = std::map<std::string, promise>;

  promise* find(const topic_address& at, const std::string& key);
  void erase(const topic_address& at, const std::string& key);
  void drop_lapsed(instant now);
  void recount();

  std::size_t most_;
  std::size_t size_ = 0;
  lease_number last_ = 0;
  std::map<topic_address, keys> held_;
};

} // namespace restante::model
