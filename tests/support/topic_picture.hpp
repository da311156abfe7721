#pragma once

#include "restante/broker/testing/world.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace restante::testing {

/// An event in a few words: `set k alice x`, `clear k alice disconnect`, `message alice x`.
inline std::string words_of(const topic_event& event) {
  switch (event.kind) {
  case event_kind::set:
    return "set " + event.key + " " + event.client + " " + std::string{event.payload.view()};
  case event_kind::clear:
    return "clear " + event.key + " " + event.client + " " + std::string{to_string(event.reason)};
  case event_kind::message:
    return "message " + event.client + " " + std::string{event.payload.view()};
  }
  return {};
}

inline std::vector<std::string> words_of(const std::vector<topic_event>& events) {
  std::vector<std::string> all;
  for (const auto& event : events)
    all.push_back(words_of(event));
  return all;
}

/// The entries of a topic: `k alice x`, in the order of the answer.
inline std::vector<std::string> words_of(const entries_view& view) {
  std::vector<std::string> all;
  for (const auto& entry : view.entries) {
    all.push_back(entry.key + " " + entry.client + " " + std::string{entry.payload.view()});
  }
  return all;
}

/// A topic as one subscriber sees it: built from a snapshot and the events after it, and strict
/// about gaps, repeats and epochs (spec E10, E11, E14).
class topic_picture {
public:
  void begin(const entries_view& view) {
    kept_.clear();
    for (const auto& entry : view.entries)
      kept_[entry.key] = entry.client + " " + std::string{entry.payload.view()};
    epoch_ = view.epoch;
    seq_ = view.seq;
  }

  void apply(epoch_number epoch, const topic_event& event) {
    if (epoch != epoch_ || event.seq != seq_ + 1)
      ++faults_;
    epoch_ = epoch;
    seq_ = event.seq;
    if (event.kind == event_kind::set)
      kept_[event.key] = event.client + " " + std::string{event.payload.view()};
    if (event.kind == event_kind::clear)
      kept_.erase(event.key);
  }

  /// Applies every push about `topic` that a connection received, in order.
  void apply(const std::vector<push>& pushes, const std::string& topic) {
    for (const auto& what : pushes) {
      if (const auto* view = std::get_if<entries_view>(&what); view && view->topic == topic)
        begin(*view);
      if (const auto* effects = std::get_if<topic_events>(&what);
          effects && effects->batch().at.topic == topic) {
        for (const auto& event : effects->batch().events)
          apply(effects->batch().epoch, event);
      }
    }
  }

  /// In the form of `words_of(entries_view)`.
  std::vector<std::string> words() const {
    std::vector<std::string> all;
    for (const auto& [key, rest] : kept_)
      all.push_back(key + " " + rest);
    return all;
  }

  /// The number of events that did not continue where the last event or the snapshot ended.
  int faults() const { return faults_; }
  std::uint64_t seq() const { return seq_; }

private:
  std::map<std::string, std::string> kept_;
  epoch_number epoch_ = 0;
  std::uint64_t seq_ = 0;
  int faults_ = 0;
};

} // namespace restante::testing
