#pragma once

#include "restante/messages/ids.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace restante::model {

/// What a shard knows of its children: where they are, how much it has sent them, and
/// when they want to be woken. `Handle` is how it reaches one.
///
/// Retiring is a count: a child that holds nothing says how many messages it has handled,
/// and may go when that is how many were forwarded. Nothing else leads to it, so there is
/// nothing on the way.
template <class Handle>
class roster {
public:
  struct child {
    std::uint64_t number = 0;
    std::string ns;
    std::string id;
    Handle handle;
    std::uint64_t forwarded = 0;
    instant deadline = instant::never();
    std::uint32_t gathered = 0; ///< its place in a batch being parted, from 1; 0: none
    bool is_woken = false;      ///< was told that it is due and has not answered yet
  };

  child* find(route_number route, std::string_view ns, std::string_view id) {
    for (auto [at, end] = children_.equal_range(route); at != end; ++at) {
      if (at->second.id == id && at->second.ns == ns)
        return &at->second;
    }
    return nullptr;
  }

  child* find(route_number route, std::uint64_t number) {
    const auto at = place_of(route, number);
    return at != children_.end() ? &at->second : nullptr;
  }

  /// The child on this route whose number is the lowest above `number`: to ask those that
  /// share a route in turn, whoever comes and goes meanwhile (spec N3).
  child* next(route_number route, std::uint64_t number) {
    child* best = nullptr;
    for (auto [at, end] = children_.equal_range(route); at != end; ++at) {
      auto& here = at->second;
      if (here.number > number && (best == nullptr || here.number < best->number))
        best = &here;
    }
    return best;
  }

  std::uint64_t next_number() { return ++last_number_; }

  child& add(route_number route, child made) {
    return children_.emplace(route, std::move(made))->second;
  }

  /// Takes a child away and answers its handle, so that it can be told.
  Handle remove(route_number route, std::uint64_t number) {
    const auto at = place_of(route, number);
    if (at == children_.end())
      return {};
    forget_deadline(route, at->second);
    Handle handle = std::move(at->second.handle);
    children_.erase(at);
    // Many that have gone leave nothing behind, not even the table they were found by.
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

  /// Takes up to `most` children off whose deadline has come; the caller wakes them.
  std::vector<child*> take_due(instant now, std::size_t most) {
    std::vector<child*> due;
    while (due.size() < most && !deadlines_.empty() && deadlines_.begin()->first <= now) {
      const auto [route, number] = deadlines_.begin()->second;
      auto* which = find(route, number);
      set_deadline(route, *which, instant::never());
      due.push_back(which);
    }
    return due;
  }

  instant deadline() const {
    return deadlines_.empty() ? instant::never() : deadlines_.begin()->first;
  }

  template <class Visit>
  void for_each(Visit visit) {
    for (auto& [route, which] : children_)
      visit(which);
  }

  std::size_t size() const { return children_.size(); }
  void clear() {
    children_.clear();
    deadlines_.clear();
  }

private:
  using all = std::unordered_multimap<route_number, child>;

  typename all::iterator place_of(route_number route, std::uint64_t number) {
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
  all children_;
  std::set<std::pair<instant, std::pair<route_number, std::uint64_t>>> deadlines_;
};

} // namespace restante::model
