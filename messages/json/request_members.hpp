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
/// client writes it. Reader, writer and the list of known names use the same table.
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

/// Any text. An empty text is not written.
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

/// A text that may be missing. The broker refuses an empty text.
template <auto Member>
constexpr detail::row_of<Member> id_member(std::string_view name) {
  auto row = text_member<Member>(name);
  row.read = [](const members& from, std::string_view name, auto& into) {
    into.*Member = from.text_unless_missing(name);
  };
  return row;
}

/// A text that must be there. An empty one is written too.
template <auto Member>
constexpr detail::row_of<Member> required_text_member(std::string_view name) {
  return {
      name,
      [](const members& from, std::string_view name, auto& into) {
        into.*Member = from.required_text(name);
      },
      [](writer& out, std::string_view name, const auto& from) { out.text(name, from.*Member); }};
}

/// A JSON value that must be there.
template <auto Member>
constexpr detail::row_of<Member> required_value_member(std::string_view name) {
  return {
      name,
      [](const members& from, std::string_view name, auto& into) {
        into.*Member = body::trusted_json(from.required_value(name));
      },
      [](writer& out, std::string_view name, const auto& from) { out.value(name, from.*Member); }};
}

/// Bytes in base64; an empty payload is not written.
template <auto Member>
constexpr detail::row_of<Member> payload_member(std::string_view name) {
  return {name,
          [](const members& from, std::string_view name, auto& into) {
            if (const auto bytes = from.bytes(name))
              into.*Member = body::bytes(*bytes);
          },
          [](writer& out, std::string_view name, const auto& from) {
            out.payload(name, from.*Member);
          }};
}

/// A duration in whole milliseconds. A missing one is 0; 0 or less is not written.
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

/// `true` stands for one value of an enumeration. The other value is not written.
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
