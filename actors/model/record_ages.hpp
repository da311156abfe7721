#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace restante::model {

/// Which clients of one shard hold delivered records, by the age of the oldest record of each (spec
/// N18): for each namespace, and for all of them. So memory can be freed where there is something
/// to free, without a message to other clients.
///
/// It knows a lower bound for each client, because the oldest record may have expired since. A
/// client with delivered records takes about 90 bytes here, which the fixed cost of a record
/// covers; other clients take none.
class record_ages {
public:
  using child_key = std::pair<route_number, std::uint64_t>; ///< of a client in its shard

  /// The clients of one namespace. It must be empty when it is destroyed.
  class of_namespace {
  public:
    /// `number` orders namespaces of one age. Unlike an address, it is the same in each run.
    explicit of_namespace(std::uint64_t number) : number_{number} {}

    bool empty() const { return clients_.empty(); }
    instant oldest() const { return empty() ? instant::never() : clients_.begin()->first; }

  private:
    friend class record_ages;
    std::uint64_t number_;
    std::set<std::pair<instant, child_key>> clients_;
  };

  /// Moves a client from one age to another; `never` stands for no records.
  void move(of_namespace& group, const child_key& who, instant from, instant to);

  bool empty() const { return groups_.empty(); }
  instant oldest() const {
    return empty() ? instant::never() : std::get<instant>(*groups_.begin());
  }

  /// The client with the oldest record of a namespace, or of all namespaces if `group` is null.
  /// Nothing if that record is not from before `older_than`.
  std::optional<child_key> first(const of_namespace* group, instant older_than) const;

  void clear() { groups_.clear(); }

private:
  std::set<std::tuple<instant, std::uint64_t, const of_namespace*>> groups_;
};

/// Records from before this instant may be forgotten in one step, if the oldest known record is
/// from `oldest`: a sixteenth of its age later. So "oldest first" is exact to a sixteenth of the
/// age, over all shards.
instant trimmed_with(instant oldest, instant now);

} // namespace restante::model
