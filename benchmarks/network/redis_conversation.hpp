#pragma once

#include "restante/benchmarks/network/conversation.hpp"
#include "restante/benchmarks/network/resp_codec.hpp"

namespace restante::benchmarks::network {

/// A conversation in RESP 2. Inboxes are lists. No client reads them here, and there are no topics.
class redis_conversation final : public conversation {
public:
  using conversation::conversation;

  std::uint64_t put(std::string_view client, std::string_view payload) override;
  void publish(std::string_view topic, std::string_view payload) override;
  std::uint64_t set_key(std::string_view topic, std::string_view key) override;
  void keep_alive() override {}

private:
  void on_open() override { ears().on_ready(*this); }
  std::size_t on_bytes(std::string_view bytes) override;

  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0; ///< number of the last answer; answers come in order
};

} // namespace restante::benchmarks::network
