#include "restante/benchmarks/network/nats_codec.hpp"

#include <array>
#include <charconv>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace restante::benchmarks::network {

namespace {

constexpr std::string_view end_of_line = "\r\n";

[[noreturn]] void refuse(std::string_view line) {
  throw std::runtime_error("not what a NATS server says: " + std::string{line.substr(0, 200)});
}

nats_verb verb_of(std::string_view word, std::string_view line) {
  constexpr std::array<std::pair<std::string_view, nats_verb>, 6> verbs{
      {{"MSG", nats_verb::message},
       {"PING", nats_verb::ping},
       {"PONG", nats_verb::pong},
       {"INFO", nats_verb::info},
       {"+OK", nats_verb::ok},
       {"-ERR", nats_verb::error}}};
  for (const auto& [text, verb] : verbs)
    if (text == word)
      return verb;
  refuse(line);
}

void append_line(std::string& out, std::initializer_list<std::string_view> pieces) {
  for (const auto piece : pieces)
    out.append(piece);
  out.append(end_of_line);
}

} // namespace

std::optional<nats_operation> next_nats_operation(std::string_view bytes) {
  const auto end = bytes.find(end_of_line);
  if (end == std::string_view::npos)
    return std::nullopt;
  const auto line = bytes.substr(0, end);
  const auto head = line.find(' ');
  const auto rest = head == std::string_view::npos ? std::string_view{} : line.substr(head + 1);
  const auto body = end + end_of_line.size();
  nats_operation found{verb_of(line.substr(0, head), line), {}, rest, body};
  if (found.verb != nats_verb::message)
    return found;
  std::size_t length = 0;
  const auto count = rest.substr(rest.rfind(' ') + 1); // after subject, id, optional reply
  const auto [stop, problem] = std::from_chars(count.begin(), count.end(), length);
  if (problem != std::errc{} || stop != count.end() || rest.find(' ') == std::string_view::npos)
    refuse(line);
  found.size = body + length + end_of_line.size();
  if (bytes.size() < found.size)
    return std::nullopt;
  found.subject = rest.substr(0, rest.find(' '));
  found.text = bytes.substr(body, length);
  return found;
}

void append_nats_connect(std::string& out) {
  append_line(out, {R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c++","version":"1",)",
                    R"("protocol":1,"headers":false,"no_responders":false})"});
}

void append_nats_subscribe(std::string& out, std::string_view subject, std::uint64_t id) {
  append_line(out, {"SUB ", subject, " ", std::to_string(id)});
}

void append_nats_publish(std::string& out, std::string_view subject, std::string_view reply,
                         std::string_view payload) {
  append_line(
      out, {"PUB ", subject, " ", reply, reply.empty() ? "" : " ", std::to_string(payload.size())});
  append_line(out, {payload});
}

void append_nats_ping(std::string& out) {
  append_line(out, {"PING"});
}

void append_nats_pong(std::string& out) {
  append_line(out, {"PONG"});
}

} // namespace restante::benchmarks::network
