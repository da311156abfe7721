#include "restante/broker/journal/cell.hpp"

#include <algorithm>

namespace restante::journal {

cell cell::integer(std::int64_t number) {
  cell made{kind::integer, {}};
  made.number_ = number;
  return made;
}

cell::cell(const trace_id& trace) : kind_{kind::blob}, is_trace_{true} {
  for (std::size_t n = 0; n < 8; ++n) {
    trace_[n] = static_cast<char>(trace.high >> (56 - 8 * n));
    trace_[8 + n] = static_cast<char>(trace.low >> (56 - 8 * n));
  }
}

trace_id cell::trace() const {
  trace_id trace;
  const auto from = bytes();
  for (std::size_t n = 0; n < 8 && from.size() == 16; ++n) {
    trace.high = trace.high << 8 | static_cast<unsigned char>(from[n]);
    trace.low = trace.low << 8 | static_cast<unsigned char>(from[8 + n]);
  }
  return trace;
}

cell cell_of(const std::array<std::uint8_t, 16>& value) {
  return cell::blob({reinterpret_cast<const char*>(value.data()), value.size()});
}

cell cell_of(const body& value) {
  return value.kind() == content::json ? cell::text(value.view()) : cell::blob(value.view());
}

void assign(std::array<std::uint8_t, 16>& to, const cell& from) {
  if (from.bytes().size() == to.size())
    std::ranges::copy(from.bytes(), to.begin());
}

/// Takes the stored value without a check: the checksum of the row shows whether the value is
/// right.
void assign(body& to, const cell& from) {
  to = from.what() == cell::kind::text ? body::trusted_json(from.bytes())
                                       : body::bytes(from.bytes());
}

} // namespace restante::journal
