#include "restante/actors/protocol/shown_times.hpp"

#include <boost/pfr/core.hpp>

#include <type_traits>

namespace restante {

namespace {

/// Moves an instant. Zero means "not yet" and stays zero; `never` stays too.
void move(instant& at, duration by) {
  if (at.ns != 0 && at != instant::never())
    at = at + by;
}

struct mover {
  duration by;

  void operator()(put_receipt& shown) const {
    move(shown.created_at, by);
    move(shown.expires_at, by);
  }
  void operator()(put_many_receipt& shown) const {
    for (auto& outcome : shown.outcomes)
      (*this)(outcome.receipt);
  }
  void operator()(notification_view& shown) const {
    for (auto* at : {&shown.created_at, &shown.due_at, &shown.expires_at, &shown.delivered_at,
                     &shown.replied_at})
      move(*at, by);
  }
  void operator()(status_view& shown) const { (*this)(shown.notification); }
  void operator()(drain_view& shown) const {
    for (auto& one : shown.notifications)
      (*this)(one);
  }
  void operator()(reply_view& shown) const { move(shown.replied_at, by); }
  void operator()(entry_receipt& shown) const { move(shown.expires_at, by); }
  void operator()(delivery& shown) const {
    move(shown.notification.created_at, by);
    move(shown.notification.expires_at, by);
  }
  void operator()(notification_step& shown) const { move(shown.at, by); }

  void operator()(topic_events&) const {} // events have no times

  /// The other pushes have no times either.
  template <class Shown>
  void operator()(Shown& shown) const {
    boost::pfr::for_each_field(shown, [](const auto& member) {
      static_assert(!std::is_same_v<std::remove_cvref_t<decltype(member)>, instant>,
                    "This has a time: write a line for it here.");
    });
  }
};

} // namespace

duration wall_ahead_of(const std::optional<clock_note>& last, instant time, instant wall) {
  const auto ahead = wall - time;
  const auto noted = last ? last->shift() : duration{0};
  const auto off = ahead - noted;
  constexpr auto step = smallest_clock_step;
  return off < step && -off < step ? noted : ahead;
}

void shift_times(answer_value& shown, duration by) {
  std::visit(mover{by}, shown);
}

void shift_times(push& shown, duration by) {
  std::visit(mover{by}, shown);
}

} // namespace restante
