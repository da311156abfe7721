#include "restante/actors/model/subscriptions.hpp"

#include "restante/messages/assert.hpp"

#include <utility>

namespace restante::model {

added subscriptions::ask(const std::string& topic) {
  if (all_.contains(topic))
    return added::known;
  if (all_.size() >= most_)
    return added::full;
  all_.try_emplace(topic);
  return added::fresh;
}

void subscriptions::refused(const std::string& topic) {
  const auto found = all_.find(topic);
  if (found != all_.end() && found->second.state == stream_state::asked)
    erase(found);
}

void subscriptions::begin(const std::string& topic, epoch_number epoch, std::uint64_t seq) {
  if (const auto found = all_.find(topic); found != all_.end())
    set(found->second, {stream_state::live, epoch, seq});
}

std::vector<std::string> subscriptions::leave_forbidden(const rights& allowed) {
  std::vector<std::string> left;
  for (auto at = all_.begin(); at != all_.end();) {
    const auto here = at++;
    if (allowed.may_read(here->first))
      continue;
    left.push_back(here->first);
    erase(here);
  }
  return left;
}

bool subscriptions::continues(const event_batch& batch) const {
  if (batch.events.empty())
    return false;
  const auto found = all_.find(batch.at.topic);
  if (found == all_.end() || found->second.state != stream_state::live)
    return false;
  const auto& known = found->second;
  return batch.epoch == known.epoch && batch.events.back().seq > known.seq;
}

void subscriptions::pass(const event_batch& batch) {
  const auto found = all_.find(batch.at.topic);
  RESTANTE_ASSERT(found != all_.end() && found->second.state == stream_state::live);
  RESTANTE_ASSERT(batch.events.back().seq > found->second.seq);
  found->second.seq = batch.events.back().seq;
}

void subscriptions::lag(const std::string& topic) {
  if (const auto found = all_.find(topic); found != all_.end())
    set(found->second, {stream_state::lagging, found->second.epoch, found->second.seq});
}

void subscriptions::lag_all() {
  for (auto& [topic, which] : all_)
    which.state = stream_state::lagging;
  lagging_ = all_.size();
}

std::vector<std::string> subscriptions::resync() {
  std::vector<std::string> topics;
  if (lagging_ == 0)
    return topics;
  for (auto& [topic, which] : all_) {
    if (which.state != stream_state::lagging)
      continue;
    set(which, {stream_state::resyncing, which.epoch, which.seq});
    topics.push_back(topic);
  }
  RESTANTE_ASSERT(lagging_ == 0);
  return topics;
}

bool subscriptions::resync_failed(const std::string& topic) {
  const auto found = all_.find(topic);
  if (found == all_.end() || found->second.state != stream_state::resyncing)
    return false;
  set(found->second, {stream_state::lagging, found->second.epoch, found->second.seq});
  return true;
}

void subscriptions::set(subscription& which, subscription to) {
  if (which.state == stream_state::lagging)
    --lagging_;
  if (to.state == stream_state::lagging)
    ++lagging_;
  which = to;
  RESTANTE_ASSERT(lagging_ <= all_.size());
}

void subscriptions::erase(position which) {
  if (which == all_.end())
    return;
  if (which->second.state == stream_state::lagging)
    --lagging_;
  all_.erase(which);
  RESTANTE_ASSERT(lagging_ <= all_.size());
}

} // namespace restante::model
