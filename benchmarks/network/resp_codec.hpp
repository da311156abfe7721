#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// The client's half of RESP 2: what the benchmarks say to Redis, and the one-line
/// answers to that.
namespace restante::benchmarks::network {

enum class resp_kind : char { status = '+', error = '-', number = ':' };

/// One answer as it stands in the bytes it was found in.
struct resp_answer {
  resp_kind kind = resp_kind::status;
  std::string_view text;
  std::size_t size = 0; ///< with its kind and its end, in bytes
};

/// The answer at the front of `bytes`; nothing while it is incomplete. Throws
/// std::runtime_error for one of another kind: nothing is asked that has one.
std::optional<resp_answer> next_resp_answer(std::string_view bytes);

void append_resp_command(std::string& out, std::initializer_list<std::string_view> words);

} // namespace restante::benchmarks::network
