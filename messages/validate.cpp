#include "restante/messages/validate.hpp"

#include "restante/messages/limits.hpp"
#include "restante/messages/notification.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace restante {

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

failure wrong(std::string_view what, std::string_view how) {
  return {errc::invalid_argument, std::string{what} + " " + std::string{how}};
}

} // namespace

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text))
    return true;
  try {
    // The strict serialiser is the library's own UTF-8 check.
    (void)nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::strict);
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

std::optional<failure> check_id(std::string_view what, std::string_view id) {
  if (id.empty())
    return wrong(what, "is empty");
  if (id.size() > id_bytes_max)
    return wrong(what, "is longer than 256 bytes");
  if (!is_valid_utf8(id))
    return wrong(what, "is not valid UTF-8");
  return std::nullopt;
}

std::optional<failure> check_client_name(std::string_view what, std::string_view client) {
  if (client == server_name)
    return wrong(what, "is server: that name is the server identity's");
  return check_id(what, client);
}

std::optional<failure> check_namespace(std::string_view ns) {
  return check_part_of_id("ns", ns);
}

std::optional<failure> check_part_of_id(std::string_view what, std::string_view part) {
  if (part.empty())
    return std::nullopt;
  return check_id(what, part);
}

std::optional<failure> check_address(const client_address& address) {
  if (auto bad = check_id("client", address.client))
    return bad;
  return check_namespace(address.ns);
}

std::optional<failure> check_address(const topic_address& address) {
  if (auto bad = check_id("topic", address.topic))
    return bad;
  return check_namespace(address.ns);
}

std::optional<failure> check_body(std::string_view what, const body& value) {
  if (value.kind() != content::not_json)
    return std::nullopt;
  return wrong(what, "is not JSON");
}

std::optional<failure> check_value(std::string_view what, const body& value) {
  if (auto bad = check_body(what, value))
    return bad;
  return check_size(what, value.size(), pack_bytes_max);
}

std::optional<failure> check_size(std::string_view what, std::size_t size, std::size_t most) {
  if (size <= most)
    return std::nullopt;
  return failure{errc::payload_too_large, std::string{what} + " has " + std::to_string(size) +
                                              " bytes, at most " + std::to_string(most) +
                                              " are allowed"};
}

} // namespace restante
