#pragma once

#include "restante/broker/journal/column.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace restante::journal {

/// A table of the database. The statements on it, its checksum and its rows follow from the list of
/// its columns, in the order of the schema; a column that is added later stands at the end.
template <class Row>
class table {
public:
  enum class rows : std::uint8_t { many, one };

  /// `tag` tells rows of different tables apart in their checksums.
  constexpr table(const char* name, const char* key, char tag, std::span<const column<Row>> columns,
                  rows many = rows::many)
      : name_{name}, key_{key}, tag_{tag}, columns_{columns}, has_one_row_{many == rows::one} {
    for (std::size_t at = 0; at < columns.size(); ++at) {
      if (at > 0 && columns[at].since < columns[at - 1].since)
        throw std::logic_error{"a later column stands at the end"};
      if (at > 0 && columns[at].location != by_name && columns[at - 1].location == by_name)
        throw std::logic_error{"what has a place in the checksum stands before what has none"};
      if (columns[at].location == the_checksum)
        checksum_at_ = at;
      else if (columns[at].location > 0)
        ++placed_;
    }
    if (columns.size() < 2 || columns[checksum_at_].location != the_checksum)
      throw std::logic_error{"a table has a checksum and another column"};
    // Otherwise a table that is added later would seem to be in older versions, with a checksum
    // alone.
    if (columns[checksum_at_ == 0 ? 1 : 0].since != columns[checksum_at_].since)
      throw std::logic_error{"a checksum is as old as its table"};
    for (std::size_t n = 0; n < placed_; ++n)
      hashed_.at(n) = static_cast<std::uint8_t>(at_place(static_cast<int>(n + 1)));
  }

  const char* name() const { return name_; }
  std::size_t checksum_at() const { return checksum_at_; }

  /// The number of columns in a version; 0: that version has no such table.
  constexpr std::size_t columns_in(std::uint32_t version) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        columns_, [version](const auto& each) { return each.since <= version; }));
  }
  std::span<const column<Row>> columns() const { return columns_; }

  constexpr std::uint32_t newest() const { return columns_.back().since; }

  bool has_body() const {
    return std::ranges::any_of(columns_,
                               [](const auto& each) { return each.type == column_type::body; });
  }

  // --- statements ---

  std::string sql_to_create() const {
    auto sql = "CREATE TABLE " + std::string{name_} + "(\n  " + key_ + " INTEGER PRIMARY KEY";
    if (has_one_row_)
      sql += " CHECK(one = 1)";
    for (const auto& each : columns_)
      sql += ",\n  " + definition(each);
    return sql + ") STRICT;\n";
  }

  /// The SQL that adds what the table lacks in version `from`.
  std::string sql_to_upgrade(std::uint32_t from) const {
    const auto there = columns_in(from);
    if (there == 0)
      return sql_to_create();
    std::string sql;
    for (const auto& each : columns_.subspan(there))
      sql += "ALTER TABLE " + std::string{name_} + " ADD COLUMN " + definition(each) + ";\n";
    return sql;
  }

  /// In the statement, the key is the first parameter, and the columns follow.
  std::string sql_to_insert() const {
    std::string names{key_};
    std::string values{"?1"};
    for (std::size_t n = 0; n < columns_.size(); ++n) {
      names += std::string{", "} + columns_[n].name;
      values += ", ?" + std::to_string(n + 2);
    }
    return "INSERT INTO " + std::string{name_} + "(" + names + ") VALUES(" + values + ")";
  }
  std::string sql_to_update() const {
    auto sql = "UPDATE " + std::string{name_} + " SET ";
    for (std::size_t n = 0; n < columns_.size(); ++n)
      sql += (n == 0 ? "" : ", ") + std::string{columns_[n].name} + " = ?" + std::to_string(n + 2);
    return sql + " WHERE " + key_ + " = ?1";
  }
  std::string sql_to_remove() const {
    return "DELETE FROM " + std::string{name_} + " WHERE " + key_ + " = ?";
  }

  /// `name, name, name`, each name with `prefix` in front.
  std::string names_in(std::uint32_t version, std::string_view prefix = {}) const {
    std::string names;
    for (const auto& each : columns_.first(columns_in(version)))
      names += (names.empty() ? "" : ", ") + std::string{prefix} + each.name;
    return names;
  }

  // --- rows ---

  /// The cells of a row, with its checksum.
  void show(row_checksum& hash, std::int64_t key, const Row& from, std::vector<cell>& into) const {
    into.clear();
    for (const auto& each : columns_)
      into.push_back(each.get ? each.get(from) : cell{});
    into[checksum_at_] = cell::integer(checksum(hash, key, into));
  }

  void read(std::span<const cell> from, Row& into) const {
    for (std::size_t n = 0; n < columns_.size(); ++n) {
      if (columns_[n].set)
        columns_[n].set(into, from[n]);
    }
  }

  std::int64_t checksum(row_checksum& hash, std::int64_t key, std::span<const cell> row) const {
    hash.start(tag_);
    if (!has_one_row_)
      hash.add(key);
    for (std::size_t n = 0; n < placed_; ++n)
      add_to(hash, columns_[hashed_[n]].type, row[hashed_[n]]);
    // Rows that are older than a column keep their checksum.
    for (std::size_t n = placed_ + 1; n < columns_.size(); ++n) {
      if (const auto& each = columns_[n]; !is_default(each.type, row[n])) {
        hash.add(std::string_view{each.name});
        add_to(hash, each.type, row[n]);
      }
    }
    return hash.value();
  }

  bool is_sound(row_checksum& hash, std::int64_t key, std::span<const cell> row) const {
    return checksum(hash, key, row) == row[checksum_at_].number();
  }

  bool has_only_defaults(const Row& row) const {
    return std::ranges::all_of(columns_, [&row](const auto& each) {
      return !each.get || is_default(each.type, each.get(row));
    });
  }

  /// Whether a stored row, which has a null cell for its key in front, may belong to this table. A
  /// row that is older than a column ends before this column.
  bool fits_stored(std::span<const cell> row) const {
    if (row.size() < columns_in(columns_.front().since) + 1 || row.size() > columns_.size() + 1 ||
        row[0].what() != cell::kind::null)
      return false;
    for (std::size_t n = 1; n < row.size(); ++n) {
      if (!fits(columns_[n - 1].type, row[n]))
        return false;
    }
    return true;
  }

private:
  constexpr std::size_t at_place(int location) const {
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      if (columns_[at].location == location)
        return at;
    }
    throw std::logic_error{"places in a checksum are 1, 2, 3 and so on"};
  }

  static std::string definition(const column<Row>& of) {
    auto sql = std::string{of.name} + " " + sql_name_of(of.type) + " NOT NULL";
    if (of.location == by_name)
      sql += std::string{" DEFAULT "} + sql_default_of(of.type);
    return sql;
  }

  static constexpr std::size_t columns_max = 32;

  const char* name_;
  const char* key_;
  char tag_;
  std::span<const column<Row>> columns_;
  bool has_one_row_;
  std::size_t checksum_at_ = 0;
  std::size_t placed_ = 0;
  std::array<std::uint8_t, columns_max> hashed_{}; ///< columns, in the order of the checksum
};

} // namespace restante::journal
