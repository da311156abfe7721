#include "restante/actors/model/push_feed.hpp"

#include "restante/messages/assert.hpp"

#include <algorithm>

namespace restante::model {

verdict push_feed::tell_events(const event_batch& batch, std::uint64_t bytes) {
  if (!topics_.continues(batch))
    return verdict::drop;
  // A sink with nothing unconfirmed gets the push even if other sinks have used up the room: no
  // batch is larger than a few frames.
  if (!window_.empty() && !window_.has_room(bytes)) {
    topics_.lag(batch.at.topic);
    return verdict::keep;
  }
  topics_.pass(batch);
  return verdict::hand_out;
}

verdict push_feed::tell_presence(const std::string& client, std::uint64_t bytes) {
  if (!clients_.contains(client))
    return verdict::drop;
  if (window_.has_room(bytes))
    return verdict::hand_out;
  clients_.miss(client);
  return verdict::keep;
}

verdict push_feed::tell_loss(const entry_ended& what, sink_state sink, std::uint64_t bytes) {
  RESTANTE_ASSERT(what.how == entry_end::taken_over); // the owner learns only of takeovers
  if (sink == sink_state::present && window_.has_room(bytes))
    return verdict::hand_out;
  losses_.add(what);
  return verdict::keep;
}

verdict push_feed::tell_snapshot(const entries_view& view, std::uint64_t bytes) {
  if (!topics_.contains(view.topic))
    return verdict::drop;
  if (window_.has_room(bytes)) {
    topics_.begin(view.topic, view.epoch, view.seq);
    return verdict::hand_out;
  }
  topics_.lag(view.topic); // many changes came at once: a snapshot follows when there is room
  return window_.empty() ? verdict::postpone : verdict::keep;
}

bool push_feed::topic_failed(const std::string& topic) {
  if (!topics_.contains(topic))
    return false;
  topics_.lag(topic);
  return true;
}

resync push_feed::next() const {
  if (!has_left_out() || !window_.is_half_free())
    return resync::idle;
  return window_.empty() || window_.has_common_room() ? resync::now : resync::later;
}

left_out push_feed::take_left_out() {
  left_out all{topics_.resync(), clients_.take_missed(), losses_.take()};
  RESTANTE_ASSERT(!has_left_out());
  return all;
}

void push_feed::postpone(instant now) {
  resync_at_ = std::min(resync_at_, now + pause);
}

bool push_feed::is_over(instant now) {
  if (now < resync_at_)
    return false;
  resync_at_ = instant::never();
  return true;
}

void push_feed::lose_sink() {
  window_.clear();
  clients_.forget_missed();
  resync_at_ = instant::never();
}

} // namespace restante::model
