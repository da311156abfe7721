#include "restante/benchmarks/network/nats_conversation.hpp"

#include <charconv>
#include <stdexcept>

namespace restante::benchmarks::network {

namespace {

/// Creating the stream a second time with equal settings changes nothing, so every client does it.
constexpr std::string_view make_stream = "$JS.API.STREAM.CREATE.PUTS";
constexpr std::string_view stream_config =
    R"({"name":"PUTS","subjects":["put.>"],"storage":"file","retention":"limits"})";
constexpr std::string_view error_member = R"("error":)";
/// When two clients create the stream at the same time, NATS tells the second client that the
/// subjects are in use.
constexpr std::string_view overlap_member = R"("err_code":10065,)";
constexpr std::uint64_t first_number = 1; ///< of what a scenario asks for; 0: the stream

} // namespace

nats_conversation::nats_conversation(engine& loop, observer& ears, role plays)
    : conversation(loop, ears, std::move(plays)), answers_("_INBOX." + this->plays().client + "."),
      last_(first_number - 1) {}

std::uint64_t nats_conversation::put(std::string_view client, std::string_view payload) {
  append_nats_publish(out(), "put." + std::string{client}, answers_ + std::to_string(++last_),
                      payload);
  return last_;
}

void nats_conversation::publish(std::string_view, std::string_view) {
  throw std::logic_error("only puts are measured of NATS");
}

std::uint64_t nats_conversation::set_key(std::string_view, std::string_view) {
  throw std::logic_error("NATS has no keys that end with their connection");
}

std::size_t nats_conversation::on_bytes(std::string_view bytes) {
  std::size_t taken = 0;
  while (const auto operation = next_nats_operation(bytes.substr(taken))) {
    taken += operation->size;
    on_operation(*operation);
  }
  return taken;
}

void nats_conversation::on_operation(const nats_operation& received) {
  switch (received.verb) {
  case nats_verb::info:
    return start();
  case nats_verb::message:
    return on_message(received);
  case nats_verb::ping:
    count_ping();
    return append_nats_pong(out());
  case nats_verb::pong:
    return count_ping();
  case nats_verb::error:
    throw std::runtime_error("refused: " + std::string{received.text});
  case nats_verb::ok:
    return;
  }
}

/// The server sends the first message.
void nats_conversation::start() {
  append_nats_connect(out());
  append_nats_subscribe(out(), answers_ + "*", 1);
  append_nats_publish(out(), make_stream, answers_ + "0", stream_config);
}

void nats_conversation::on_message(const nats_operation& received) {
  const auto number = received.subject.substr(received.subject.rfind('.') + 1);
  std::uint64_t answered = 0;
  std::from_chars(number.begin(), number.end(), answered);
  const bool is_of_stream = answered < first_number;
  if (received.text.find(error_member) != std::string_view::npos &&
      !(is_of_stream && received.text.find(overlap_member) != std::string_view::npos))
    throw std::runtime_error("refused: " + std::string{received.text});
  if (is_of_stream)
    return ears().on_ready(*this);
  ears().on_answer(*this, answered);
}

} // namespace restante::benchmarks::network
