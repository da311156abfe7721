#include "restante/messages/json/names.hpp"

#include "restante/messages/json/answer_members.hpp"
#include "restante/messages/json/frame_members.hpp"
#include "restante/messages/json/notification_members.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace restante::json {

namespace {

using names_list = std::vector<std::string_view>;

/// Names that are not in a table: common ones, those of events, of `goodbye`, of an `error`, of a
/// target of a `put_many`, and of the answer to a `connect`.
constexpr std::string_view other_names[] = {
    "_orama", "id",    "ok",     "topic",   "key",     "client_id", "payload",       "data",
    "seq",    "epoch", "to",     "reason",  "error",   "code",      "number",        "message",
    "client", "ns",    "resume", "resumed", "pending", "ping_ms",   "expires_in_ms",
};

template <class T>
void add_names(names_list& all, std::span<const told_member<T>> table) {
  for (const auto& row : table) {
    if (std::ranges::find(all, row.name) == all.end())
      all.push_back(row.name);
  }
}

template <class... Answers>
void add_answers(names_list& all, type_list<Answers...>) {
  (add_names(all, answer_members<Answers>()), ...);
}

/// The list is short enough for a linear search. The most frequent names come first.
names_list all_frame_names() {
  names_list all;
  add_names(all, delivery_members());
  all.insert(all.end(), std::begin(other_names), std::end(other_names));
  add_answers(all, answers_to_all<operations>{});
  add_names(all, step_members());
  add_names(all, loss_members());
  add_names(all, presence_members());
  add_names(all, entry_members());
  add_names(all, listed_client_members());
  add_names(all, listed_topic_members());
  add_names(all, view_members());
  return all;
}

} // namespace

std::span<const std::string_view> names_of(vocabulary words) {
  if (words == vocabulary::requests)
    return request_names();
  static const auto frame_names = all_frame_names();
  return frame_names;
}

} // namespace restante::json
