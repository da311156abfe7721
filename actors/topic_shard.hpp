#pragma once

#include "restante/actors/shard.hpp"

#include <string_view>

namespace restante::actors {

/// The properties that are specific to a shard of topics.
struct topic_kind {
  static constexpr std::string_view name = "topic";
  static constexpr bool is_kept = false; ///< no journal keeps topics
  static constexpr bool stamps_children = true;

  using self = topic_shard_actor::extend_with<shard_alarms>;
  using child = topic_actor;

  struct address {
    const std::string& ns;
    const std::string& id;
  };

  /// The messages that create a topic. All other messages need a topic that exists, or are answered
  /// in its place.
  template <class Message>
  static constexpr bool creates =
      std::is_same_v<Message, set_entry> || std::is_same_v<Message, subscribe_topic>;

  template <class Message>
  static address address_of(const Message& m) {
    return {m.at.ns, m.at.topic};
  }

  /// The answer in place of a topic that does not exist: an empty result, or success without
  /// effect.
  template <class Command>
  requires(is_operation<Command> &&
           !creates<Command>) static answer_to<Command> absent(const Command& m) {
    answer_to<Command> nothing;
    nothing.op = m.op;
    return nothing;
  }
  static entries_view absent(const list_entries& m) {
    return {m.op, view_reason::list, m.at.topic, {}, 0, 0};
  }
  static topic_usage_view absent(const get_topic_usage& m) { return {m.op, 0, 0}; }

  /// Declared after the overloads of `absent`, because it must find them.
  template <class Message>
  static constexpr bool answers_absent = requires(const Message& m) {
    absent(m);
  };

  static std::atomic<std::uint64_t>& counter(model::account& memory) { return memory.topics; }
  static std::uint64_t most(const limits& bounds) { return bounds.topics_per_namespace; }

  static topic_actor spawn(shard<topic_kind>& by, child_seed seed);
  static self::base::behavior_type behavior(shard<topic_kind>& by);
};

using topic_shard = shard<topic_kind>;

} // namespace restante::actors
