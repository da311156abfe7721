// The members of a list of clients or topics in JSON. The query of a URL has the same names.

#include "restante/messages/json/listing_members.hpp"

namespace restante::json {

namespace {

/// Reads a limit. A limit out of bounds becomes 0, which the connection refuses.
void read_limit(const members& from, std::string_view name, id_range& into) {
  const auto limit = from.number(name).value_or(listed_default);
  into.limit = limit > 0 && limit <= listed_max ? static_cast<std::uint32_t>(limit) : 0;
}

void write_limit(writer& out, std::string_view name, const id_range& from) {
  if (from.limit != listed_default)
    out.number(name, from.limit);
}

constexpr request_member<id_range> range_rows[] = {
    text_member<&id_range::prefix>("prefix"),
    text_member<&id_range::after>("after"),
    {"limit", read_limit, write_limit},
};

} // namespace

std::span<const request_member<id_range>> range_members() {
  return range_rows;
}

} // namespace restante::json
