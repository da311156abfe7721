#include "restante/messages/journal.hpp"

namespace restante {

std::uint64_t size_of(const journal_changes& what) {
  std::uint64_t size = what.puts.size() + what.gone.size();
  for_each_later(what, [&size](const later_change&, const auto&) { ++size; });
  return size;
}

std::uint64_t bytes_of(const journal_changes& what) {
  std::uint64_t bytes =
      what.puts.size() * sizeof(kept_notification) + what.gone.size() * sizeof(row_number);
  for (const auto& put : what.puts)
    bytes += put.pack.size();
  for_each_later(what,
                 [&bytes](const later_change& change, const auto&) { bytes += change.bytes; });
  return bytes;
}

} // namespace restante
