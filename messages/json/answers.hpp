#pragma once

#include "restante/messages/command.hpp"
#include "restante/messages/operations.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace restante::json {

namespace rows {

template <class Answers>
struct pointer_to_one;
template <class... Answers>
struct pointer_to_one<type_list<Answers...>> {
  using type = std::variant<const Answers*...>;
};

} // namespace rows

/// A pointer to an answer of any operation.
using answer_pointer = rows::pointer_to_one<answers_to_all<operations>>::type;

std::string fields_of_answer(answer_pointer answer, instant zero);

/// The answer of an operation, as the members of a JSON object without braces. They follow
/// `"ok":true`. Empty if the answer has no members. Times are whole milliseconds since `zero`.
template <class Answer>
requires(std::is_constructible_v<answer_pointer, const Answer*>) std::string
    fields_of(const Answer& answer, instant zero) {
  return fields_of_answer(&answer, zero);
}

/// The answer of `connect` (spec W4). `ping` is the time between two pings of the transport.
std::string fields_of(const connect_receipt& receipt, duration ping);

/// `{"code":…,"number":…,"message":…,"retry":…}` (spec §10)
std::string error_of(const failure& why);

/// `"error":{…}`
std::string fields_of(const failure& why, instant zero);

/// The answer or the failure of an operation.
std::string answer_fields(const answer_value& value, instant zero);

/// The answer or the failure, with `"ok":true` or `"ok":false` in front.
std::string reply_of(const answer_value& value, instant zero);

/// `"ok":true`, then `fields`.
std::string success(std::string_view fields);

/// `"ok":false,"error":{…}`
std::string refusal(const failure& why);

/// One notification in the answer to a `status` or `drain`.
std::string object_of(const notification_view& view, instant zero);

/// One entry of a list of clients, or of topics.
std::string object_of(const listed_client& client);
std::string object_of(const listed_topic& topic);

} // namespace restante::json
