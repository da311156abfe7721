#pragma once

#include "restante/messages/assert.hpp"
#include "restante/messages/ids.hpp"
#include "restante/messages/instant.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace restante::model {

/// The pending operations of a connection, found by their numbers. An operation of several parts
/// (spec N17) is one entry; its number contains the part.
///
/// `Held` is the data that the connection gets back with the outcome. Entries are reused, and each
/// use has a number of its own, so an outcome that comes twice or too late finds nothing.
template <class Held>
class operations {
public:
  static constexpr unsigned part_bits = 10;

  /// Begins an operation with `parts` parts. Returns the number of part 0.
  operation_number begin(Held held, std::uint32_t parts, instant deadline) {
    RESTANTE_ASSERT(parts > 0);
    if (free_.empty()) {
      RESTANTE_ASSERT(pending_.size() < std::size_t{1} << index_bits);
      free_.push_back(static_cast<std::uint32_t>(pending_.size()));
      pending_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    auto& at = pending_[index];
    RESTANTE_ASSERT(!at.held);
    at.held.emplace(std::move(held));
    at.left = parts;
    at.deadline = deadline;
    at.use = ++uses_;
    ++under_way_;
    RESTANTE_ASSERT(under_way_ + free_.size() == pending_.size());
    return number(index, at.use);
  }

  static std::uint32_t part_of(operation_number op) {
    return static_cast<std::uint32_t>(op & ((1U << part_bits) - 1));
  }

  Held* find(operation_number op) {
    auto* at = find_pending(op);
    return at != nullptr ? &*at->held : nullptr;
  }

  /// Ends one part, which was answered. Returns the held data if it was the last part.
  std::optional<Held> finish_part(operation_number op) {
    auto* at = find_pending(op);
    if (at == nullptr)
      return std::nullopt;
    RESTANTE_ASSERT(at->left > 0);
    if (--at->left > 0)
      return std::nullopt;
    return end(index_of(op));
  }

  /// Ends an operation, even if parts are missing.
  std::optional<Held> finish(operation_number op) {
    return find_pending(op) != nullptr ? std::optional<Held>{end(index_of(op))} : std::nullopt;
  }

  /// Ends all operations whose deadline has come.
  std::vector<Held> take_due(instant now) {
    return take([now](const pending& at) { return now >= at.deadline; });
  }

  std::vector<Held> take_all() {
    return take([](const pending&) { return true; });
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (std::uint32_t index = 0; index < pending_.size(); ++index) {
      const auto& at = pending_[index];
      if (at.held)
        visit(number(index, at.use), *at.held);
    }
  }

  /// The earliest deadline; `never` if no operation is under way.
  instant deadline() const {
    auto first = instant::never();
    for (const auto& at : pending_) {
      if (at.held)
        first = std::min(first, at.deadline);
    }
    return first;
  }

  std::size_t size() const { return under_way_; }

private:
  static constexpr unsigned index_bits = 22;
  static constexpr std::size_t kept_pending = 64;

  struct pending {
    std::optional<Held> held;
    std::uint32_t left = 0;
    std::uint32_t use = 0;
    instant deadline;
  };

  static operation_number number(std::uint32_t index, std::uint32_t use) {
    return (operation_number{use} << index_bits | index) << part_bits;
  }

  static std::uint32_t index_of(operation_number op) {
    return static_cast<std::uint32_t>(op >> part_bits & ((1U << index_bits) - 1));
  }

  pending* find_pending(operation_number op) {
    const auto index = index_of(op);
    if (index >= pending_.size())
      return nullptr;
    auto& at = pending_[index];
    return at.held && number(index, at.use) == (op >> part_bits << part_bits) ? &at : nullptr;
  }

  Held end(std::uint32_t index) {
    auto& at = pending_[index];
    RESTANTE_ASSERT(at.held && under_way_ > 0);
    Held held = std::move(*at.held);
    at.held.reset();
    free_.push_back(index);
    if (--under_way_ == 0 && pending_.size() > kept_pending) {
      // Gives back the memory of a burst. The count of uses goes on, so no number comes twice.
      pending_ = std::vector<pending>{};
      free_ = std::vector<std::uint32_t>{};
    }
    return held;
  }

  template <class Wanted>
  std::vector<Held> take(Wanted wanted) {
    std::vector<Held> taken;
    for (std::uint32_t index = 0; index < pending_.size(); ++index) {
      if (pending_[index].held && wanted(pending_[index]))
        taken.push_back(end(index));
    }
    return taken;
  }

  std::vector<pending> pending_;
  std::vector<std::uint32_t> free_;
  std::uint32_t uses_ = 0;
  std::size_t under_way_ = 0;
};

} // namespace restante::model
