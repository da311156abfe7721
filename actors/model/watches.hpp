#pragma once

#include "restante/actors/model/rights.hpp"
#include "restante/actors/model/subscriptions.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace restante::model {

/// The clients whose presence one connection follows, and the clients of which it has missed a
/// change (spec C5).
class watches {
public:
  explicit watches(std::size_t most) : most_{most} {}

  /// The owner asks for a client.
  added ask(const std::string& client);

  /// The owner leaves, or was refused. The connection no longer asks for missed changes of this
  /// client: asking would watch the client again.
  void leave(const std::string& client);

  /// Leaves the clients that may not be watched any more, and returns them (spec W7).
  std::vector<std::string> leave_forbidden(const rights& allowed);

  /// A change of a client that is watched was left out.
  void miss(const std::string& client);

  /// The clients of which a change was missed, each to be asked for its presence now.
  std::vector<std::string> take_missed();

  /// Forgets missed changes: all clients are asked in any case once there is a sink again.
  void forget_missed() { missed_.clear(); }

  bool contains(const std::string& client) const { return all_.contains(client); }
  std::size_t size() const { return all_.size(); }
  std::size_t missed() const { return missed_.size(); }

  /// In byte order.
  const std::set<std::string>& all() const { return all_; }

private:
  std::size_t most_;
  std::set<std::string> all_;
  std::set<std::string> missed_; ///< of `all_`
};

} // namespace restante::model
