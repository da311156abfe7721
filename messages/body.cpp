#include "restante/messages/body.hpp"

#include <algorithm>

namespace restante {

body::body(content kind, std::string_view text)
    : size_{text.size()}, kind_{static_cast<std::uint64_t>(kind)} {
  if (text.empty())
    return;
  auto made = std::make_shared<char[]>(text.size());
  std::ranges::copy(text, made.get());
  bytes_ = std::move(made);
}

body body::bytes(std::string_view text) {
  return body{content::bytes, text};
}

body body::bytes(std::span<const std::byte> raw) {
  return bytes(std::string_view{reinterpret_cast<const char*>(raw.data()), raw.size()});
}

body body::json(std::string_view text) {
  return body{content::json, text};
}

} // namespace restante
