#pragma once

#include "restante/messages/json/decoded_fields.hpp"
#include "restante/messages/json/writer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace restante::json {

/// One member of a frame or an answer: its name in JSON, how the broker writes it and how a client
/// reads it. A time is written as milliseconds since `zero`.
template <class T>
struct told_member {
  std::string_view name;
  void (*write)(writer& out, std::string_view name, const T& from, instant zero);
  void (*read)(const decoded_fields& from, std::string_view name, T& into);
};

namespace detail {

template <class T, class Value>
T told_struct_of(Value T::*);
template <auto Member>
using told_row_of = told_member<decltype(told_struct_of(Member))>;

} // namespace detail

template <auto Member>
constexpr detail::told_row_of<Member> told_text(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.text(name, from.*Member);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            into.*Member = from.text(name);
          }};
}

template <auto Member>
constexpr detail::told_row_of<Member> told_trace(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.trace(name, from.*Member);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            into.*Member = from.trace(name);
          }};
}

/// A pack or a reply.
template <auto Member>
constexpr detail::told_row_of<Member> told_value(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.value(name, from.*Member);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            into.*Member = from.value(name);
          }};
}

template <auto Member>
constexpr detail::told_row_of<Member> told_time(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant zero) {
            out.time(name, from.*Member, zero);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            into.*Member = from.time(name);
          }};
}

/// A number that cannot be negative.
template <auto Member>
constexpr detail::told_row_of<Member> told_count(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.number(name, from.*Member);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            using number = std::remove_cvref_t<decltype(into.*Member)>;
            into.*Member = from.template count<number>(name);
          }};
}

/// `true` stands for one value of an enumeration.
template <auto Member, auto WhenTrue>
constexpr detail::told_row_of<Member> told_flag(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.flag(name, from.*Member == WhenTrue);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            if (from.flag(name))
              into.*Member = WhenTrue;
          }};
}

/// `true` stands for one value of an enumeration. The other value is not written.
template <auto Member, auto WhenTrue>
constexpr detail::told_row_of<Member> told_optional_flag(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            if (from.*Member == WhenTrue)
              out.flag(name, true);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            if (from.is_set(name))
              into.*Member = WhenTrue;
          }};
}

/// A trace that is zero if there is none. A zero trace is not written.
template <auto Member>
constexpr detail::told_row_of<Member> told_optional_trace(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            if (from.*Member)
              out.trace(name, from.*Member);
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            if (from.all().has(name))
              into.*Member = from.trace(name);
          }};
}

template <auto Member>
constexpr detail::told_row_of<Member> told_state(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant) {
            out.text(name, to_string(from.*Member));
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            into.*Member = from.state(name);
          }};
}

/// Writes the members of a table in its order.
template <class T>
void write_told(writer& out, std::span<const told_member<T>> table, const T& from, instant zero) {
  for (const auto& row : table)
    row.write(out, row.name, from, zero);
}

/// Reads the members of a table in its order.
template <class T>
void read_told(const decoded_fields& from, std::span<const told_member<T>> table, T& into) {
  for (const auto& row : table)
    row.read(from, row.name, into);
}

/// A JSON object with the members of a table.
template <class T>
std::string told_object(std::span<const told_member<T>> table, const T& from, instant zero) {
  writer out;
  write_told(out, table, from, zero);
  return std::move(out).object();
}

/// Reads an object inside a frame.
template <class T>
void read_told_object(std::string_view object, std::span<const told_member<T>> table, T& into) {
  const auto inside = members_inside(object);
  read_told(decoded_fields{inside}, table, into);
}

/// A JSON array of objects with the members of a table.
template <class T>
std::string told_array(std::span<const told_member<T>> table, const std::vector<T>& from,
                       instant zero) {
  list_writer items;
  for (const auto& item : from)
    items.add(told_object(table, item, zero));
  return std::move(items).array();
}

/// A list of objects. `Table` returns the members of one object.
template <auto Member, auto Table>
constexpr detail::told_row_of<Member> told_list(std::string_view name) {
  return {name,
          [](writer& out, std::string_view name, const auto& from, instant zero) {
            out.raw(name, told_array(Table(), from.*Member, zero));
          },
          [](const decoded_fields& from, std::string_view name, auto& into) {
            for (const auto item : from.all().required_items(name))
              read_told_object(item, Table(), (into.*Member).emplace_back());
          }};
}

} // namespace restante::json
