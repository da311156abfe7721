#pragma once

#include "restante/actors/model/account.hpp"
#include "restante/actors/model/id_index.hpp"
#include "restante/actors/model/record_ages.hpp"
#include "restante/messages/assert.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/upkeep.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace restante::model {

/// A shard's knowledge of its children: their routes, how many messages it has sent them, their
/// deadlines, and the ages of their records. `Handle` is the type of a child's handle.
///
/// A child retires by count: it says how many messages it has handled, and may end when that equals
/// the number forwarded. Messages reach a child only through its shard, so no message can be on its
/// way at that moment.
template <class Handle>
class child_table {
public:
  /// The state that the children of one namespace share. Exists while the namespace has a child
  /// here.
  struct namespace_group {
    explicit namespace_group(std::uint64_t number) : records{number} {}

    std::string ns;
    std::shared_ptr<account> memory;
    std::uint64_t children = 0;
    record_ages::of_namespace records;
    instant told_oldest = instant::never(); ///< the age that the account knows for this slot
    std::uint32_t trims = 0;                ///< children that are being asked for memory
  };

  struct child : listed_id {
    std::uint64_t number = 0;
    namespace_group* in = nullptr;
    Handle handle;
    std::uint64_t forwarded = 0;
    instant deadline = instant::never();
    instant oldest_record = instant::never(); ///< it may be later, never earlier
    std::uint32_t gathered = 0; ///< its place in a batch that is divided, from 1; 0: none
    bool is_woken = false;      ///< was told that it is due and has not answered yet
    bool is_trimmed = false;    ///< was asked for memory and has not answered yet
    memory_scope trimmed_for = memory_scope::whole;
  };

  child* find(route_number route, std::string_view ns, std::string_view id) {
    for (auto [at, end] = children_.equal_range(route); at != end; ++at) {
      if (at->second.id == id && at->second.in->ns == ns)
        return &at->second;
    }
    return nullptr;
  }

  child* find(route_number route, std::uint64_t number) {
    const auto at = position_of(route, number);
    return at != children_.end() ? &at->second : nullptr;
  }

  /// The child on this route with the lowest number above `number`. Children that share a route are
  /// asked in turn, even if children come or go in between (spec N3).
  child* next(route_number route, std::uint64_t number) {
    child* best = nullptr;
    for (auto [at, end] = children_.equal_range(route); at != end; ++at) {
      auto& here = at->second;
      if (here.number > number && (best == nullptr || here.number < best->number))
        best = &here;
    }
    return best;
  }

  namespace_group* find_group(std::string_view ns) {
    const auto found = groups_.find(ns);
    return found != groups_.end() ? &found->second : nullptr;
  }

  std::uint64_t next_number() { return ++last_number_; }

  /// `memory` is the account of its namespace.
  child& add(route_number route, std::shared_ptr<account> memory, child made) {
    auto found = groups_.find(memory->ns());
    if (found == groups_.end()) {
      found = groups_.try_emplace(memory->ns(), ++last_group_).first;
      found->second.ns = memory->ns();
      found->second.memory = std::move(memory);
    }
    made.in = &found->second;
    made.ns = &found->second.ns;
    ++made.in->children;
    auto& added = children_.emplace(route, std::move(made))->second;
    ids_.add(added);
    RESTANTE_ASSERT(ids_.size() == children_.size() && groups_.size() <= children_.size());
    return added;
  }

  /// Removes a child and returns its handle, so the caller can tell the child.
  Handle remove(route_number route, std::uint64_t number) {
    const auto at = position_of(route, number);
    if (at == children_.end())
      return {};
    auto& which = at->second;
    forget_deadline(route, which);
    set_oldest_record(route, which, instant::never());
    ids_.remove(which);
    Handle handle = std::move(which.handle);
    auto* in = which.in;
    children_.erase(at);
    RESTANTE_ASSERT(in->children > 0);
    if (--in->children == 0) {
      RESTANTE_ASSERT(in->records.empty() && in->trims == 0);
      groups_.erase(groups_.find(in->ns));
    }
    RESTANTE_ASSERT(ids_.size() == children_.size() && groups_.size() <= children_.size());
    // After many children have gone, the memory of the table they were in is released too.
    if (children_.bucket_count() > 1024 && children_.size() < children_.bucket_count() / 8)
      children_.rehash(2 * children_.size());
    return handle;
  }

  void set_deadline(route_number route, child& which, instant at) {
    forget_deadline(route, which);
    which.deadline = at;
    if (at != instant::never())
      deadlines_.emplace(at, std::pair{route, which.number});
  }

  /// Takes up to `most` children whose deadline has come; the caller wakes them.
  std::vector<child*> take_due(instant now, std::size_t most) {
    std::vector<child*> due;
    while (due.size() < most && !deadlines_.empty() && deadlines_.begin()->first <= now) {
      const auto [route, number] = deadlines_.begin()->second;
      auto* which = find(route, number);
      RESTANTE_ASSERT(which != nullptr);
      set_deadline(route, *which, instant::never());
      due.push_back(which);
    }
    return due;
  }

  instant deadline() const {
    return deadlines_.empty() ? instant::never() : deadlines_.begin()->first;
  }

  /// Notes that the oldest record of a child is from `at` or later. `never`: it has no record.
  void set_oldest_record(route_number route, child& which, instant at) {
    ages_.move(which.in->records, {route, which.number}, which.oldest_record, at);
    which.oldest_record = at;
  }

  /// The child with the oldest record in a namespace, or in all namespaces if `in` is null. Null if
  /// no record is from before `older_than`.
  std::pair<route_number, child*> with_oldest_record(const namespace_group* in,
                                                     instant older_than) {
    const auto first = ages_.first(in != nullptr ? &in->records : nullptr, older_than);
    if (!first)
      return {};
    return {first->first, find(first->first, first->second)};
  }

  instant oldest_record() const { return ages_.oldest(); }

  const id_index& ids() const { return ids_; }

  template <class Visit>
  void for_each(Visit visit) {
    for (auto& [route, which] : children_)
      visit(which);
  }

  std::size_t size() const { return children_.size(); }
  void clear() {
    ids_.clear();
    ages_.clear();
    children_.clear();
    deadlines_.clear();
    groups_.clear();
  }

private:
  using all = std::unordered_multimap<route_number, child>;

  typename all::iterator position_of(route_number route, std::uint64_t number) {
    for (auto [at, end] = children_.equal_range(route); at != end; ++at) {
      if (at->second.number == number)
        return at;
    }
    return children_.end();
  }

  void forget_deadline(route_number route, const child& which) {
    if (which.deadline != instant::never()) {
      deadlines_.erase({which.deadline, {route, which.number}});
    }
  }

  std::uint64_t last_number_ = 0;
  std::uint64_t last_group_ = 0;
  std::map<std::string, namespace_group, std::less<>> groups_;
  all children_;
  id_index ids_;
  record_ages ages_;
  std::set<std::pair<instant, std::pair<route_number, std::uint64_t>>> deadlines_;
};

} // namespace restante::model
