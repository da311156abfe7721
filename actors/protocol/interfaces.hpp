#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/messages/operations.hpp"
#include "restante/messages/type_ids.hpp"

// The protocol page: every typed handle, a line per message. What a message means, who
// sends it and what comes back stands at its struct in messages/. Inside the broker nobody
// waits for a response: operations are numbered and their outcomes are messages, sent to
// the connection as whose words a shard forwards them.

namespace restante {

using dialect::typed;

template <class Message>
using accepts = caf::result<void>(Message);

template <class Query, class Answer>
using answers = caf::result<Answer>(Query);

/// A client, as its shard and its connections reach it: one per client id with something
/// to remember. Alarms and retirement come from the shard alone.
using client_actor = typed<         //
    accepts<put_batch>,             // queues, answers put_receipts, offers
    accepts<get_status>,            // status_view
    accepts<record_reply>,          // status_view; wakes those who wait
    accepts<await_reply>,           // reply_view, sooner or later
    accepts<cancel_await>,          // no answer any more
    accepts<drain_queue>,           // drain_view
    accepts<get_pending>,           // pending_view
    accepts<ack_notifications>,     // delivers, offers more
    accepts<notification_step>,     // for the client as a sender: passed to its connection
    accepts<client_connected>,      // client_attached, or resume_connection to the current
    accepts<connection_resumed>,    // client_attached, offers again
    accepts<connection_detached>,   // no more offers for now
    accepts<client_disconnected>,   // what is out goes back to the head
    accepts<watch_client>,          // client_presence, now and at each change
    accepts<unwatch_client>,        //
    accepts<child_due>,             // expires, answers waiters
    accepts<trim_records>,          // forgets delivered records, child_records
    accepts<restore_notifications>, // takes back what was kept
    accepts<restore_done>,          // is complete
    accepts<retire>>;               // ends

/// What a client hears of the journal, not through its shard.
using client_with_journal =
    client_actor::extend_with<typed<accepts<changes_committed>, // does what waited for it, and
                                                                // answers
                                    accepts<changes_failed>>>;  // refuses it

/// The journal: the only one that touches the store, and may block.
using journal_actor = typed<  //
    accepts<journal_changes>, // changes_committed or changes_failed
    accepts<get_kept>,        // kept_view
    accepts<hurry_slot>,      // that slot first
    accepts<stop_journal>>;   // ends

/// A topic in use: its keys, its subscribers, its stream.
using topic_actor = typed<      //
    accepts<set_entry>,         // entry_receipt; event to all subscribers
    accepts<clear_entry>,       // operation_done; event if there was something to clear
    accepts<list_entries>,      // entries_view
    accepts<subscribe_topic>,   // entries_view, then the stream
    accepts<unsubscribe_topic>, // operation_done
    accepts<publish_message>,   // operation_done; event
    accepts<get_topic_usage>,   // topic_usage_view
    accepts<owner_gone>,        // clears its keys, ends its subscription
    accepts<child_due>,         // expires leases
    accepts<retire>>;           // ends

/// The way to the clients of one hash slot: finds or creates them, keeps their deadlines.
using client_shard_actor = typed< //
    accepts<put_batch>,           // to each client its part
    accepts<get_status>,          // to each client of the route in turn
    accepts<record_reply>,        // likewise
    accepts<await_reply>,         // likewise
    accepts<cancel_await>,        // likewise
    accepts<drain_queue>,         // to the client, or an empty answer
    accepts<get_pending>,         // likewise
    accepts<purge_expired>,       // purge_receipt
    accepts<get_ids>,             // ids_view
    accepts<ack_notifications>,   // to the client, or late
    accepts<notification_step>,   // to the client, or dropped
    accepts<client_connected>,    // stamped, to the client
    accepts<connection_resumed>,  // to the client
    accepts<connection_detached>, // to the client
    accepts<client_disconnected>, // to the client
    accepts<watch_client>,        // to the client
    accepts<unwatch_client>,      // to the client, or done
    accepts<trim_records>,        // to those of its clients that have the oldest
    accepts<child_idle>,          // retires it, or not yet
    accepts<child_records>,       // keeps it, or goes on with a trim
    accepts<child_deadline>,      // keeps it
    accepts<child_crashed>,       // forgets it
    accepts<kept_view>,           // to each client what was kept of it
    accepts<stop_shard>>;         // ends it and its children

/// The way to the topics of one hash slot.
using topic_shard_actor = typed< //
    accepts<set_entry>,          // to the topic
    accepts<clear_entry>,        // to the topic, or done
    accepts<list_entries>,       // to the topic, or an empty answer
    accepts<subscribe_topic>,    // to the topic
    accepts<unsubscribe_topic>,  // to the topic, or done
    accepts<publish_message>,    // to the topic, or done
    accepts<get_topic_usage>,    // to the topic, or an empty answer
    accepts<get_ids>,            // ids_view
    accepts<owner_gone>,         // to the topic, or dropped
    accepts<child_idle>,         // retires it, or not yet
    accepts<child_deadline>,     // keeps it
    accepts<child_crashed>,      // forgets it
    accepts<stop_shard>>;        // ends it and its children

namespace rows {

template <class Operations, class... More>
struct asked_by_operations;
template <class... Commands, class... More>
struct asked_by_operations<type_list<Commands...>, More...> {
  using type = typed<answers<Commands, answer_to<Commands>>..., More...>;
};

} // namespace rows

/// A connection, as its owner speaks to it: each operation of messages/operations.hpp with its
/// answer, `answers<put_notification, put_receipt>` and so on, or an error of category
/// `restante`. Operation numbers and leases may be left 0, it fills them in.
using connection_actor =
    rows::asked_by_operations<operations, accepts<inbox_ready>>::type; // looks in its inbox

/// What a connection hears from inside the broker: outcomes, offers, events.
using connection_inside = typed<                                               //
    accepts<put_receipts>, accepts<operation_failed>, accepts<operation_done>, //
    accepts<status_view>, accepts<reply_view>, accepts<drain_view>,            //
    accepts<pending_view>, accepts<purge_receipt>, accepts<ack_receipt>,       //
    accepts<entry_receipt>, accepts<entry_ended>, accepts<entries_view>,       //
    accepts<ids_view>, accepts<topic_usage_view>,                              //
    accepts<client_attached>, accepts<resume_connection>, accepts<taken_over>, //
    accepts<connection_resumed>,                                               //
    accepts<offer_notifications>, accepts<notification_step>,                  //
    accepts<topic_events>, accepts<topic_failed>, accepts<client_presence>,    //
    accepts<push_taken>>;

/// An actor that takes a connection's output. It confirms each push once it is done with it
/// (`confirm`, actors/protocol/confirm.hpp): what it has not confirmed counts as queued output.
using sink_actor = typed<       //
    accepts<connect_receipt>,   // the connection is up; not confirmed
    accepts<delivery>,          //
    accepts<topic_events>,      //
    accepts<entries_view>,      // a fresh snapshot
    accepts<entry_ended>,       // a key taken over by somebody else
    accepts<client_presence>,   //
    accepts<notification_step>, //
    accepts<goodbye>>;          // the connection has ended; not confirmed

} // namespace restante
