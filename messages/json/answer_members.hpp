#pragma once

#include "restante/messages/json/told_members.hpp"
#include "restante/messages/operations.hpp"

#include <span>

namespace restante::json {

/// The members of an answer. Each answer needs a table: without one the program does not link.
template <class Answer>
std::span<const told_member<Answer>> answer_members();

template <>
std::span<const told_member<operation_done>> answer_members<operation_done>();
template <>
std::span<const told_member<put_receipt>> answer_members<put_receipt>();
template <>
std::span<const told_member<put_many_receipt>> answer_members<put_many_receipt>();
template <>
std::span<const told_member<status_view>> answer_members<status_view>();
template <>
std::span<const told_member<reply_view>> answer_members<reply_view>();
template <>
std::span<const told_member<drain_view>> answer_members<drain_view>();
template <>
std::span<const told_member<pending_view>> answer_members<pending_view>();
template <>
std::span<const told_member<purge_receipt>> answer_members<purge_receipt>();
template <>
std::span<const told_member<ack_receipt>> answer_members<ack_receipt>();
template <>
std::span<const told_member<entry_receipt>> answer_members<entry_receipt>();
template <>
std::span<const told_member<entries_view>> answer_members<entries_view>();
template <>
std::span<const told_member<clients_view>> answer_members<clients_view>();
template <>
std::span<const told_member<topics_view>> answer_members<topics_view>();

/// The members of an object in a list.
std::span<const told_member<entry_view>> entry_members();
std::span<const told_member<listed_client>> listed_client_members();
std::span<const told_member<listed_topic>> listed_topic_members();

} // namespace restante::json
