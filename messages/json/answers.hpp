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

/// An answer of any operation, where it is.
using answer_pointer = rows::pointer_to_one<answers_to_all<operations>>::type;

std::string fields_of_answer(answer_pointer answer, instant zero);

/// The answer of an operation, as the members of a JSON object without its braces: they stand
/// behind `"ok":true`. Empty where there is nothing to say. Times are whole milliseconds since
/// `zero`.
template <class Answer>
requires(std::is_constructible_v<answer_pointer, const Answer*>) std::string
    fields_of(const Answer& answer, instant zero) {
  return fields_of_answer(&answer, zero);
}

/// What `connect` answers (spec W4). `ping` is how often the transport will ask whether the
/// client is still there.
std::string fields_of(const connect_receipt& receipt, duration ping);

/// `{"code":…,"number":…,"message":…,"retry":…}` (spec §10)
std::string error_of(const failure& why);

/// `"error":{…}`
std::string fields_of(const failure& why, instant zero);

/// The answer or the failure of an operation.
std::string answer_fields(const answer_value& value, instant zero);

/// The answer or the failure, behind `"ok":true,` or `"ok":false,`.
std::string reply_of(const answer_value& value, instant zero);

/// `"ok":true` and `fields` behind it.
std::string success(std::string_view fields);

/// `"ok":false,"error":{…}`
std::string refusal(const failure& why);

/// One notification as `status` and `drain` show it.
std::string object_of(const notification_view& view, instant zero);

/// One entry of a list of clients, or of topics.
std::string object_of(const listed_client& client);
std::string object_of(const listed_topic& topic);

/// The `entries` array of W2.
std::string entries_of(const entries_view& view);

} // namespace restante::json
