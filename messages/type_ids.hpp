#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/journal.hpp"
#include "restante/messages/listing.hpp"
#include "restante/messages/node.hpp"
#include "restante/messages/notification.hpp"
#include "restante/messages/type_id_range.hpp"
#include "restante/messages/upkeep.hpp"

#include <caf/type_id.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace restante::type_ids {

/// How many numbers are examined: more than Restante has types. The examination finds an overlap
/// with a block that was declared before this one.
inline constexpr std::size_t examined = 200;

template <caf::type_id_t Id, class = void>
inline constexpr bool is_free = true;
template <caf::type_id_t Id>
inline constexpr bool is_free<Id, std::void_t<decltype(sizeof(caf::type_by_id<Id>))>> = false;

template <std::size_t... I>
constexpr bool are_free(std::index_sequence<I...>) {
  return (is_free<static_cast<caf::type_id_t>(type_ids_begin + I)> && ...);
}

static_assert(are_free(std::make_index_sequence<examined>{}),
              "A CAF_BEGIN_TYPE_ID_BLOCK of your program uses the type ids of Restante, 10000 to "
              "10999. Start your block at first_custom_type_id.");

} // namespace restante::type_ids

// The numbers of the message types. New types go to the end: a number that has been given out is
// never given to another type. If your compiler reports a redefinition of `type_by_id` here or in a
// block of yours, your block uses Restante's numbers (see type_id_range.hpp).
CAF_BEGIN_TYPE_ID_BLOCK(restante, restante::type_ids_begin)

