#include "restante/broker/journal/table_rows.hpp"

#include <algorithm>
#include <optional>

namespace restante::journal {

namespace {

constexpr char leaf_of_table = 0x0d;
constexpr std::uint64_t payload_bytes_max = 64 << 20; ///< far above every payload that is kept

std::uint64_t short_at(std::string_view bytes, std::size_t at) {
  return std::uint64_t{static_cast<unsigned char>(bytes[at])} << 8 |
         static_cast<unsigned char>(bytes[at + 1]);
}

/// Takes one of SQLite's numbers of variable length off the front.
std::optional<std::uint64_t> take_varint(std::string_view& from) {
  std::uint64_t number = 0;
  for (std::size_t n = 0; n < 9 && n < from.size(); ++n) {
    const auto byte = static_cast<unsigned char>(from[n]);
    if (n == 8) {
      from.remove_prefix(9);
      return number << 8 | byte;
    }
    number = number << 7 | (byte & 0x7f);
    if (byte < 0x80) {
      from.remove_prefix(n + 1);
      return number;
    }
  }
  return {};
}

std::int64_t integer_of(std::string_view bytes) {
  const bool is_negative = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0;
  std::uint64_t number = is_negative ? ~std::uint64_t{0} : 0;
  for (const char each : bytes)
    number = number << 8 | static_cast<unsigned char>(each);
  return static_cast<std::int64_t>(number);
}

std::uint64_t size_of_type(std::uint64_t type) {
  constexpr std::uint8_t small[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < 12 ? small[type] : (type - 12) / 2;
}

cell cell_of(std::uint64_t type, std::string_view bytes) {
  if (type == 0)
    return {};
  if (type <= 6)
    return cell::integer(integer_of(bytes));
  if (type == 8 || type == 9)
    return cell::integer(static_cast<std::int64_t>(type - 8));
  if (type < 12)
    return cell::other();
  return type % 2 == 0 ? cell::blob(bytes) : cell::text(bytes);
}

bool decode(std::string_view payload, std::vector<cell>& into) {
  into.clear();
  auto types = payload;
  const auto header = take_varint(types);
  if (!header || *header > payload.size())
    return false;
  const auto header_rest = *header - (payload.size() - types.size());
  auto content = payload.substr(*header);
  if (header_rest > types.size())
    return false;
  types = types.substr(0, header_rest);
  while (!types.empty()) {
    const auto type = take_varint(types);
    if (!type || size_of_type(*type) > content.size())
      return false;
    const auto size = size_of_type(*type);
    into.push_back(cell_of(*type, content.substr(0, size)));
    content.remove_prefix(size);
  }
  return true;
}

} // namespace

std::uint16_t leaf_reader::open(std::uint32_t page) {
  cells_ = 0;
  header_at_ = page == 1 ? 100 : 0;
  if (!pages_.read(page, page_) || page_[header_at_] != leaf_of_table)
    return 0;
  const auto cells = short_at(page_, header_at_ + 3);
  if (header_at_ + 8 + 2 * cells <= pages_.usable_bytes())
    cells_ = static_cast<std::uint16_t>(cells);
  return cells_;
}

bool leaf_reader::read(std::uint16_t cell, raw_row& into) {
  if (cell >= cells_)
    return false;
  const auto usable = pages_.usable_bytes();
  const auto at = short_at(page_, header_at_ + 8 + 2 * std::size_t{cell});
  if (at < header_at_ + 8 || at >= usable)
    return false;
  auto rest = std::string_view{page_}.substr(at, usable - at);
  const auto size = take_varint(rest);
  const auto id = size ? take_varint(rest) : std::nullopt;
  if (!id || *size > payload_bytes_max)
    return false;
  // The most that SQLite leaves on the page itself.
  const std::uint64_t most = usable - 35;
  const std::uint64_t least = (usable - 12) * 32 / 255 - 23;
  const std::uint64_t wanted = least + (*size - std::min(*size, least)) % (usable - 4);
  const std::uint64_t local = *size <= most ? *size : wanted <= most ? wanted : least;
  const bool is_longer = local < *size;
  if (rest.size() < local + (is_longer ? 4 : 0))
    return false;
  if (!assemble(rest.substr(0, local), *size, is_longer ? number_at(rest, local) : 0))
    return false;
  into.id = static_cast<std::int64_t>(*id);
  return decode(payload_, into.cells);
}

bool leaf_reader::assemble(std::string_view local, std::uint64_t size, std::uint32_t next) {
  payload_.assign(local);
  const auto room = pages_.usable_bytes() - 4;
  while (payload_.size() < size) {
    if (!pages_.read(next, further_))
      return false;
    payload_.append(further_, 4, std::min<std::uint64_t>(room, size - payload_.size()));
    next = number_at(further_, 0);
  }
  return true;
}

} // namespace restante::journal
