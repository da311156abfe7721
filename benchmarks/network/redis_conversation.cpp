#include "restante/benchmarks/network/redis_conversation.hpp"

#include <stdexcept>

namespace restante::benchmarks::network {

std::uint64_t redis_conversation::put(std::string_view client, std::string_view payload) {
  append_resp_command(out(), {"RPUSH", client, payload});
  return ++asked_;
}

void redis_conversation::publish(std::string_view, std::string_view) {
  throw std::logic_error("only puts are measured of Redis");
}

std::uint64_t redis_conversation::set_key(std::string_view, std::string_view) {
  throw std::logic_error("only puts are measured of Redis");
}

std::size_t redis_conversation::on_bytes(std::string_view bytes) {
  std::size_t taken = 0;
  while (const auto answer = next_resp_answer(bytes.substr(taken))) {
    taken += answer->size;
    if (answer->kind != resp_kind::number)
      throw std::runtime_error("refused: " + std::string{answer->text});
    ears().on_answer(*this, ++answered_);
  }
  return taken;
}

} // namespace restante::benchmarks::network
