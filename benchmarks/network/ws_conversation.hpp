#pragma once

#include "restante/benchmarks/network/conversation.hpp"
#include "restante/benchmarks/network/ws_codec.hpp"

namespace restante::benchmarks::network {

/// A conversation in Restante's JSON over WebSocket. It searches received text and does not parse
/// it: it relies on the fixed order of the members, and on payloads that need no escape.
class ws_conversation final : public conversation {
public:
  ws_conversation(engine& loop, observer& ears, role plays, endpoint with);

  std::uint64_t put(std::string_view client, std::string_view payload) override;
  void publish(std::string_view topic, std::string_view payload) override;
  std::uint64_t set_key(std::string_view topic, std::string_view key) override;
  void keep_alive() override {}

private:
  enum class phase { upgrading, talking };

  void on_open() override;
  std::size_t on_bytes(std::string_view bytes) override;
  void on_message(const ws_message& message);
  void on_frame(std::string_view frame);
  void on_reply(std::string_view frame);
  void on_deliver(std::string_view frame);
  void say(std::initializer_list<std::string_view> pieces);

  std::string host_;
  phase phase_ = phase::upgrading;
  ws_reader reader_;
  std::uint32_t mask_;
  std::uint64_t last_id_;
};

/// The text of the string member `name` of `frame`. `name` is given in the form `"name":"`. Throws
/// std::runtime_error when the frame has no such member.
std::string_view string_member(std::string_view frame, std::string_view name);

} // namespace restante::benchmarks::network
