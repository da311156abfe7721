#include "restante/tests/network/http_client.hpp"

#include <algorithm>
#include <cctype>

namespace restante::testing {

namespace {

std::string lower(std::string_view text) {
  std::string low{text};
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

bool has(const http_headers& headers, std::string_view name) {
  return std::ranges::any_of(headers, [name](const auto& one) { return lower(one.first) == name; });
}

http_answer read_head(std::string_view head) {
  http_answer read;
  if (!head.starts_with("HTTP/1.") || head.size() < 12)
    return read;
  read.status = std::stoi(std::string{head.substr(9, 3)});
  auto at = head.find("\r\n");
  while (at != std::string_view::npos && at + 2 < head.size()) {
    const auto end = std::min(head.find("\r\n", at + 2), head.size());
    const auto field = head.substr(at + 2, end - at - 2);
    if (const auto colon = field.find(": "); colon != std::string_view::npos)
      read.headers[lower(field.substr(0, colon))] = field.substr(colon + 2);
    at = end;
  }
  return read;
}

} // namespace

std::string http_answer::text() const {
  auto shown = body;
  if (shown.ends_with('\n'))
    shown.pop_back();
  return std::to_string(status) + " " + shown;
}

std::string http_request_text(std::string_view method, std::string_view target,
                              std::string_view body, const http_headers& headers) {
  std::string text;
  text.append(method).append(1, ' ').append(target).append(" HTTP/1.1\r\n");
  if (!has(headers, "host"))
    text += "Host: localhost\r\n";
  if (!body.empty() && !has(headers, "content-length"))
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) {
    if (value != "-")
      text += name + ": " + value + "\r\n";
  }
  return text.append("\r\n").append(body);
}

http_answer read_answer(line& from, std::string_view method, patience wait) {
  auto end = from.received().find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!from.listen(wait))
      return {};
    end = from.received().find("\r\n\r\n");
  }
  auto answer = read_head(std::string_view{from.received()}.substr(0, end));
  from.take(end + 4);
  if (method == "HEAD" || answer.status == 101)
    return answer;
  const auto length = std::stoul("0" + answer.header("content-length"));
  while (from.received().size() < length && from.listen(wait)) {
  }
  answer.body = from.received().substr(0, length);
  from.take(answer.body.size());
  return answer;
}

} // namespace restante::testing
