#pragma once

#include "restante/messages/operations.hpp"

#include <variant>

namespace restante {

namespace rows {

template <class List>
struct one_of;
template <class... Types>
struct one_of<type_list<Types...>> {
  using type = std::variant<Types...>;
};

} // namespace rows

/// An operation of a connection, of any type.
using command = rows::one_of<operations>::type;

/// The result of an operation, of any type.
using answer_value = rows::one_of<operation_answers>::type;

/// A push: a connection sends it without a request. Cheap to copy: payloads and batches are shared.
/// The order of these types is part of the protocol between nodes: new types go to the end.
using push = std::variant<delivery, topic_events, entries_view, entry_ended, client_presence,
                          notification_step>;

/// The facts of an operation whose type is known at run time only.
inline const operation_facts& facts_of_command(const command& what) {
  return all_operation_facts[what.index()];
}

} // namespace restante
