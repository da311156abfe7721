#pragma once

#include "restante/broker/journal/cell.hpp"
#include "restante/broker/journal/checksum.hpp"

#include <cstdint>

namespace restante::journal {

/// The type of a column. Its name in SQL, its form in the bytes of a page and its part in a
/// checksum follow from this type.
enum class column_type : std::uint8_t { integer, text, blob, trace, body };

const char* sql_name_of(column_type type);

/// The value of rows that are older than the column, as SQL and as a test for that value.
const char* sql_default_of(column_type type);
bool is_default(column_type type, const cell& found);

bool fits(column_type type, const cell& found);

void add_to(row_checksum& hash, column_type type, const cell& what);

/// Special values of `column::location`; other columns have 1, 2, 3 and so on.
inline constexpr int by_name =
    0; ///< hashed after the numbered columns, with its name, unless it has its default
inline constexpr int the_checksum = -1; ///< the column contains the checksum

/// One column of a table whose rows are kept as `Row`.
template <class Row>
struct column {
  const char* name;
  column_type type;
  int location;                 ///< position in the checksum
  cell (*get)(const Row& from); ///< a view in the cell is valid as long as `from`
  void (*set)(Row& to, const cell& what);
  std::uint32_t since; ///< the first version with this column
};

/// `Member` is a lambda without captures that returns a reference to a member of a row.
template <class Row, class Member>
constexpr column<Row> column_of(const char* name, column_type type, int location, Member,
                                std::uint32_t since = 1) {
  return {name,
          type,
          location,
          [](const Row& from) { return cell_of(Member{}(from)); },
          [](Row& to, const cell& what) { assign(Member{}(to), what); },
          since};
}

/// `since` is the first version that has the table.
template <class Row>
constexpr column<Row> checksum_column(std::uint32_t since = 1) {
  return {"checksum", column_type::integer, the_checksum, nullptr, nullptr, since};
}

} // namespace restante::journal