CAF_ADD_TYPE_ID(restante, (restante::errc))
CAF_ADD_TYPE_ID(restante, (restante::instant))
CAF_ADD_TYPE_ID(restante, (restante::client_address))
CAF_ADD_TYPE_ID(restante, (restante::topic_address))
CAF_ADD_TYPE_ID(restante, (restante::trace_id))
CAF_ADD_TYPE_ID(restante, (restante::body))
CAF_ADD_TYPE_ID(restante, (restante::put_notification))
CAF_ADD_TYPE_ID(restante, (restante::put_batch))
CAF_ADD_TYPE_ID(restante, (restante::put_receipt))
CAF_ADD_TYPE_ID(restante, (restante::operation_failed))
CAF_ADD_TYPE_ID(restante, (restante::operation_done))
CAF_ADD_TYPE_ID(restante, (restante::notification_view))
CAF_ADD_TYPE_ID(restante, (restante::get_status))
CAF_ADD_TYPE_ID(restante, (restante::record_reply))
CAF_ADD_TYPE_ID(restante, (restante::await_reply))
CAF_ADD_TYPE_ID(restante, (restante::status_view))
CAF_ADD_TYPE_ID(restante, (restante::reply_view))
CAF_ADD_TYPE_ID(restante, (restante::drain_queue))
CAF_ADD_TYPE_ID(restante, (restante::drain_view))
CAF_ADD_TYPE_ID(restante, (restante::get_pending))
CAF_ADD_TYPE_ID(restante, (restante::pending_view))
CAF_ADD_TYPE_ID(restante, (restante::purge_expired))
CAF_ADD_TYPE_ID(restante, (restante::purge_receipt))
CAF_ADD_TYPE_ID(restante, (restante::offer_notifications))
CAF_ADD_TYPE_ID(restante, (restante::ack_notifications))
CAF_ADD_TYPE_ID(restante, (restante::ack_receipt))
CAF_ADD_TYPE_ID(restante, (restante::notification_step))
CAF_ADD_TYPE_ID(restante, (restante::set_entry))
CAF_ADD_TYPE_ID(restante, (restante::clear_entry))
CAF_ADD_TYPE_ID(restante, (restante::entry_receipt))
CAF_ADD_TYPE_ID(restante, (restante::entry_ended))
CAF_ADD_TYPE_ID(restante, (restante::list_entries))
CAF_ADD_TYPE_ID(restante, (restante::entries_view))
CAF_ADD_TYPE_ID(restante, (restante::subscribe_topic))
CAF_ADD_TYPE_ID(restante, (restante::unsubscribe_topic))
CAF_ADD_TYPE_ID(restante, (restante::publish_message))
CAF_ADD_TYPE_ID(restante, (restante::owner_gone))
CAF_ADD_TYPE_ID(restante, (restante::topic_failed))
CAF_ADD_TYPE_ID(restante, (restante::topic_events))
CAF_ADD_TYPE_ID(restante, (restante::client_connected))
CAF_ADD_TYPE_ID(restante, (restante::client_attached))
CAF_ADD_TYPE_ID(restante, (restante::resume_connection))
CAF_ADD_TYPE_ID(restante, (restante::connection_resumed))
CAF_ADD_TYPE_ID(restante, (restante::connection_detached))
CAF_ADD_TYPE_ID(restante, (restante::client_disconnected))
CAF_ADD_TYPE_ID(restante, (restante::taken_over))
CAF_ADD_TYPE_ID(restante, (restante::watch_client))
CAF_ADD_TYPE_ID(restante, (restante::unwatch_client))
CAF_ADD_TYPE_ID(restante, (restante::client_presence))
CAF_ADD_TYPE_ID(restante, (restante::child_idle))
CAF_ADD_TYPE_ID(restante, (restante::child_deadline))
CAF_ADD_TYPE_ID(restante, (restante::child_crashed))
CAF_ADD_TYPE_ID(restante, (restante::child_due))
CAF_ADD_TYPE_ID(restante, (restante::retire))
CAF_ADD_TYPE_ID(restante, (restante::shard_due))
CAF_ADD_TYPE_ID(restante, (restante::child_records))
CAF_ADD_TYPE_ID(restante, (restante::trim_records))
CAF_ADD_TYPE_ID(restante, (restante::stop_shard))
CAF_ADD_TYPE_ID(restante, (restante::put_many))
CAF_ADD_TYPE_ID(restante, (restante::put_many_receipt))
CAF_ADD_TYPE_ID(restante, (restante::inbox_ready))
CAF_ADD_TYPE_ID(restante, (restante::connection_due))
CAF_ADD_TYPE_ID(restante, (restante::connect_receipt))
CAF_ADD_TYPE_ID(restante, (restante::goodbye))
CAF_ADD_TYPE_ID(restante, (restante::push_taken))
CAF_ADD_TYPE_ID(restante, (restante::delivery))
CAF_ADD_TYPE_ID(restante, (restante::cancel_await))
CAF_ADD_TYPE_ID(restante, (restante::put_receipts))
CAF_ADD_TYPE_ID(restante, (restante::relay_to))
CAF_ADD_TYPE_ID(restante, (restante::relay_no_longer))
CAF_ADD_TYPE_ID(restante, (restante::failure))
CAF_ADD_TYPE_ID(restante, (restante::greet_node))
CAF_ADD_TYPE_ID(restante, (restante::node_greeting))
CAF_ADD_TYPE_ID(restante, (restante::attach_peer))
CAF_ADD_TYPE_ID(restante, (restante::attached_as))
CAF_ADD_TYPE_ID(restante, (restante::numbered_command))
CAF_ADD_TYPE_ID(restante, (restante::peer_requests))
CAF_ADD_TYPE_ID(restante, (restante::peer_outcome))
CAF_ADD_TYPE_ID(restante, (restante::peer_push))
CAF_ADD_TYPE_ID(restante, (restante::peer_update))
CAF_ADD_TYPE_ID(restante, (restante::peer_updates))
CAF_ADD_TYPE_ID(restante, (restante::output_ready))
CAF_ADD_TYPE_ID(restante, (restante::node_client_due))
CAF_ADD_TYPE_ID(restante, (restante::list_clients))
CAF_ADD_TYPE_ID(restante, (restante::list_topics))
CAF_ADD_TYPE_ID(restante, (restante::clients_view))
CAF_ADD_TYPE_ID(restante, (restante::topics_view))
CAF_ADD_TYPE_ID(restante, (restante::get_ids))
CAF_ADD_TYPE_ID(restante, (restante::ids_view))
CAF_ADD_TYPE_ID(restante, (restante::get_topic_usage))
CAF_ADD_TYPE_ID(restante, (restante::topic_usage_view))
CAF_ADD_TYPE_ID(restante, (restante::journal_changes))
CAF_ADD_TYPE_ID(restante, (restante::changes_committed))
CAF_ADD_TYPE_ID(restante, (restante::changes_failed))
CAF_ADD_TYPE_ID(restante, (restante::get_kept))
CAF_ADD_TYPE_ID(restante, (restante::hurry_slot))
CAF_ADD_TYPE_ID(restante, (restante::kept_view))
CAF_ADD_TYPE_ID(restante, (restante::restore_notifications))
CAF_ADD_TYPE_ID(restante, (restante::restore_done))
CAF_ADD_TYPE_ID(restante, (restante::stop_journal))
CAF_ADD_TYPE_ID(restante, (restante::commit_due))
CAF_ADD_TYPE_ID(restante, (restante::restore_due))
CAF_ADD_TYPE_ID(restante, (restante::upkeep_due))

CAF_END_TYPE_ID_BLOCK(restante)

static_assert(caf::id_block::restante::end - caf::id_block::restante::begin <=
              restante::type_ids::examined);
