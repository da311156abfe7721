#pragma once

#include "restante/actors/protocol/caf.hpp"
#include "restante/messages/operations.hpp"
#include "restante/messages/type_ids.hpp"

// Every typed handle, with a line for each message. The struct of a message, in messages/, says
// what the message means, who sends it and what the answer is. Inside the broker no actor waits for
// a response: operations are numbered, and their outcomes are messages to the connection in whose
// name a shard forwards them.

namespace restante {

using dialect::typed;

template <class Message>
using accepts = caf::result<void>(Message);

template <class Query, class Answer>
using answers = caf::result<Answer>(Query);

/// The handle of an actor that accepts operations and other messages, and answers with messages.
template <class Operations, class... More>
struct told;
template <class... Commands, class... More>
struct told<type_list<Commands...>, More...> {
  using type = typed<accepts<Commands>..., More...>;
};

/// The handle of an actor that answers each operation as a request.
template <class Operations, class... More>
struct asked;
template <class... Commands, class... More>
struct asked<type_list<Commands...>, More...> {
  using type = typed<answers<Commands, answer_to<Commands>>..., More...>;
};

/// The operations that a client answers.
using client_operations = operations_to<reach::trace, reach::client>;

/// A client: one actor for each client id that has something to remember. Only the shard sends it
/// alarms and ends it. It answers each operation: an await when the reply comes, a watch with
/// client_presence after the answer, now and at each change.
using client_actor = told<          //
    client_operations,              // an answer each
    accepts<put_batch>,             // queues, answers put_receipts, offers
    accepts<cancel_await>,          // no answer any more
    accepts<notification_step>,     // for the client as a sender: passed to its connection
    accepts<client_connected>,      // client_attached, or resume_connection to the current
    accepts<connection_resumed>,    // client_attached, offers again
    accepts<connection_detached>,   // no more offers for now
    accepts<client_disconnected>,   // offered notifications go back to the head
    accepts<child_due>,             // expires, answers waiters
    accepts<trim_records>,          // forgets delivered records, child_records
    accepts<restore_notifications>, // restores the kept notifications
    accepts<restore_done>,          // is complete
    accepts<retire>>::type;         // ends

/// The messages of the journal to a client, which do not go through its shard.
using client_with_journal =
    client_actor::extend_with<typed<accepts<changes_committed>, // applies the changes, and
                                                                // answers
                                    accepts<changes_failed>>>;  // refuses the operations

/// The journal: the only actor that uses the store and may block.
using journal_actor = typed<  //
    accepts<journal_changes>, // changes_committed or changes_failed
    accepts<get_kept>,        // kept_view
    accepts<hurry_slot>,      // restores that slot first
    accepts<stop_journal>>;   // ends

/// A topic in use: its keys, its subscribers, its stream. It answers each operation: a set or a
/// clear also with an event to all subscribers, a subscribe with the stream after the answer.
using topic_actor = told<operations_to<reach::topic>, // an answer each
                         accepts<get_topic_usage>,    // topic_usage_view
                         accepts<owner_gone>,         // clears its keys, ends its subscription
                         accepts<child_due>,          // expires leases
                         accepts<retire>>::type;      // ends

/// The shard of the clients of one hash slot: finds or creates them, and keeps their deadlines.
/// Passes an operation to its client, or to the clients of the trace's route one after another, or
/// answers it for a client that does not exist.
using client_shard_actor = told<  //
    client_operations,            // to the client, or an empty answer
    accepts<put_batch>,           // to each client its part
    accepts<cancel_await>,        // to each client of the route in turn
    accepts<purge_expired>,       // purge_receipt
    accepts<get_ids>,             // ids_view
    accepts<notification_step>,   // to the client, or dropped
    accepts<client_connected>,    // stamped, to the client
    accepts<connection_resumed>,  // to the client
    accepts<connection_detached>, // to the client
    accepts<client_disconnected>, // to the client
    accepts<trim_records>,        // to those of its clients that have the oldest
    accepts<child_idle>,          // retires it, or not yet
    accepts<child_records>,       // keeps it, or goes on with a trim
    accepts<child_deadline>,      // keeps it
    accepts<child_crashed>,       // forgets it
    accepts<kept_view>,           // to each client its kept notifications
    accepts<stop_shard>>::type;   // ends it and its children

/// The shard of the topics of one hash slot. Passes an operation to its topic, or answers it for a
/// topic that does not exist.
using topic_shard_actor = told<operations_to<reach::topic>, // to the topic, or an empty answer
                               accepts<get_topic_usage>,    // to the topic, or an empty answer
                               accepts<get_ids>,            // ids_view
                               accepts<owner_gone>,         // to the topic, or dropped
                               accepts<child_idle>,         // retires it, or not yet
                               accepts<child_deadline>,     // keeps it
                               accepts<child_crashed>,      // forgets it
                               accepts<stop_shard>>::type;  // ends it and its children

/// A connection, as its owner uses it: each operation of messages/operations.hpp with its answer,
/// `answers<put_notification, put_receipt>` and so on, or an error of category `restante`.
/// Operation numbers and leases may be 0: the connection fills them in.
using connection_actor = asked<operations, accepts<inbox_ready>>::type; // looks in its inbox

/// The answers of clients and topics to a connection's operations.
using inside_answers = answers_to_all<operations_to<reach::topic, reach::client, reach::trace>>;

/// The messages to a connection from inside the broker: outcomes, offers, events.
using connection_inside = told<                                                //
    inside_answers,                                                            //
    accepts<put_receipts>, accepts<operation_failed>, accepts<purge_receipt>,  //
    accepts<entry_ended>, accepts<ids_view>, accepts<topic_usage_view>,        //
    accepts<client_attached>, accepts<resume_connection>, accepts<taken_over>, //
    accepts<connection_resumed>,                                               //
    accepts<offer_notifications>, accepts<notification_step>,                  //
    accepts<topic_events>, accepts<topic_failed>, accepts<client_presence>,    //
    accepts<push_taken>>::type;

/// An actor that takes a connection's output. It confirms each push once it is done with it
/// (`confirm`, actors/protocol/confirm.hpp): unconfirmed pushes count as queued output.
using sink_actor = typed<       //
    accepts<connect_receipt>,   // the connection is up; not confirmed
    accepts<delivery>,          //
    accepts<topic_events>,      //
    accepts<entries_view>,      // a fresh snapshot
    accepts<entry_ended>,       // a key that another client took over
    accepts<client_presence>,   //
    accepts<notification_step>, //
    accepts<goodbye>>;          // the connection has ended; not confirmed

} // namespace restante
