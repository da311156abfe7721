#pragma once

#include "restante/benchmarks/baseline/mutex_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

/// The baseline's second half: ephemeral values under one mutex, see
/// `mutex_store.hpp`.
namespace restante::benchmarks {

enum class clear_reason : std::uint8_t { explicit_clear, disconnect, expired };

/// An event that a topic's subscribers receive. The payload of a clear is empty.
struct stored_event {
  enum class kind : std::uint8_t { set, clear } what = kind::set;
  std::string_view space;
  std::string_view topic;
  std::string_view key;
  std::string_view client;
  shared_payload payload;
  clear_reason reason = clear_reason::explicit_clear;
};

enum class store_outcome : std::uint8_t {
  done,
  no_client,
  empty_id,
  payload_too_large,
  too_many_keys,
  publisher_failed, ///< the change was made nevertheless
};

/// Ephemeral values, which are cleared when their owner disconnects. Every call is safe from every
/// thread. The publisher is called after the lock is released, so the events of two threads may
/// arrive in another order than their changes were made.
class ephemeral_store {
public:
  /// Returns whether the publisher took the event. The event is a struct and not JSON: that is
  /// cheaper than what the reference does, in the baseline's favour.
  using publisher = std::function<bool(const stored_event&)>;

  static constexpr std::size_t keys_per_client_max = 256;
  static constexpr std::size_t payload_bytes_max = 16 * 1024;
  static constexpr std::chrono::minutes ttl_max{30};
  static constexpr std::chrono::seconds ttl_default{60};

  struct listed {
    std::string key;
    std::string client;
    shared_payload payload;
    std::chrono::milliseconds expires_in{};
  };

  explicit ephemeral_store(publisher publish = {}, clock_source now = &store_clock::now);

  /// Stores the value for `client`. If another client owned the key, `client` becomes its owner.
  store_outcome set(std::string_view space, std::string_view client, std::string_view topic,
                    std::string_view key, shared_payload payload, std::chrono::milliseconds ttl);

  /// Clearing a missing or foreign key succeeds and publishes nothing.
  store_outcome clear(std::string_view space, std::string_view client, std::string_view topic,
                      std::string_view key);

  /// The live entries of one topic, sorted by key.
  std::vector<listed> list(std::string_view space, std::string_view topic) const;

  /// Clears every key of `client`, in every namespace, because its connection was lost.
  void clear_client(std::string_view client);

  /// Clears expired values. A sweeper calls this function from time to time.
  void sweep();

  std::size_t size() const;

private:
  struct state_key {
    std::string space;
    std::string topic;
    std::string key;
  };
  struct state_view {
    std::string_view space;
    std::string_view topic;
    std::string_view key;
  };
  struct state_hash {
    using is_transparent = void;
    std::size_t operator()(const state_view& view) const;
    std::size_t operator()(const state_key& key) const;
  };
  struct state_equal {
    using is_transparent = void;
    bool operator()(const state_key& left, const state_view& right) const;
    bool operator()(const state_view& left, const state_key& right) const;
    bool operator()(const state_key& left, const state_key& right) const;
  };
  struct value {
    std::string client;
    shared_payload payload;
    store_time expires_at;
  };
  using value_map = std::unordered_map<state_key, value, state_hash, state_equal>;
  using owned_set = std::unordered_set<value_map::const_pointer>;

  bool publish_clear(const state_key& key, std::string_view client, clear_reason reason) const;
  void disown(std::string_view client, value_map::const_pointer entry);

  publisher publish_;
  clock_source now_;
  mutable std::mutex mutex_;
  value_map values_;
  // Points at nodes of `values_`. Their addresses never change.
  std::unordered_map<std::string, owned_set, view_hash, std::equal_to<>> owned_;
};

} // namespace restante::benchmarks
