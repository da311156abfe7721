#pragma once

#include "restante/messages/json/listing_members.hpp"
#include "restante/messages/json/request_members.hpp"
#include "restante/messages/operations.hpp"

#include <span>
#include <type_traits>

namespace restante::json {

/// The members that address a command. The namespace is not in these tables: every request may
/// have it.
std::span<const request_member<topic_address>> topic_members();
std::span<const request_member<client_address>> client_members();
std::span<const request_member<trace_question>> trace_members();

/// The client of a command that may leave out its own client.
std::span<const request_member<client_address>> optional_client_members();

/// The topic, the client, the trace or the range of ids of a command.
template <class Command>
auto& subject_of(Command& what) {
  if constexpr (requires { what.at; })
    return what.at;
  else if constexpr (requires { what.client; })
    return what.client;
  else if constexpr (requires { what.question; })
    return what.question;
  else
    return what.range;
}

/// The table for `subject_of` a command.
template <class Command>
auto subject_members() {
  if constexpr (std::is_same_v<Command, get_pending>)
    return optional_client_members();
  else if constexpr (requires(Command what) { what.at; })
    return topic_members();
  else if constexpr (requires(Command what) { what.client; })
    return client_members();
  else if constexpr (requires(Command what) { what.question; })
    return trace_members();
  else
    return range_members();
}

/// The members that only this command has. Most commands have none.
template <class Command>
std::span<const request_member<Command>> own_members() {
  return {};
}
template <>
std::span<const request_member<put_notification>> own_members<put_notification>();
template <>
std::span<const request_member<put_many>> own_members<put_many>();
template <>
std::span<const request_member<record_reply>> own_members<record_reply>();
template <>
std::span<const request_member<await_reply>> own_members<await_reply>();
template <>
std::span<const request_member<set_entry>> own_members<set_entry>();
template <>
std::span<const request_member<clear_entry>> own_members<clear_entry>();
template <>
std::span<const request_member<publish_message>> own_members<publish_message>();

} // namespace restante::json
