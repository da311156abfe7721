#include "restante/broker/journal/column.hpp"

#include <algorithm>

namespace restante::journal {

const char* sql_name_of(column_type type) {
  switch (type) {
  case column_type::integer:
    return "INTEGER";
  case column_type::text:
    return "TEXT";
  case column_type::body:
    return "ANY";
  default:
    return "BLOB";
  }
}

const char* sql_default_of(column_type type) {
  switch (type) {
  case column_type::integer:
    return "0";
  case column_type::text:
    return "''";
  default:
    return "x''";
  }
}

bool is_default(column_type type, const cell& found) {
  if (type == column_type::trace)
    return found.trace() == trace_id{};
  return found.number() == 0 && found.bytes().empty();
}

bool fits(column_type type, const cell& found) {
  const auto what = found.what();
  switch (type) {
  case column_type::integer:
    return what == cell::kind::integer;
  case column_type::text:
    return what == cell::kind::text;
  case column_type::body:
    return what == cell::kind::text || what == cell::kind::blob;
  default:
    return what == cell::kind::blob;
  }
}

void add_to(row_checksum& hash, column_type type, const cell& what) {
  switch (type) {
  case column_type::integer:
    hash.add(what.number());
    break;
  case column_type::trace:
    if (const auto trace = what.trace(); what.bytes().size() == 16)
      hash.add(static_cast<std::int64_t>(trace.high)).add(static_cast<std::int64_t>(trace.low));
    break;
  case column_type::body: {
    const auto kind = what.what() == cell::kind::text ? content::json : content::bytes;
    hash.add(static_cast<std::int64_t>(kind)).add(what.bytes());
    break;
  }
  default:
    hash.add(what.bytes());
  }
}

} // namespace restante::journal
