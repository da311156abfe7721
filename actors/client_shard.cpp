#include "restante/actors/client_shard.hpp"

#include "restante/actors/client.hpp"

namespace restante::actors {

client_actor client_kind::spawn(shard<client_kind>& by, child_seed seed) {
  return by.home_system().spawn<client>(std::move(seed));
}

namespace {

using client_behavior = client_kind::self::base::behavior_type;

template <class... ByTrace, class... ToClient>
client_behavior behavior_of(client_shard& by, type_list<ByTrace...>, type_list<ToClient...>) {
  const auto forward = [](auto& self, auto& m) { self.forward(m); };
  const auto by_trace = [](auto& self, auto& m) { self.forward_by_trace(m); };
  const auto by_itself = [](auto& self, auto& m) { self.on(m); };
  return {
      [&by](put_batch& m) { by.once_restored(m, [](auto& self, auto& puts) { self.part(puts); }); },
      [&by, by_trace](ByTrace& m) { by.once_restored(m, by_trace); }...,
      [&by, forward](ToClient& m) { by.once_restored(m, forward); }...,
      [&by, by_trace](cancel_await& m) { by.once_restored(m, by_trace); },
      [&by, by_itself](purge_expired& m) { by.once_restored(m, by_itself); },
      [&by, by_itself](get_ids& m) { by.once_restored(m, by_itself); },
      [&by](notification_step& m) { by.forward(m); },
      [&by, forward](client_connected& m) {
        m.epoch = by.next_epoch();
        by.once_restored(m, forward);
      },
      [&by, forward](connection_resumed& m) { by.once_restored(m, forward); },
      [&by, forward](connection_detached& m) { by.once_restored(m, forward); },
      [&by, forward](client_disconnected& m) { by.once_restored(m, forward); },
      [&by](const trim_records& m) { by.on(m); },
      [&by](const child_idle& m) { by.on(m); },
      [&by](const child_records& m) { by.on(m); },
      [&by](const child_deadline& m) { by.on(m); },
      [&by](const child_crashed& m) { by.on(m); },
      [&by](kept_view& m) { by.on(m); },
      [&by](const stop_shard& m) { by.on(m); },
      [&by](const shard_due& m) { by.on(m); },
  };
}

} // namespace

client_behavior client_kind::behavior(shard<client_kind>& by) {
  return behavior_of(by, operations_to<reach::trace>{}, operations_to<reach::client>{});
}

} // namespace restante::actors
