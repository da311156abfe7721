#include "restante/messages/journal.hpp"

namespace restante {

std::uint64_t size_of(const journal_changes& what) {
  return what.puts.size() + what.offered.size() + what.delivered.size() + what.replies.size() +
         what.gone.size();
}

std::uint64_t bytes_of(const journal_changes& what) {
  std::uint64_t bytes = what.puts.size() * sizeof(kept_notification) +
                        what.offered.size() * sizeof(kept_attempts) +
                        (what.delivered.size() + what.gone.size()) * sizeof(row_number) +
                        what.replies.size() * sizeof(kept_reply);
  for (const auto& put : what.puts)
    bytes += put.pack.size();
  for (const auto& reply : what.replies)
    bytes += reply.value.size();
  return bytes;
}

} // namespace restante
