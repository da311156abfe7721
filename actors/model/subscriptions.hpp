#pragma once

#include "restante/actors/model/output.hpp"
#include "restante/actors/model/rights.hpp"
#include "restante/messages/ephemeral.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace restante::model {

/// The result of a request to follow a topic or a client.
enum class added : std::uint8_t {
  fresh, ///< it is new, and a refusal removes it again
  known, ///< it was there before
  full,  ///< there are too many others
};

/// The topics that one connection follows, and how far each stream has come (spec E11, E14). Counts
/// the lagging subscriptions: events were left out, and a snapshot must follow.
class subscriptions {
public:
  explicit subscriptions(std::size_t most) : most_{most} {}

  /// The owner asks for a topic.
  added ask(const std::string& topic);

  /// The topic has refused. Removes the subscription if the topic has never answered.
  void refused(const std::string& topic);

  /// The topic has answered with its state at this place of its stream. Changes nothing if the
  /// owner has already left.
  void begin(const std::string& topic, epoch_number epoch, std::uint64_t seq);

  void leave(const std::string& topic) { erase(all_.find(topic)); }

  /// Leaves the topics that may not be read any more, and returns them (spec W7).
  std::vector<std::string> leave_forbidden(const rights& allowed);

  /// Whether a batch continues the stream: the topic is live, and no snapshot had the batch
  /// already.
  bool continues(const event_batch& batch) const;

  /// The batch is handed out.
  void pass(const event_batch& batch);

  /// Something was, or will be, left out of the stream. Changes nothing without a subscription.
  void lag(const std::string& topic);
  void lag_all();

  /// The topics that lag, each to be asked for a snapshot now.
  std::vector<std::string> resync();

  /// The snapshot will not come. Returns false if it is not needed any more; otherwise the topic
  /// lags again.
  bool resync_failed(const std::string& topic);

  bool contains(const std::string& topic) const { return all_.contains(topic); }
  std::size_t size() const { return all_.size(); }
  std::size_t lagging() const { return lagging_; }

  /// In byte order.
  const std::map<std::string, subscription>& all() const { return all_; }

private:
  using position = std::map<std::string, subscription>::iterator;

  void set(subscription& which, subscription to);
  void erase(position which);

  std::size_t most_;
  std::map<std::string, subscription> all_;
  std::size_t lagging_ = 0; ///< of `all_`
};

} // namespace restante::model
