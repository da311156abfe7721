#pragma once

#include "restante/messages/json/decoded_fields.hpp"
#include "restante/messages/json/writer.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace restante::json {

/// One member of a frame or an answer: its name in JSON, how the broker writes it and how a client
/// reads it. Times are written since `zero`.
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

} // namespace restante::json
