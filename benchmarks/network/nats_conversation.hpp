#pragma once

#include "restante/benchmarks/network/conversation.hpp"
#include "restante/benchmarks/network/nats_codec.hpp"

namespace restante::benchmarks::network {

/// A conversation with NATS JetStream. Inboxes are subjects of one stream that is stored in files.
/// No client reads them here, and there are no topics.
class nats_conversation final : public conversation {
public:
  nats_conversation(engine& loop, observer& ears, role plays);

  std::uint64_t put(std::string_view client, std::string_view payload) override;
  void publish(std::string_view topic, std::string_view payload) override;
  std::uint64_t set_key(std::string_view topic, std::string_view key) override;
  void keep_alive() override { append_nats_ping(out()); }

private:
  void on_open() override {}
  std::size_t on_bytes(std::string_view bytes) override;
  void on_operation(const nats_operation& received);
  void on_message(const nats_operation& received);
  void start();

  const std::string answers_; ///< the prefix of every answer's subject, without the number
  std::uint64_t last_ = 0;
};

} // namespace restante::benchmarks::network
