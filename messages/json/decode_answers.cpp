// Reads the answers of the broker. Each command has one type of answer.

#include "restante/messages/json/answer_members.hpp"
#include "restante/messages/json/decode_frames.hpp"
#include "restante/messages/json/decoded_fields.hpp"

#include <array>
#include <utility>

namespace restante::json {

namespace {

template <class Command>
answer_value read_answer(const decoded_fields& from) {
  answer_to<Command> answer;
  read_told(from, answer_members<answer_to<Command>>(), answer);
  if constexpr (std::is_same_v<Command, subscribe_topic>)
    answer.reason = view_reason::subscribe;
  return answer;
}

using answer_reader = answer_value (*)(const decoded_fields&);

template <class... Commands>
constexpr std::array<answer_reader, sizeof...(Commands)> all_readers(type_list<Commands...>) {
  return {read_answer<Commands>...};
}

constexpr auto readers = all_readers(operations{});

/// The broker writes the zero trace if there is no token.
trace_id resume_token(const decoded_fields& from) {
  return trace_of(from.text("resume")).value_or(trace_id{});
}

decoded_connect read_connected(const decoded_fields& from) {
  decoded_connect out;
  out.receipt.client = {from.text("ns"), from.text("client")};
  out.receipt.epoch = from.count<epoch_number>("epoch");
  out.receipt.resume = resume_token(from);
  if (from.flag("resumed"))
    out.receipt.result = attach_result::resumed;
  out.receipt.pending = from.count<std::uint64_t>("pending");
  out.ping = from.span("ping_ms");
  out.expires_in = from.all().milliseconds("expires_in_ms");
  return out;
}

} // namespace

answer_value answer_of(std::size_t kind, const members& fields) {
  if (kind >= readers.size())
    return failure{errc::internal, "there is no such kind of command"};
  auto read =
      decoded_or_failure<answer_value>([&] { return readers[kind](decoded_fields{fields}); });
  if (auto* bad = read.why())
    return std::move(*bad);
  return std::move(*read);
}

outcome<decoded_connect> connected_of(const members& fields) {
  return decoded_or_failure<decoded_connect>(
      [&] { return read_connected(decoded_fields{fields}); });
}

} // namespace restante::json
