#pragma once

#include "restante/actors/model/account.hpp"
#include "restante/actors/model/waiters.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/limits.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace restante::model {

/// A key that its owner lost: to a newer owner, or because it expired.
struct lost_entry {
  peer_number owner = 0;
  std::string key;
  lease_number lease = 0;
  entry_end how = entry_end::expired;
  std::string new_client;
};

/// The changes that a step of the entries made.
struct entries_effects {
  std::vector<topic_event> events; ///< numbered, in order
  std::vector<lost_entry> lost;
};

/// The ephemeral keys of one topic, their leases and the numbering of its stream. State and event
/// are one step (spec E10): each change makes its event at once.
class entries {
public:
  entries(const limits& bounds, account& memory) : bounds_{bounds}, memory_{memory} {}
  ~entries();
  entries(const entries&) = delete;
  entries& operator=(const entries&) = delete;

  /// Stores or renews a key for `owner` (spec E1, E2, E4). Answers the lease's end.
  /// Errors: topic_full, overloaded; nothing changes then.
  std::variant<instant, errc> set(const set_entry& asked, peer_number owner, instant now,
                                  entries_effects& effects);

  /// Removes the key if it is `owner`'s, else does nothing (spec E5).
  void clear(const std::string& key, peer_number owner, entries_effects& effects);

  /// Removes everything of `owner`, in key order (spec E6).
  void clear_all(peer_number owner, entries_effects& effects);

  /// Removes entries that ended before `now`, at most `most`. True when no more are due (spec E7).
  bool expire(instant now, std::size_t most, entries_effects& effects);

  /// Numbers an application message (spec E16).
  void publish(const publish_message& asked, entries_effects& effects);

  /// The live entries in byte order of their keys (spec E8): those with `now < expires_at`.
  std::vector<entry_view> list(instant now) const;

  /// The number of live entries.
  std::size_t live(instant now) const;

  /// The first instant at which there is something to expire.
  instant deadline() const;

  bool owns_any(peer_number owner) const { return by_owner_.contains(owner); }
  bool empty() const { return kept_.empty(); }
  std::uint64_t seq() const { return seq_; }

private:
  struct entry {
    peer_number owner = 0;
    std::string client;
    body payload;
    lease_number lease = 0;
    instant expires_at;
  };
  using kept_entries = std::map<std::string, entry, std::less<>>;

  /// The size of an entry inside a snapshot, as JSON (spec §8). The memory bound counts this size.
  static std::size_t encoded_bytes(std::string_view key, std::string_view client,
                                   std::size_t payload);
  static std::uint64_t cost(std::string_view key, const entry& kept);
  void remove(kept_entries::iterator which, clear_reason reason, entries_effects& effects);
  void disown(const std::string& key, peer_number owner);

  const limits& bounds_;
  account& memory_;
  kept_entries kept_;
  std::map<peer_number, std::set<std::string, std::less<>>> by_owner_;
  std::set<std::pair<instant, std::string>> leases_;
  std::size_t encoded_bytes_ = 0;
  std::uint64_t seq_ = 0;
};

} // namespace restante::model
