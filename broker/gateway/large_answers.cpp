#include "restante/broker/gateway/large_answers.hpp"

namespace restante::gateway {

namespace {

/// The size of an outcome without its target's name, and of the characters that JSON may add to the
/// name.
constexpr std::uint64_t outcome_bytes = 256;

} // namespace

std::uint64_t answer_bytes_of(const command& what) {
  if (const auto* many = std::get_if<put_many>(&what)) {
    std::uint64_t bytes = 0;
    for (const auto& target : many->targets)
      bytes += outcome_bytes + 2 * target.size();
    return bytes > model::output_free_bytes ? bytes : 0;
  }
  // The size of an `everything` answer is unknown. With this size, its request does not begin while
  // there is no room at all.
  return facts_of_command(what).size == answer_size::everything ? model::output_free_bytes : 0;
}

bool waits_for_room(const command& what) {
  return facts_of_command(what).size == answer_size::list || answer_bytes_of(what) > 0;
}

std::optional<command> again(const command& what) {
  if (const auto* replied = std::get_if<record_reply>(&what))
    return get_status{replied->question};
  const auto size = facts_of_command(what).size;
  if (size == answer_size::list || size == answer_size::notification)
    return what;
  return std::nullopt;
}

} // namespace restante::gateway
