#include "restante/actors/client_shard.hpp"

#include "restante/actors/client.hpp"

namespace restante::actors {

client_actor client_kind::spawn(shard<client_kind>& by, child_seed seed) {
  return by.home_system().spawn<client>(std::move(seed));
}

client_kind::self::base::behavior_type client_kind::behavior(shard<client_kind>& by) {
  return {
      [&by](put_batch& m) { by.part(m, &put_batch::puts); },
      [&by](get_status& m) { by.forward_by_trace(m); },
      [&by](record_reply& m) { by.forward_by_trace(m); },
      [&by](await_reply& m) { by.forward_by_trace(m); },
      [&by](cancel_await& m) { by.forward_by_trace(m); },
      [&by](drain_queue& m) { by.forward(m); },
      [&by](get_pending& m) { by.forward(m); },
      [&by](const purge_expired& m) { by.on(m); },
      [&by](const get_ids& m) { by.on(m); },
      [&by](ack_notifications& m) { by.forward(m); },
      [&by](notification_step& m) { by.forward(m); },
      [&by](client_connected& m) {
        m.epoch = by.next_epoch();
        by.forward(m);
      },
      [&by](connection_resumed& m) { by.forward(m); },
      [&by](connection_detached& m) { by.forward(m); },
      [&by](client_disconnected& m) { by.forward(m); },
      [&by](watch_client& m) { by.forward(m); },
      [&by](unwatch_client& m) { by.forward(m); },
      [&by](const trim_records& m) { by.on(m); },
      [&by](const child_idle& m) { by.on(m); },
      [&by](const child_deadline& m) { by.on(m); },
      [&by](const child_crashed& m) { by.on(m); },
      [&by](const stop_shard& m) { by.on(m); },
      [&by](const shard_due& m) { by.on(m); },
      [&by](const shard_continue& m) { by.on(m); },
  };
}

} // namespace restante::actors
