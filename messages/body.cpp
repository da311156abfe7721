#include "restante/messages/body.hpp"

namespace restante {

body body::bytes(std::string_view text) {
  return body{stored{content::bytes, std::string{text}}};
}

body body::bytes(std::span<const std::byte> raw) {
  return bytes(std::string_view{reinterpret_cast<const char*>(raw.data()), raw.size()});
}

body body::json(std::string text) {
  return body{stored{content::json, std::move(text)}};
}

} // namespace restante
