#pragma once

#include "restante/tests/network/line.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace restante::testing {

using http_headers = std::vector<std::pair<std::string, std::string>>;

/// An HTTP response. A status of 0 means no response, or no HTTP.
struct http_answer {
  int status = 0;
  std::map<std::string, std::string> headers{}; ///< names in lower case
  std::string body{};

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }

  /// `200 {"entries":[]}`, without the line end.
  std::string text() const;
};

/// The text of a request. `Host` and `Content-Length` are added where `headers` have none; a value
/// of `-` leaves that header out.
std::string http_request_text(std::string_view method, std::string_view target,
                              std::string_view body = {}, const http_headers& headers = {});

/// Waits for one response and takes it from `from`.
http_answer read_answer(line& from, std::string_view method = "GET", patience wait = patient);

/// An HTTP connection that stays open between requests.
class http_client {
public:
  explicit http_client(std::uint16_t port, speaking how = speaking::plain) : line_{port, how} {}

  http_answer ask(std::string_view method, std::string_view target, std::string_view body = {},
                  const http_headers& headers = {}) {
    line_.send(http_request_text(method, target, body, headers));
    return read_answer(line_, method);
  }

  http_answer get(std::string_view target, const http_headers& headers = {}) {
    return ask("GET", target, {}, headers);
  }
  http_answer post(std::string_view target, std::string_view body,
                   const http_headers& headers = {}) {
    return ask("POST", target, body, headers);
  }

  line& at() { return line_; }

private:
  line line_;
};

} // namespace restante::testing
