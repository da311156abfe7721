#pragma once

#include "restante/messages/instant.hpp"
#include "restante/messages/json/members.hpp"
#include "restante/messages/json/writer.hpp"

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace restante::json {

/// One member of a request: its name in JSON, how the broker reads it into a struct, and how a
/// client writes it. A table of rows for each struct is the only place that has the names.
template <class T>
struct request_member {
  std::string_view name;
  void (*read)(const members& from, std::string_view name, T& into);
  void (*write)(writer& out, std::string_view name, const T& from);
};

namespace detail {

template <class T, class Value>
T struct_of(Value T::*);
template <auto Member>
using row_of = request_member<decltype(struct_of(Member))>;

} // namespace detail

/// Any text; an empty one is not written.
template <auto Member>
constexpr detail::row_of<Member> text_member(std::string_view name) {
  return {name,
          [](const members& from, std::string_view name, auto& into) {
            into.*Member = from.text(name).value_or("");
          },
          [](writer& out, std::string_view name, const auto& from) {
            if (!(from.*Member).empty())
              out.text(name, from.*Member);
          }};
}

/// A text that may be missing, but is not empty when it is there.
template <auto Member>
constexpr detail::row_of<Member> id_member(std::string_view name) {
  auto row = text_member<Member>(name);
  row.read = [](const members& from, std::string_view name, auto& into) {
    into.*Member = from.text_unless_missing(name);
  };
  return row;
}

/// A span in whole milliseconds; none is 0, and is not written.
template <auto Member>
constexpr detail::row_of<Member> span_member(std::string_view name) {
  return {name,
          [](const members& from, std::string_view name, auto& into) {
            into.*Member = from.milliseconds(name).value_or(duration{0});
          },
          [](writer& out, std::string_view name, const auto& from) {
            if (from.*Member > duration{0})
              out.number(name, whole_ms_up(from.*Member));
          }};
}

/// `true` stands for one value of an enumeration; the other one is not written.
template <auto Member, auto WhenTrue>
constexpr detail::row_of<Member> flag_member(std::string_view name) {
  return {name,
          [](const members& from, std::string_view name, auto& into) {
            if (from.flag(name).value_or(false))
              into.*Member = WhenTrue;
          },
          [](writer& out, std::string_view name, const auto& from) {
            if (from.*Member == WhenTrue)
              out.flag(name, true);
          }};
}

/// Reads the members of a table in its order.
template <class T>
void read_members(const members& from, std::span<const request_member<T>> table, T& into) {
  for (const auto& row : table)
    row.read(from, row.name, into);
}

/// Writes the members of a table in its order.
template <class T>
void write_members(writer& out, std::span<const request_member<T>> table, const T& from) {
  for (const auto& row : table)
    row.write(out, row.name, from);
}

} // namespace restante::json
