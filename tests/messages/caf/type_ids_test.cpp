// Every message can be sent between nodes, and its type id never changes.

#include "restante/messages/type_ids.hpp"
#include "restante/tests/messages/caf/filler.hpp"

#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace restante {
namespace {

template <class T>
void expect_way_between_nodes(caf::actor_system& system) {
  const auto sent = testing::filled<T>();
  testing::expect_round_trip(system, sent);
  if constexpr (!std::is_empty_v<T>) {
    EXPECT_FALSE(sent == T{}) << typeid(T).name();
  }
}

constexpr auto first_id = caf::id_block::restante::begin;
constexpr auto end_id = caf::id_block::restante::end;

TEST(TypeIds, W9_every_message_survives_the_way_between_nodes) {
  caf::actor_system_config config;
  dialect::add_message_types(config);
  caf::actor_system system{config};
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (expect_way_between_nodes<typename caf::type_by_id<first_id + I>::type>(system), ...);
  }
  (std::make_index_sequence<end_id - first_id>{});
}

TEST(TypeIds, W9_numbers_are_for_ever) {
  // Add new names at the end of this list. A moved line breaks the communication between nodes of
  // different builds.
  const std::vector<std::string_view> golden{
      "restante::errc",
      "restante::instant",
      "restante::client_address",
      "restante::topic_address",
      "restante::trace_id",
      "restante::body",
      "restante::put_notification",
      "restante::put_batch",
      "restante::put_receipt",
      "restante::operation_failed",
      "restante::operation_done",
      "restante::notification_view",
      "restante::get_status",
      "restante::record_reply",
      "restante::await_reply",
      "restante::status_view",
      "restante::reply_view",
      "restante::drain_queue",
      "restante::drain_view",
      "restante::get_pending",
      "restante::pending_view",
      "restante::purge_expired",
      "restante::purge_receipt",
      "restante::offer_notifications",
      "restante::ack_notifications",
      "restante::ack_receipt",
      "restante::notification_step",
      "restante::set_entry",
      "restante::clear_entry",
      "restante::entry_receipt",
      "restante::entry_ended",
      "restante::list_entries",
      "restante::entries_view",
      "restante::subscribe_topic",
      "restante::unsubscribe_topic",
      "restante::publish_message",
      "restante::owner_gone",
      "restante::topic_failed",
      "restante::topic_events",
      "restante::client_connected",
      "restante::client_attached",
      "restante::resume_connection",
      "restante::connection_resumed",
      "restante::connection_detached",
      "restante::client_disconnected",
      "restante::taken_over",
      "restante::watch_client",
      "restante::unwatch_client",
      "restante::client_presence",
      "restante::child_idle",
      "restante::child_deadline",
      "restante::child_crashed",
      "restante::child_due",
      "restante::retire",
      "restante::shard_due",
      "restante::child_records",
      "restante::trim_records",
      "restante::stop_shard",
      "restante::put_many",
      "restante::put_many_receipt",
      "restante::inbox_ready",
      "restante::connection_due",
      "restante::connect_receipt",
      "restante::goodbye",
      "restante::push_taken",
      "restante::delivery",
      "restante::cancel_await",
      "restante::put_receipts",
      "restante::relay_to",
      "restante::relay_no_longer",
      "restante::failure",
      "restante::greet_node",
      "restante::node_greeting",
      "restante::attach_peer",
      "restante::attached_as",
      "restante::numbered_command",
      "restante::peer_requests",
      "restante::peer_outcome",
      "restante::peer_push",
      "restante::peer_update",
      "restante::peer_updates",
      "restante::output_ready",
      "restante::node_client_due",
      "restante::list_clients",
      "restante::list_topics",
      "restante::clients_view",
      "restante::topics_view",
      "restante::get_ids",
      "restante::ids_view",
      "restante::get_topic_usage",
      "restante::topic_usage_view",
      "restante::journal_changes",
      "restante::changes_committed",
      "restante::changes_failed",
      "restante::get_kept",
      "restante::hurry_slot",
      "restante::kept_view",
      "restante::restore_notifications",
      "restante::restore_done",
      "restante::stop_journal",
      "restante::commit_due",
      "restante::restore_due",
      "restante::upkeep_due",
  };
  std::vector<std::string_view> present;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (present.push_back(caf::type_name_by_id<first_id + I>::value), ...);
  }
  (std::make_index_sequence<end_id - first_id>{});
  EXPECT_EQ(first_id, 10'000);
  EXPECT_EQ(first_id, type_ids_begin);
  EXPECT_EQ(present, golden);
}

} // namespace
} // namespace restante
