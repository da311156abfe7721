#pragma once

#include "restante/actors/model/output.hpp"
#include "restante/actors/model/output_budget.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace restante::model {

/// The object that counts the bytes that a sink has not confirmed towards the output of all
/// connections.
enum class output_counter : std::uint8_t {
  connection,
  sink, ///< a transport that counts its own queue
};

/// The pushes that the sink of one connection was given and has not confirmed, and whether there
/// is room for more: in the connection's own bound, and in the budget of all connections.
class send_window {
public:
  /// `most` is `limits::output_bytes`. The budget must outlive this.
  send_window(output_budget& budget, std::uint64_t most) : budget_{budget}, most_{most} {}

  /// Called with each new sink, while nothing is unconfirmed.
  void count_by(output_counter who);

  /// Whether a push of `bytes` that can be left out may be given now. The sink must not have too
  /// much already, and beyond a small amount there must be room in the budget that all connections
  /// share.
  bool has_room(std::uint64_t bytes) const;

  /// Whether the sink has confirmed enough to get pushes that were left out before.
  bool is_half_free() const { return given_.bytes() <= most_ / 2; }

  /// Whether the budget has room for the small amount that needs no permission. False while other
  /// connections wait.
  bool has_common_room() const { return budget_.has_room(output_free_bytes); }

  /// Deliveries cannot be left out. The client's window bounds them, unless offered notifications
  /// expire: then more deliveries go to a client that takes none, and its connection must end.
  bool is_flooded() const;

  /// The sink has put a push into a queue of its own.
  void add(unconfirmed::item what);

  /// The sink is done with its oldest push. Nothing when there is none.
  std::optional<unconfirmed::item> confirm();

  /// The sink is gone.
  void clear();

  bool empty() const { return given_.empty(); }
  std::uint64_t bytes() const { return given_.bytes(); }

private:
  output_budget& budget_;
  std::uint64_t most_;
  unconfirmed given_;
  output_counter counter_ = output_counter::connection;
};

} // namespace restante::model
