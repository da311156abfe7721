// What comes over HTTP: any method, target and body leads somewhere or is refused, and any
// bytes are a request or none.

#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/broker/gateway/routes.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/tests/fuzz/fuzz.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <string>

namespace restante::testing {
namespace {

using namespace restante::gateway;

constexpr http::verb verbs[] = {http::verb::get,    http::verb::post,    http::verb::put,
                                http::verb::head,   http::verb::options, http::verb::delete_,
                                http::verb::unknown};

void lead(http::verb method, std::string_view target, std::string_view content) {
  const auto leads_to = route(method, target, content);
  const auto* refused = std::get_if<refused_request>(&leads_to);
  if (refused == nullptr)
    return;
  must(static_cast<unsigned>(refused->status) >= 400, "a refusal has the status of one");
  must((refused->status == http::status::method_not_allowed) != refused->allow.empty(),
       "405 says what is allowed");
  const auto shown = json::decode_fields(json::operation::ping, content_of(refused->why));
  must(std::holds_alternative<json::request>(shown), "a refusal is a JSON object");
}

/// `M` the method, a target up to the line's end, a body behind it.
void lead_apart(std::string_view input) {
  if (input.empty())
    return;
  const auto method = verbs[static_cast<unsigned char>(input.front()) % std::size(verbs)];
  const auto end = input.find('\n');
  lead(method, input.substr(1, end - 1),
       end == std::string_view::npos ? std::string_view{} : input.substr(end + 1));
}

/// As the gateway reads it, in two pieces.
void lead_raw(std::string_view input) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(16 * 1024);
  parser.body_limit(json::frame_bytes_max);
  parser.eager(true);
  std::string all{input};
  std::size_t done = 0;
  for (const auto piece : {all.size() / 2, all.size()}) {
    error_code error;
    while (!error && done < piece && !parser.is_done()) {
      const auto n = parser.put(net::buffer(all.data() + done, piece - done), error);
      done += n;
      if (n == 0)
        break;
    }
    if (error && error != http::error::need_more)
      return;
  }
  if (!parser.is_done())
    return;
  const auto request = parser.release();
  const auto view = [](auto text) { return std::string_view{text.data(), text.size()}; };
  static const origin_policy policy{"127.0.0.1", {"broker.example"}, {"https://app.example"}};
  const provenance from{view(request[http::field::host]), view(request[http::field::origin]),
                        view(request["Sec-Fetch-Site"])};
  if (policy.admits(from))
    must(!from.host.empty(), "who is admitted says to whom it speaks");
  lead(request.method(), view(request.target()), request.body());
}

} // namespace
} // namespace restante::testing

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = restante::testing::text_of(data, size);
  restante::testing::lead_apart(input);
  restante::testing::lead_raw(input);
  return 0;
}
