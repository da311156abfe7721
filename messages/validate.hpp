#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"

#include <optional>
#include <string_view>

namespace restante {

/// Whether `text` is well-formed UTF-8 (overlong forms and surrogates are not).
bool is_valid_utf8(std::string_view text);

/// What is wrong with an id: empty, over 256 bytes or no valid UTF-8; nothing when it
/// is fine. `what` names the field in the text. Error: `invalid_argument` (spec §8).
std::optional<failure> check_id(std::string_view what, std::string_view id);

/// What is wrong with the name of somebody who connects or asks: no client has the name that
/// the server identity's notifications are from.
std::optional<failure> check_client_name(std::string_view what, std::string_view client);

/// The same for a namespace, which may be empty.
std::optional<failure> check_namespace(std::string_view ns);

/// The same for what ids are compared with, which may be empty too.
std::optional<failure> check_part_of_id(std::string_view what, std::string_view part);

/// Checks both parts of an address.
std::optional<failure> check_address(const client_address& address);
std::optional<failure> check_address(const topic_address& address);

/// A body that a peer said is JSON and that is not: `invalid_argument`.
std::optional<failure> check_body(std::string_view what, const body& value);

/// The same, and `payload_too_large` above `pack_bytes_max`: of a pack, a reply, data.
std::optional<failure> check_value(std::string_view what, const body& value);

/// `payload_too_large` above `most` bytes.
std::optional<failure> check_size(std::string_view what, std::size_t size, std::size_t most);

} // namespace restante
