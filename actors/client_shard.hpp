#pragma once

#include "restante/actors/shard.hpp"

#include <string_view>

namespace restante::actors {

/// The properties that are specific to a shard of clients.
struct client_kind {
  static constexpr std::string_view name = "client";
  static constexpr bool is_kept = true; ///< a journal keeps clients, if there is one
  static constexpr bool stamps_children = false;

  using self = client_shard_actor::extend_with<shard_alarms>;
  using child = client_actor;

  struct address {
    const std::string& ns;
    const std::string& id;
  };

  /// The messages that create a client. All other messages need a client that exists, or are
  /// answered in its place.
  template <class Message>
  static constexpr bool creates =
      std::is_same_v<Message, client_connected> || std::is_same_v<Message, watch_client>;

  static address address_of(const put_notification& m) { return {m.to.ns, m.to.client}; }
  static address address_of(const notification_step& m) { return {m.sender.ns, m.sender.client}; }
  template <class Message>
  static address address_of(const Message& m) {
    return {m.client.ns, m.client.client};
  }

  /// The answer in place of a client that does not exist: an empty result, or success without
  /// effect.
  template <class Command>
  requires(is_operation<Command> &&
           !creates<Command>) static answer_to<Command> absent(const Command& m) {
    answer_to<Command> nothing;
    nothing.op = m.op;
    return nothing;
  }
  static ack_receipt absent(const ack_notifications& m) { return {m.op, ack_result::late}; }

  /// Declared after the overloads of `absent`, because it must find them.
  template <class Message>
  static constexpr bool answers_absent = requires(const Message& m) {
    absent(m);
  };

  static std::atomic<std::uint64_t>& counter(model::account& memory) { return memory.clients; }
  static std::uint64_t most(const limits& bounds) { return bounds.clients_per_namespace; }

  static client_actor spawn(shard<client_kind>& by, child_seed seed);
  static self::base::behavior_type behavior(shard<client_kind>& by);
};

using client_shard = shard<client_kind>;

} // namespace restante::actors
