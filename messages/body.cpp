#include "restante/messages/body.hpp"

#include "restante/messages/json/members.hpp"

#include <algorithm>
#include <stdexcept>

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
  auto read = parse_json(text);
  if (const auto* wrong = read.why())
    throw std::invalid_argument{"body::json: " + wrong->text()};
  return std::move(*read);
}

outcome<body> body::parse_json(std::string_view text) {
  const auto compact = json::compact_value(text, json_body_depth_max);
  if (const auto* wrong = compact.why())
    return *wrong;
  return body{content::json, *compact};
}

body body::trusted_json(std::string_view text) {
  return body{content::json, text};
}

body body::received(content kind, std::string_view text) {
  if (kind == content::bytes)
    return bytes(text);
  auto read = parse_json(text);
  if (kind == content::json && read.ok())
    return std::move(*read);
  return body{content::not_json, text};
}

} // namespace restante
