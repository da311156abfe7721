// HTTP input: any method, target and body is routed or refused, and any bytes are a request or
// none.

#include "restante/broker/gateway/http_head.hpp"
#include "restante/broker/gateway/http_rules.hpp"
#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/broker/gateway/routes.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/tests/fuzz/fuzz.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <string>

namespace restante::testing {
namespace {

using namespace restante::gateway;

constexpr http::verb verbs[] = {http::verb::get,    http::verb::post,    http::verb::put,
                                http::verb::head,   http::verb::options, http::verb::delete_,
                                http::verb::unknown};

void must_refuse(const refused_request& refused) {
  must(static_cast<unsigned>(refused.status) >= 400, "a refusal has the status of one");
  must((refused.status == http::status::method_not_allowed) != refused.allow.empty(),
       "405 says what is allowed");
  const auto shown = json::decode_fields(json::operation::ping, content_of(refused.why));
  must(shown.ok(), "a refusal is a JSON object");
}

void lead(http::verb method, std::string_view target, std::string_view content) {
  const auto leads_to = route(method, target);
  if (const auto* refused = std::get_if<refused_request>(&leads_to))
    must_refuse(*refused);
  if (const auto* waiting = std::get_if<content_operation>(&leads_to)) {
    const auto made = complete(*waiting, content);
    if (const auto* refused = std::get_if<refused_request>(&made))
      must_refuse(*refused);
  }
}

/// Format of an input: `M` the method, a target up to the end of the line, then a body.
void lead_apart(std::string_view input) {
  if (input.empty())
    return;
  const auto method = verbs[static_cast<unsigned char>(input.front()) % std::size(verbs)];
  const auto end = input.find('\n');
  lead(method, input.substr(1, end - 1),
       end == std::string_view::npos ? std::string_view{} : input.substr(end + 1));
}

/// Parses in two pieces, as the gateway does.
void lead_raw(std::string_view input) {
  head_scanner scanner;
  auto verdict = scanner.look(input.substr(0, input.size() / 2));
  if (verdict == head_scanner::verdict::incomplete)
    verdict = scanner.look(input);
  head_scanner at_once;
  must(at_once.look(input) == verdict, "it does not matter how the bytes come");
  static const origin_policy policy{"127.0.0.1", {"broker.example"}, {"https://app.example"}};
  if (verdict != head_scanner::verdict::complete) {
    const auto seen = glimpse_of(input);
    policy.admits({seen.host, seen.origin, {}});
    return;
  }
  http::request_parser<http::string_body> parser;
  parser.header_limit(header_bytes_max + 1);
  parser.body_limit(json::frame_bytes_max);
  error_code error;
  std::string head{input.substr(scanner.begin(), scanner.size())};
  auto& minor = head.at(scanner.minor_version_at() - scanner.begin());
  minor = std::min(minor, '1');
  parser.put(net::buffer(head), error);
  if (error || !parser.is_header_done())
    return;
  http_header header = parser.get().base();
  join_lists(header);
  keeps_open(header);
  if (auto wrong = fault_of(header)) {
    must_refuse(*wrong);
    return;
  }
  must(parser.chunked() || parser.content_length().has_value() ||
           header.find(http::field::transfer_encoding) == header.end(),
       "who has a Transfer-Encoding has a body");
  auto target = target_of(header, false);
  if (auto* wrong = std::get_if<refused_request>(&target)) {
    must_refuse(*wrong);
    return;
  }
  const auto& asked = std::get<asked_target>(target);
  const provenance from{asked.host, field_of(header, http::field::origin),
                        field_of(header, "Sec-Fetch-Site")};
  if (policy.admits(from))
    must(!from.host || !from.host->empty(), "who is admitted says to whom it speaks");
  expectation_of(header);
  content_fault(header);
  precondition_of(header, "\"tag\"");
  if (asks_for_websocket(header))
    handshake_fault(header);
  lead(header.method(), asked.path, input.substr(scanner.begin() + scanner.size()));
}

} // namespace
} // namespace restante::testing

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = restante::testing::text_of(data, size);
  restante::testing::lead_apart(input);
  restante::testing::lead_raw(input);
  return 0;
}
