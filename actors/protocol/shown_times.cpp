#include "restante/actors/protocol/shown_times.hpp"

namespace restante {

namespace {

/// Zero is "not yet", and the end of time stays where it is.
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

  // These have no times.
  void operator()(failure&) const {}
  void operator()(operation_done&) const {}
  void operator()(pending_view&) const {}
  void operator()(purge_receipt&) const {}
  void operator()(ack_receipt&) const {}
  void operator()(entries_view&) const {}
  void operator()(clients_view&) const {}
  void operator()(topics_view&) const {}
  void operator()(topic_events&) const {}
  void operator()(entry_ended&) const {}
  void operator()(client_presence&) const {}
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
