#include "restante/broker/gateway/pem_blocks.hpp"

namespace restante::gateway {

std::size_t pem_blocks(std::string_view text, std::string_view label) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view end = "-----";
  std::size_t count = 0;
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1)) {
    const auto from = at + begin.size();
    const auto name = text.substr(from, text.find(end, from) - from);
    count += name.ends_with(label) ? 1U : 0U;
  }
  return count;
}

} // namespace restante::gateway
