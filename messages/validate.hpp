#pragma once

#include "restante/messages/body.hpp"
#include "restante/messages/errc.hpp"
#include "restante/messages/ids.hpp"

#include <optional>
#include <string_view>

namespace restante {

/// Whether `text` is well-formed UTF-8, which has no overlong forms and no surrogates.
bool is_valid_utf8(std::string_view text);

/// Answers what is wrong with an id: it is empty, longer than 256 bytes or not valid UTF-8. Answers
/// nothing if the id is fine. `what` names the field in the error text. Error: `invalid_argument`
/// (spec §8).
std::optional<failure> check_id(std::string_view what, std::string_view id);

/// Answers what is wrong with the name of a client that connects or asks. Beside the rules for an
/// id: `server` is not allowed, because the server identity sends notifications under that name.
std::optional<failure> check_client_name(std::string_view what, std::string_view client);

/// Answers what is wrong with a namespace. It may be empty; otherwise the rules for an id hold.
std::optional<failure> check_namespace(std::string_view ns);

/// Answers what is wrong with a text that ids are compared with, such as a prefix. It may be empty;
/// otherwise the rules for an id hold.
std::optional<failure> check_part_of_id(std::string_view what, std::string_view part);

/// Answers what is wrong with an address: checks both of its parts.
std::optional<failure> check_address(const client_address& address);
std::optional<failure> check_address(const topic_address& address);

/// Answers `invalid_argument` for a body that a peer declared as JSON and that is not JSON.
std::optional<failure> check_body(std::string_view what, const body& value);

/// Checks the body of a pack, a reply or a message: as `check_body`, and answers
/// `payload_too_large` above `pack_bytes_max`.
std::optional<failure> check_value(std::string_view what, const body& value);

/// Answers `payload_too_large` if `size` is above `most` bytes.
std::optional<failure> check_size(std::string_view what, std::size_t size, std::size_t most);

} // namespace restante
