#pragma once

#include "restante/actors/protocol/credit.hpp"
#include "restante/actors/protocol/entrance.hpp"
#include "restante/actors/protocol/node_interfaces.hpp"
#include "restante/actors/protocol/sink.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace restante::nodes {

/// What is on its way from a connection actor to a peer, in order. Filled by the connection,
/// emptied by the porter; a push that waits here counts as its connection's output.
class peer_box {
public:
  struct item {
    peer_word word;
    std::size_t bytes = 0;
    bool is_confirmed_later = false;
  };

  /// Where to confirm pushes. Set before anything else happens.
  std::weak_ptr<entrance> confirm_at;

  // --- from any thread ---

  /// Knocks go there; null: nobody is there any more, and nothing is kept.
  void belong_to(porter_actor who);

  void answer(operation_number op, answer_value&& value);

  /// Acknowledgements that were refused for now.
  void refused(const std::vector<trace_id>& acks);
  flow take(const push& what);
  void attached(const connect_receipt& receipt);
  void end(const goodbye& why);
  void speak_as(const caf::strong_actor_ptr& connection);

  // --- for the porter ---

  struct taken {
    std::vector<item> items;
    std::vector<trace_id> refused;
    caf::strong_actor_ptr connection; ///< set when it is news
  };
  taken take_all();

  /// The peer is done with so many bytes: with what waits here and what it has not been done
  /// with they tell whether it keeps up.
  void done(std::size_t bytes);

private:
  void add(item what);
  void announce(std::unique_lock<std::mutex> lock);

  std::mutex mutex_;
  std::vector<item> items_;
  std::vector<trace_id> refused_;
  caf::strong_actor_ptr connection_;
  porter_actor reader_;
  std::size_t bytes_ = 0; ///< here, and sent and not done with
  bool is_announced_ = false;
};

/// A connection's output into a box.
std::unique_ptr<sink> make_peer_sink(std::shared_ptr<peer_box> box);

} // namespace restante::nodes
