#pragma once

#include "restante/actors/model/account.hpp"
#include "restante/actors/model/child_table.hpp"
#include "restante/messages/assert.hpp"
#include "restante/messages/upkeep.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace restante::model {

/// The trims of one slot: which of its children are asked to forget delivered records, and which
/// age of the oldest record the accounts know (spec N18, docs/decisions/0018). A null
/// `namespace_group` stands for the whole broker.
template <class Handle>
class trims {
public:
  using child = typename child_table<Handle>::child;
  using namespace_group = typename child_table<Handle>::namespace_group;

  /// Children that are asked for memory at once: enough to keep all threads busy.
  static constexpr std::size_t at_once = 32;

  trims(child_table<Handle>& children, account& whole, std::uint32_t slot)
      : children_{children}, whole_{whole}, slot_{slot} {}

  /// A child reports the age of its records by itself. Ignored while the child is being asked: its
  /// answer repeats the age, and it must not be asked twice.
  void note(route_number route, child& which, instant oldest) {
    if (which.is_trimmed)
      return;
    children_.set_oldest_record(route, which, oldest);
    tell_oldest(*which.in, exactness::earlier);
  }

  /// The few children with the oldest records; the caller asks each of them. Call `end_if_over`
  /// afterwards, because there may be none.
  std::vector<child*> ask(namespace_group* in, instant older_than) {
    std::vector<child*> all;
    while (all.size() < at_once) {
      const auto [route, which] = children_.with_oldest_record(in, older_than);
      if (which == nullptr)
        break;
      RESTANTE_ASSERT(!which->is_trimmed);
      children_.set_oldest_record(route, *which, instant::never());
      which->is_trimmed = true;
      which->trimmed_for = in == nullptr ? memory_scope::whole : memory_scope::one_namespace;
      ++asked(in);
      all.push_back(which);
    }
    return all;
  }

  /// A child has answered; or it ends, and then has no records. The trim does not wait for it any
  /// more. Returns the account whose trim is over in this slot; null while other children are
  /// asked, or if this child was not asked.
  account* answered(route_number route, child& which, instant oldest) {
    children_.set_oldest_record(route, which, oldest);
    tell_oldest(*which.in, exactness::earlier);
    if (!std::exchange(which.is_trimmed, false))
      return nullptr;
    auto* in = which.trimmed_for == memory_scope::whole ? nullptr : which.in;
    RESTANTE_ASSERT(asked(in) > 0);
    --asked(in);
    return end_if_over(in);
  }

  /// Tells the accounts exactly which records are left, because the next step may belong to another
  /// slot. Returns the account whose trim is over in this slot; null while a child is asked.
  account* end_if_over(namespace_group* in) {
    if (asked(in) > 0)
      return nullptr;
    if (in == nullptr) {
      tell(whole_, told_oldest_, children_.oldest_record(), exactness::exact);
      return &whole_;
    }
    tell_oldest(*in, exactness::exact);
    return in->memory.get();
  }

private:
  enum class exactness : std::uint8_t {
    earlier, ///< tell only an earlier age than the known one: the rest can wait for a trim
    exact
  };

  std::uint32_t& asked(namespace_group* in) { return in == nullptr ? asked_ : in->trims; }

  void tell_oldest(namespace_group& in, exactness how) {
    tell(*in.memory, in.told_oldest, in.records.oldest(), how);
    tell(whole_, told_oldest_, children_.oldest_record(), how);
  }

  void tell(account& of, instant& told, instant at, exactness how) {
    if (at == told || (how == exactness::earlier && at > told && at != instant::never()))
      return;
    of.move_oldest(slot_, told, at);
    told = at;
  }

  child_table<Handle>& children_;
  account& whole_;
  std::uint32_t slot_;
  instant told_oldest_ =
      instant::never();     ///< the age that the broker's account knows for this slot
  std::uint32_t asked_ = 0; ///< children that are asked for the whole broker
};

} // namespace restante::model
