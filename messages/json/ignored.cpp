#include "restante/messages/json/ignored.hpp"

#include "restante/messages/json/command_members.hpp"
#include "restante/messages/json/connect_names.hpp"
#include "restante/messages/json/names.hpp"
#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/writer.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace restante::json {

namespace {

using names = std::vector<std::string_view>;

names also(names one, const names& more) {
  one.insert(one.end(), more.begin(), more.end());
  return one;
}

template <class T>
names names_in(std::span<const request_member<T>> table) {
  names all;
  for (const auto& row : table)
    all.push_back(row.name);
  return all;
}

template <class Command>
names members_of() {
  return also(names_in(subject_members<Command>()), names_in(own_members<Command>()));
}
template <>
names members_of<put_notification>() {
  return also(names_in(own_members<put_notification>()), names_in(put_members()));
}
template <>
names members_of<put_many>() {
  return also(names_in(own_members<put_many>()), names_in(put_members()));
}
template <>
names members_of<ack_notifications>() {
  return names_in(trace_members());
}
template <>
names members_of<purge_expired>() {
  return {};
}

/// The members of an operation that is not a command.
names plain_members(operation op) {
  switch (op) {
  case operation::connect:
    return {std::begin(connect_names::all), std::end(connect_names::all)};
  case operation::disconnect: // only in a script
  case operation::cut:
    return {connect_names::client};
  case operation::advance:
    return {"ms"};
  case operation::refresh:
    return {connect_names::token};
  case operation::ping:
  case operation::unknown:
  case operation::first_command:
    return {};
  }
  return {};
}

template <class... Commands>
std::vector<names> make_table(type_list<Commands...>) {
  std::vector<names> made;
  for (std::size_t op = 0; op < first_command; ++op)
    made.push_back(plain_members(static_cast<operation>(op)));
  (made.push_back(members_of<Commands>()), ...);
  return made;
}

/// The members that all requests at a venue have in common.
names common_in(venue where) {
  switch (where) {
  case venue::script:
    return {"op", "id", "ns", "as"};
  case venue::socket:
    return {"op", "id", "ns"};
  case venue::http:
    return {"ns"};
  }
  return {};
}

names wanted_by(operation op, venue where) {
  if (op == operation::disconnect && where != venue::script)
    return common_in(where);
  const auto own = fields_of(op);
  return also(common_in(where), {own.begin(), own.end()});
}

/// Whether a request names a namespace other than the client's own, which has no effect. A
/// namespace that could not be read is an error.
bool is_foreign(const request& asked, std::optional<std::string_view> own_ns) {
  return own_ns && asked.wrong.code == errc::none && asked.ns != *own_ns;
}

} // namespace

std::span<const std::string_view> fields_of(operation op) {
  static const auto table = make_table(operations{});
  return table[static_cast<std::size_t>(op)];
}

std::span<const std::string_view> request_names() {
  static const names all = [] {
    auto made = common_in(venue::script);
    for (std::size_t op = 0; op < operations_count; ++op) {
      for (const auto name : fields_of(static_cast<operation>(op))) {
        if (std::ranges::find(made, name) == made.end())
          made.push_back(name);
      }
    }
    return made;
  }();
  return all;
}

std::vector<std::string> ignored_names(const request& asked, venue where,
                                       std::optional<std::string_view> own_ns) {
  if (asked.op == operation::unknown)
    return {}; // the members of an unknown operation are unknown
  auto all = asked.fields.unknown();
  auto wanted = wanted_by(asked.op, where);
  if (is_foreign(asked, own_ns))
    std::erase(wanted, "ns");
  for (const auto name : asked.fields.others_than(wanted))
    note_ignored(all, name);
  return all;
}

std::string ignored_member(std::span<const std::string> names) {
  if (names.empty())
    return {};
  list_writer all;
  for (const auto& name : names) {
    std::string text;
    append_string(text, name);
    all.add(text);
  }
  return R"("ignored":)" + std::move(all).array();
}

std::string ignored_member(const request& asked, venue where,
                           std::optional<std::string_view> own_ns) {
  return ignored_member(ignored_names(asked, where, own_ns));
}

} // namespace restante::json
