#include "restante/benchmarks/network/resp_codec.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

constexpr std::string_view end_of_line = "\r\n";

void append_count(std::string& out, char kind, std::size_t count) {
  out.push_back(kind);
  out.append(std::to_string(count));
  out.append(end_of_line);
}

} // namespace

std::optional<resp_answer> next_resp_answer(std::string_view bytes) {
  constexpr std::string_view one_liners = "+-:";
  if (bytes.empty())
    return std::nullopt;
  if (one_liners.find(bytes.front()) == std::string_view::npos)
    throw std::runtime_error("an answer of more than a line from Redis");
  const auto end = bytes.find(end_of_line);
  if (end == std::string_view::npos)
    return std::nullopt;
  return resp_answer{static_cast<resp_kind>(bytes.front()), bytes.substr(1, end - 1),
                     end + end_of_line.size()};
}

void append_resp_command(std::string& out, std::initializer_list<std::string_view> words) {
  append_count(out, '*', words.size());
  for (const auto word : words) {
    append_count(out, '$', word.size());
    out.append(word);
    out.append(end_of_line);
  }
}

} // namespace restante::benchmarks::network
