#include "restante/actors/protocol/credit.hpp"

#include "restante/messages/limits.hpp"

#include <algorithm>

namespace restante {

namespace {

/// About how many bytes an operation costs beside its payload.
constexpr std::size_t operation_bytes = 128;

template <class Command>
std::size_t payload_of(const Command& what) {
  if constexpr (requires { what.pack; })
    return what.pack.size();
  if constexpr (requires { what.each; })
    return what.each.pack.size() + what.targets.size() * 64;
  if constexpr (requires { what.value; })
    return what.value.size();
  if constexpr (requires { what.payload; })
    return what.payload.size();
  if constexpr (requires { what.data; })
    return what.data.size();
  if constexpr (requires { what.range; })
    return what.range.prefix.size() + what.range.after.size();
  return 0;
}

std::size_t answer_bytes(const command& what) {
  switch (facts_of_command(what).size) {
  case answer_size::list:
    return credit_bytes_max / 4;
  case answer_size::notification:
    return 2 * pack_bytes_max;
  case answer_size::small:
  case answer_size::outcomes:
  case answer_size::everything:
    return 0;
  }
  return 0;
}

} // namespace

std::size_t size_of(const command& what) {
  return operation_bytes + std::visit([](const auto& it) { return payload_of(it); }, what);
}

std::size_t parts_of(const command& what) {
  const auto* many = std::get_if<put_many>(&what);
  return many != nullptr ? std::max<std::size_t>(many->targets.size(), 1) : 1;
}

operation_credit cost_of(const command& what) {
  if (std::holds_alternative<await_reply>(what))
    return {};
  return {parts_of(what), size_of(what) + answer_bytes(what)};
}

} // namespace restante
