#pragma once

#include "restante/messages/attachment.hpp"
#include "restante/messages/ephemeral.hpp"
#include "restante/messages/listing.hpp"
#include "restante/messages/notification.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

// One row for each operation, with the facts that several places need. The typed interface, the
// handlers, the table of ops, the decoding of requests and answers, and the checks follow from
// these rows. How to add a row: CONTRIBUTING.md, "How to add an operation".

namespace restante {

/// Which connections may ask for an operation. A connection checks this before anything else about
/// the operation.
enum class asker : std::uint8_t {
  anybody,    ///< clients, visitors, the server identity
  server,     ///< the server identity alone; others are `forbidden`
  receiver,   ///< every connection that takes pushes; over WebSocket, a connected client
  attachment, ///< a client's own connection; others are `stale_connection`
};

/// Why a connection of this kind may not ask; `none` if it may.
constexpr errc refusal_of(asker who, attachment_kind how) {
  if (who == asker::server && how != attachment_kind::serving)
    return errc::forbidden;
  if (who == asker::attachment && how != attachment_kind::attached)
    return errc::stale_connection;
  return errc::none;
}

/// Where a connection sends an operation.
enum class reach : std::uint8_t {
  topic,      ///< the topic `at`, through its shard
  client,     ///< the client `client`, through its shard
  trace,      ///< the clients that share the route of a trace, through their shard
  shards,     ///< every client shard
  connection, ///< the connection makes other messages of it
};

/// What a client may do if the answer was lost.
enum class repetition : std::uint8_t {
  harmless,      ///< ask again: the operation only reads, or twice has the effect of once
  by_message_id, ///< harmless if the put has a message id (spec N14)
  never,
};

/// How large an answer may be. The answer counts against the credit, and may have to wait for room.
enum class answer_size : std::uint8_t {
  small,
  notification, ///< one pack and one reply
  list,         ///< a page or a topic; the client can ask again if there was no room
  outcomes,     ///< grows with the targets of the request
  everything,   ///< unknown, and the client cannot ask again
};

/// The facts of one operation.
struct operation_facts {
  std::string_view name; ///< on the wire
  reach goes_to = reach::connection;
  asker may_ask = asker::anybody;
  repetition repeat = repetition::harmless;
  answer_size size = answer_size::small;
};

/// The row of an operation: its answer and its facts.
template <class Command>
struct operation_row;

template <>
struct operation_row<put_notification> {
  using answer = put_receipt;
  static constexpr operation_facts facts{.name = "notify.put", .repeat = repetition::by_message_id};
};

template <>
struct operation_row<put_many> {
  using answer = put_many_receipt;
  static constexpr operation_facts facts{.name = "notify.put_many",
                                         .repeat = repetition::by_message_id,
                                         .size = answer_size::outcomes};
};

template <>
struct operation_row<get_status> {
  using answer = status_view;
  static constexpr operation_facts facts{
      .name = "notify.status", .goes_to = reach::trace, .size = answer_size::notification};
};

template <>
struct operation_row<record_reply> {
  using answer = status_view;
  static constexpr operation_facts facts{
      .name = "notify.reply", .goes_to = reach::trace, .size = answer_size::notification};
};

template <>
struct operation_row<await_reply> {
  using answer = reply_view;
  static constexpr operation_facts facts{
      .name = "notify.await", .goes_to = reach::trace, .size = answer_size::notification};
};

template <>
struct operation_row<drain_queue> {
  using answer = drain_view;
  static constexpr operation_facts facts{.name = "notify.drain",
                                         .goes_to = reach::client,
                                         .may_ask = asker::server,
                                         .repeat =
                                             repetition::never, // the first drain took everything
                                         .size = answer_size::everything};
};

template <>
struct operation_row<get_pending> {
  using answer = pending_view;
  static constexpr operation_facts facts{.name = "notify.pending", .goes_to = reach::client};
};

template <>
struct operation_row<purge_expired> {
  using answer = purge_receipt;
  static constexpr operation_facts facts{.name = "notify.purge",
                                         .goes_to = reach::shards,
                                         .may_ask = asker::server,
                                         .repeat =
                                             repetition::never}; // the count starts at zero again
};

template <>
struct operation_row<ack_notifications> {
  using answer = ack_receipt;
  static constexpr operation_facts facts{
      .name = "notify.ack", .goes_to = reach::client, .may_ask = asker::attachment};
};

template <>
struct operation_row<set_entry> {
  using answer = entry_receipt;
  static constexpr operation_facts facts{
      .name = "ephemeral.set", .goes_to = reach::topic, .may_ask = asker::attachment};
};

template <>
struct operation_row<clear_entry> {
  using answer = operation_done;
  static constexpr operation_facts facts{
      .name = "ephemeral.clear", .goes_to = reach::topic, .may_ask = asker::attachment};
};

template <>
struct operation_row<list_entries> {
  using answer = entries_view;
  static constexpr operation_facts facts{
      .name = "ephemeral.list", .goes_to = reach::topic, .size = answer_size::list};
};

template <>
struct operation_row<subscribe_topic> { // the stream follows as pushes
  using answer = entries_view;
  static constexpr operation_facts facts{.name = "topic.subscribe",
                                         .goes_to = reach::topic,
                                         .may_ask = asker::receiver,
                                         .size = answer_size::list};
};

template <>
struct operation_row<unsubscribe_topic> {
  using answer = operation_done;
  static constexpr operation_facts facts{
      .name = "topic.unsubscribe", .goes_to = reach::topic, .may_ask = asker::receiver};
};

template <>
struct operation_row<publish_message> {
  using answer = operation_done;
  static constexpr operation_facts facts{.name = "topic.publish",
                                         .goes_to = reach::topic,
                                         .may_ask = asker::attachment,
                                         .repeat = repetition::never}; // at most once (spec E16)
};

template <>
struct operation_row<watch_client> { // the present state and changes follow as pushes
  using answer = operation_done;
  static constexpr operation_facts facts{
      .name = "client.watch", .goes_to = reach::client, .may_ask = asker::receiver};
};

template <>
struct operation_row<unwatch_client> {
  using answer = operation_done;
  static constexpr operation_facts facts{
      .name = "client.unwatch", .goes_to = reach::client, .may_ask = asker::receiver};
};

template <>
struct operation_row<list_clients> {
  using answer = clients_view;
  static constexpr operation_facts facts{
      .name = "client.list", .may_ask = asker::server, .size = answer_size::list};
};

template <>
struct operation_row<list_topics> {
  using answer = topics_view;
  static constexpr operation_facts facts{.name = "topic.list", .size = answer_size::list};
};

template <class... Types>
struct type_list {
  static constexpr std::size_t size = sizeof...(Types);
};

/// Every operation. Their order is part of the protocol between nodes: new operations go to the
/// end.
using operations =
    type_list<put_notification, put_many, get_status, record_reply, await_reply, drain_queue,
              get_pending, purge_expired, ack_notifications, set_entry, clear_entry, list_entries,
              subscribe_topic, unsubscribe_topic, publish_message, watch_client, unwatch_client,
              list_clients, list_topics>;

/// Whether a message is an operation.
template <class Message>
inline constexpr bool is_operation = requires {
  typename operation_row<Message>::answer;
};

template <class Command>
using answer_to = typename operation_row<Command>::answer;

template <class Command>
inline constexpr const operation_facts& facts_of = operation_row<Command>::facts;

namespace rows {

template <class Wanted, class... Commands>
constexpr std::size_t place_of(type_list<Commands...>) {
  constexpr std::array<bool, sizeof...(Commands)> is_it{std::is_same_v<Wanted, Commands>...};
  std::size_t place = 0;
  while (!is_it[place]) // beyond the end for another type, which does not compile
    ++place;
  return place;
}

template <class... Commands>
constexpr std::array<operation_facts, sizeof...(Commands)> facts(type_list<Commands...>) {
  return {facts_of<Commands>...};
}

/// Adds a type to the end of a list, unless the list has it.
template <class List, class Type>
struct with;
template <class... Types, class Type>
struct with<type_list<Types...>, Type> {
  using type = std::conditional_t<(std::is_same_v<Types, Type> || ...), type_list<Types...>,
                                  type_list<Types..., Type>>;
};

template <class Answers, class Commands>
struct answers_of {
  using type = Answers;
};
template <class Answers, class First, class... Rest>
struct answers_of<Answers, type_list<First, Rest...>>
    : answers_of<typename with<Answers, answer_to<First>>::type, type_list<Rest...>> {};

template <reach To, class Found, class Commands>
struct going_to {
  using type = Found;
};
template <reach To, class Found, class First, class... Rest>
struct going_to<To, Found, type_list<First, Rest...>>
    : going_to<To,
               std::conditional_t<facts_of<First>.goes_to == To, typename with<Found, First>::type,
                                  Found>,
               type_list<Rest...>> {};

template <class... Lists>
struct joined;
template <class... Types>
struct joined<type_list<Types...>> {
  using type = type_list<Types...>;
};
template <class... First, class... Second, class... More>
struct joined<type_list<First...>, type_list<Second...>, More...>
    : joined<type_list<First..., Second...>, More...> {};

} // namespace rows

/// The operations that go to one of the places `To`.
template <reach... To>
using operations_to =
    typename rows::joined<typename rows::going_to<To, type_list<>, operations>::type...>::type;

/// The place of a command in `operations`: its index in a `command`.
template <class Command>
inline constexpr std::size_t kind_of = rows::place_of<Command>(operations{});

/// The facts of each operation, in the order of `operations`.
inline constexpr auto all_operation_facts = rows::facts(operations{});

/// The answers to some operations, each once.
template <class Commands>
using answers_to_all = typename rows::answers_of<type_list<>, Commands>::type;

/// Every possible result of an operation: an error or an answer. The order is part of the protocol
/// between nodes: it is the order in which the operations first name each answer.
using operation_answers = rows::answers_of<type_list<failure, operation_done>, operations>::type;

} // namespace restante
