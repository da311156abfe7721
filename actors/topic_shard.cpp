#include "restante/actors/topic_shard.hpp"

#include "restante/actors/topic.hpp"

namespace restante::actors {

topic_actor topic_kind::spawn(shard<topic_kind>& by, child_seed seed) {
  return by.home_system().spawn<topic>(std::move(seed));
}

topic_kind::self::base::behavior_type topic_kind::behavior(shard<topic_kind>& by) {
  return {
      [&by](set_entry& m) { by.forward(m); },         [&by](clear_entry& m) { by.forward(m); },
      [&by](list_entries& m) { by.forward(m); },      [&by](subscribe_topic& m) { by.forward(m); },
      [&by](unsubscribe_topic& m) { by.forward(m); }, [&by](publish_message& m) { by.forward(m); },
      [&by](owner_gone& m) { by.forward(m); },        [&by](const child_idle& m) { by.on(m); },
      [&by](const child_deadline& m) { by.on(m); },   [&by](const child_crashed& m) { by.on(m); },
      [&by](const stop_shard& m) { by.on(m); },       [&by](const shard_due& m) { by.on(m); },
      [&by](get_topic_usage& m) { by.forward(m); },   [&by](const get_ids& m) { by.on(m); },
  };
}

} // namespace restante::actors
