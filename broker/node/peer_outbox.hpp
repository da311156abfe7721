#pragma once

#include "restante/actors/model/announcement.hpp"
#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/actors/protocol/credit.hpp"
#include "restante/actors/protocol/node_interfaces.hpp"
#include "restante/actors/protocol/sink.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace restante::nodes {

/// Output on its way from a connection actor to a peer, in order. The connection fills it, and the
/// node session empties it. A waiting push counts as its connection's output.
class peer_outbox {
public:
  struct item {
    peer_update update;
    std::size_t bytes = 0;
    bool is_confirmed_later = false;
  };

  /// Where to confirm pushes. Must be set before any other call.
  std::weak_ptr<connection_endpoint> confirm_at;

  // --- from any thread ---

  /// The receiver of `output_ready`. Null: there is no session any more, and nothing is kept.
  void belong_to(node_session_actor who);

  void answer(operation_number op, answer_value&& value);

  /// Reports acknowledgements that were refused temporarily.
  void refused(const std::vector<trace_id>& acks);
  flow take(const push& what);
  void attached(const connect_receipt& receipt);
  void end(const goodbye& why);
  void set_connection(const caf::strong_actor_ptr& connection);

  // --- for the node session ---

  struct taken {
    std::vector<item> items;
    std::vector<trace_id> refused;
    caf::strong_actor_ptr connection; ///< set only when it has changed
  };
  taken take_all();

  /// The peer has processed this many bytes. Bytes that wait here, and bytes that were sent and not
  /// processed, show whether the peer keeps up.
  void done(std::size_t bytes);

private:
  void add(item what);

  struct notify {
    void operator()(const node_session_actor& reader) const {
      dialect::tell_anonymously(reader, output_ready{});
    }
  };

  std::mutex mutex_;
  std::vector<item> items_;
  std::vector<trace_id> refused_;
  caf::strong_actor_ptr connection_;
  model::announcement<node_session_actor, notify> told_;
  std::size_t bytes_ = 0; ///< waiting here, or sent and not processed
};

/// A sink that puts a connection's output into a peer outbox.
std::unique_ptr<sink> make_peer_sink(std::shared_ptr<peer_outbox> outbox);

} // namespace restante::nodes
