#include "restante/actors/topic_shard.hpp"

#include "restante/actors/topic.hpp"

namespace restante::actors {

topic_actor topic_kind::spawn(shard<topic_kind>& by, child_seed seed) {
  return by.home_system().spawn<topic>(std::move(seed));
}

namespace {

using topic_behavior = topic_kind::self::base::behavior_type;

template <class... Commands>
topic_behavior behavior_of(topic_shard& by, type_list<Commands...>) {
  return {
      [&by](Commands& m) { by.forward(m); }...,    [&by](owner_gone& m) { by.forward(m); },
      [&by](const child_idle& m) { by.on(m); },    [&by](const child_deadline& m) { by.on(m); },
      [&by](const child_crashed& m) { by.on(m); }, [&by](const stop_shard& m) { by.on(m); },
      [&by](const shard_due& m) { by.on(m); },     [&by](get_topic_usage& m) { by.forward(m); },
      [&by](const get_ids& m) { by.on(m); },
  };
}

} // namespace

topic_behavior topic_kind::behavior(shard<topic_kind>& by) {
  return behavior_of(by, operations_to<reach::topic>{});
}

} // namespace restante::actors
