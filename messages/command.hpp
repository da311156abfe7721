#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/listing.hpp"
#include "restante/messages/notification.hpp"

#include <variant>

namespace restante {

/// What can be asked of a connection. Their order is part of what nodes say to each other:
/// new ones go to the end.
using command =
    std::variant<put_notification, put_many, get_status, record_reply, await_reply, drain_queue,
                 get_pending, purge_expired, ack_notifications, set_entry, clear_entry,
                 list_entries, subscribe_topic, unsubscribe_topic, publish_message, watch_client,
                 unwatch_client, list_clients, list_topics>;

/// What comes of it. In the order of nodes, as above.
using answer_value =
    std::variant<failure, operation_done, put_receipt, put_many_receipt, status_view, reply_view,
                 drain_view, pending_view, purge_receipt, ack_receipt, entry_receipt, entries_view,
                 clients_view, topics_view>;

/// What a connection hands out unasked. Cheap to copy: payloads and batches are shared. In
/// the order of nodes, as above.
using push = std::variant<delivery, topic_events, entries_view, entry_ended, client_presence,
                          notification_step>;

} // namespace restante
