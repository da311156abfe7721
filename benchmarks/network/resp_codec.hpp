#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// The client side of RESP 2: what the benchmarks send to Redis, and the one-line answers.
namespace restante::benchmarks::network {

enum class resp_kind : char { status = '+', error = '-', number = ':' };

/// One answer, as a view into the received bytes.
struct resp_answer {
  resp_kind kind = resp_kind::status;
  std::string_view text;
  std::size_t size = 0; ///< with the type byte and the line end, in bytes
};

/// The answer at the front of `bytes`; nothing while the answer is incomplete. Throws
/// std::runtime_error for any other type of answer: no command of the benchmarks has one.
std::optional<resp_answer> next_resp_answer(std::string_view bytes);

void append_resp_command(std::string& out, std::initializer_list<std::string_view> words);

} // namespace restante::benchmarks::network
