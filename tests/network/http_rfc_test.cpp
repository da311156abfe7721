// Every MUST of RFC 9110 and RFC 9112 for an origin server, as bytes on a socket: the section, the
// requirement, a request, and the response. `open` and `close` say whether the connection continues
// with the next request, or ends without an answer to later requests.
//
// Some sections require nothing here, because the broker does not have the feature: it sends no
// transfer coding and no trailer (9112 6.1, 7), answers no Range in parts (9110 14.2: MAY be
// ignored), and has no date of modification (9110 13.1.3, 13.1.4: MUST be ignored), no cookies, no
// content negotiation, no forwarding (9110 7.6: `Via`, `Max-Forwards`), and no challenge but
// Bearer.

#include "restante/broker/gateway/http_rules.hpp"
#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

namespace restante::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct rfc_case {
  const char* section;
  const char* what;
  std::string request;
  const char* outcome;
};

const std::string host = "Host: localhost\r\n";
const std::string put_line = "POST /v1/notifications HTTP/1.1\r\n";
const std::string put_head = put_line + host;
const std::string put_body = R"({"to":"a","pack":1})"; // 19 bytes
const std::string hidden = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string get(const std::string& target, const std::string& fields = {},
                const std::string& version = "HTTP/1.1") {
  return "GET " + target + " " + version + "\r\n" + host + fields + "\r\n";
}

/// The observed behaviour: `200 open`, `100 201 open`, `400 close`.
std::string outcome_of(std::uint16_t port, const std::string& request, bool is_open_expected) {
  line at{port};
  at.send(request);
  const auto from = request.find_first_not_of("\r\n");
  const auto method = request.substr(from, request.find(' ', from) - from);
  std::string found;
  http_answer answer;
  do {
    answer = read_answer(at, method);
    found += std::to_string(answer.status) + " ";
  } while (answer.status == 100);
  if (is_open_expected) {
    at.send(hidden);
    return found + (read_answer(at).text() == "200 ok" ? "open" : "not open");
  }
  while (at.listen()) {
  }
  if (!at.is_over())
    return found + "not closed";
  return found + (at.received().empty() ? "close" : "close, and more: " + at.received());
}

void expect(const std::vector<rfc_case>& cases, gateway::gateway_options how = {}) {
  gateway_fixture h{std::move(how)};
  for (const auto& [section, what, request, outcome] : cases) {
    const bool is_open = std::string_view{outcome}.ends_with("open");
    EXPECT_EQ(outcome_of(h.port(), request, is_open), outcome) << section << ": " << what << "\n"
                                                               << request.substr(0, 300);
  }
}

TEST(Rfc9112, W5_W8_2_the_request_line_and_the_ends_of_lines) {
  expect({
      {"9112 2.2", "an empty line before a request is skipped", "\r\n" + get("/healthz"),
       "200 open"},
      {"9112 2.2", "four of them are", "\r\n\r\n\r\n\r\n" + get("/healthz"), "200 open"},
      {"9112 2.2", "five are none", "\r\n\r\n\r\n\r\n\r\n" + get("/healthz"), "400 close"},
      {"9112 2.2", "LF alone ends no line", "GET /healthz HTTP/1.1\nHost: localhost\n\n",
       "400 close"},
      {"9112 2.2", "nor between fields", "GET /healthz HTTP/1.1\r\nHost: localhost\nX: 1\r\n\r\n",
       "400 close"},
      {"9112 2.2", "a bare CR is refused", get("/healthz", "X: a\rb\r\n"), "400 close"},
      {"9112 2.2", "white space before the first field",
       "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n", "400 close"},
      {"9112 3", "two spaces", "GET  /healthz HTTP/1.1\r\n" + host + "\r\n", "400 close"},
      {"9112 3", "a space at the end", "GET /healthz HTTP/1.1 \r\n" + host + "\r\n", "400 close"},
      {"9112 3", "a tab", "GET\t/healthz HTTP/1.1\r\n" + host + "\r\n", "400 close"},
      {"9112 3", "a space in front", " GET /healthz HTTP/1.1\r\n" + host + "\r\n", "400 close"},
      {"9112 3", "a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "400 close"},
      {"9112 3", "no target", "GET HTTP/1.1\r\n" + host + "\r\n", "400 close"},
      {"9112 3", "HTTP/0.9", "GET /healthz\r\n\r\n", "400 close"},
      {"9112 3", "a method that is no token", "GE(T /healthz HTTP/1.1\r\n" + host + "\r\n",
       "400 close"},
      {"9112 2.3", "the version in lower case", "GET /healthz http/1.1\r\n" + host + "\r\n",
       "400 close"},
      {"9112 2.3", "two digits", "GET /healthz HTTP/1.10\r\n" + host + "\r\n", "400 close"},
      {"9110 2.5", "a later minor version is read as the last known",
       get("/healthz", {}, "HTTP/1.2"), "200 open"},
      {"9110 15.6.6", "HTTP/2.0", get("/healthz", {}, "HTTP/2.0"), "505 close"},
      {"9110 15.6.6", "HTTP/0.9 with its version", get("/healthz", {}, "HTTP/0.9"), "505 close"},
      {"9110 15.6.6", "HTTP/2 as it begins", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 close"},
      {"9110 15.5.15", "a long request line", get("/" + std::string(9000, 'a')), "414 close"},
      {"9110 15.5.15", "one that does not end", "GET /" + std::string(9000, 'a'), "414 close"},
      {"6585 5", "a large header", get("/healthz", "X: " + std::string(17000, 'a') + "\r\n"),
       "431 close"},
      {"6585 5", "one that does not end", "GET / HTTP/1.1\r\nX: " + std::string(17000, 'a'),
       "431 close"},
      {"6585 5", "many small fields",
       [] {
         std::string all;
         for (int n = 0; n < 5000; ++n)
           all += "A: b\r\n";
         return get("/healthz", all);
       }(),
       "431 close"},
  });
}

TEST(Rfc9112, W5_W8_5_header_fields) {
  expect({
      {"9112 5.1", "a space before the colon", get("/healthz", "X : 1\r\n"), "400 close"},
      {"9112 5.1", "and in the field that says where the body ends",
       put_head + "Content-Length : 19\r\n\r\n" + put_body, "400 close"},
      {"9112 5.2", "a folded line", get("/healthz", "X: a\r\n b\r\n"), "400 close"},
      {"9112 5.2", "one folded with a tab, in front of Host",
       "GET /healthz HTTP/1.1\r\nX: a\r\n\tb\r\nHost: localhost\r\n\r\n", "400 close"},
      {"9112 5.2", "a folded Transfer-Encoding",
       put_head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + hidden, "400 close"},
      {"9112 5", "no name", get("/healthz", ": x\r\n"), "400 close"},
      {"9112 5", "no colon", get("/healthz", "X\r\n"), "400 close"},
      {"9110 5.5", "NUL in a value", get("/healthz", std::string{"X: a\0b\r\n", 8}), "400 close"},
      {"9110 5.5", "a control character", get("/healthz", "X: a\x01\r\n"), "400 close"},
      {"9110 5.5", "DEL", get("/healthz", "X: a\x7f\r\n"), "400 close"},
      {"9110 5.5", "a tab is none", get("/healthz", "X: a\tb\r\n"), "200 open"},
      {"9110 5.5", "nor are bytes beyond ASCII", get("/healthz", "X: \xc3\xa4\xff\r\n"),
       "200 open"},
      {"9110 5.1", "names have no case", "GET /healthz HTTP/1.1\r\nhOsT: localhost\r\n\r\n",
       "200 open"},
      {"9110 5.6.3", "spaces around a value",
       "GET /healthz HTTP/1.1\r\nHost:\t localhost \t\r\n\r\n", "200 open"},
      {"9110 5.3", "Authorization twice",
       get("/v1/stats", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), "400 close"},
      {"9110 5.3", "Content-Type twice",
       put_head + "Content-Length: 19\r\nContent-Type: a/b\r\nContent-Type: a/c\r\n\r\n" + put_body,
       "400 close"},
      {"9110 5.3", "Origin twice",
       get("/healthz", "Origin: http://localhost\r\nOrigin: http://localhost\r\n"), "400 close"},
      {"9110 5.1", "unknown fields are ignored", get("/healthz", "X: 1\r\nX: 2\r\n"), "200 open"},
  });
}

TEST(Rfc9112, W5_W8_6_where_a_message_ends_is_certain_or_it_is_refused) {
  const auto te = [](const std::string& coding) {
    return put_head + "Transfer-Encoding: " + coding + "\r\n\r\n" + hidden;
  };
  const std::string chunks = "13\r\n" + put_body + "\r\n0\r\n\r\n";
  const auto length = [](const std::string& fields) {
    return put_head + fields + "\r\n" + put_body + hidden;
  };
  expect({
      {"9112 6.1", "chunked", put_head + "Transfer-Encoding: chunked\r\n\r\n" + chunks, "201 open"},
      {"9112 6.1", "codings have no case", put_head + "Transfer-Encoding: CHUNKED\r\n\r\n" + chunks,
       "201 open"},
      {"9110 5.6.1.2", "empty elements are none",
       put_head + "Transfer-Encoding: , chunked\r\n\r\n" + chunks, "201 open"},
      {"9110 5.6.1.2", "behind it too",
       put_head + "Transfer-Encoding: ,\t,Chunked ,, \r\n\r\n" + chunks, "201 open"},
      {"9110 5.6.1.2", "nor do they hide another one", te(", gzip,"), "400 close"},
      {"9110 5.6.1.2", "or a second", te("chunked,, chunked"), "400 close"},
      {"9110 5.6.1.2", "or one before", te(",gzip,, chunked,"), "501 close"},
      {"9112 6.3", "gzip", te("gzip"), "400 close"},
      {"9112 6.3", "identity", te("identity"), "400 close"},
      {"9112 6.3", "nothing", te(""), "400 close"},
      {"9112 6.3", "a comma", te(","), "400 close"},
      {"9112 6.3", "xchunked", te("xchunked"), "400 close"},
      {"9112 6.3", "chunked is not the last", te("chunked, gzip"), "400 close"},
      {"9112 6.3", "chunked, and nothing", te("chunked,"), "400 close"},
      {"9112 6.3", "in quotation marks", te("\"chunked\""), "400 close"},
      {"9112 6.3", "with a parameter", te("chunked;q=1"), "400 close"},
      {"9112 6.3", "with a vertical tab",
       te("\x0b"
          "chunked"),
       "400 close"},
      {"9112 6.1", "chunked twice in one line", te("chunked, chunked"), "400 close"},
      {"9112 6.1", "and in two", te("chunked\r\nTransfer-Encoding: chunked"), "400 close"},
      {"9112 6.3", "another one behind it", te("chunked\r\nTransfer-Encoding: identity"),
       "400 close"},
      {"9112 6.3", "another one before it", te("identity\r\nTransfer-Encoding: chunked"),
       "400 close"},
      {"9112 6.1", "one that is not known, then chunked", te("gzip, chunked"), "501 close"},
      {"9112 6.1", "Transfer-Encoding and Content-Length",
       put_head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunks, "400 close"},
      {"9112 6.1", "in the other order",
       put_head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, "400 close"},
      {"9112 6.3", "Content-Length and one that is none",
       put_head + "Content-Length: 19\r\nTransfer-Encoding: x\r\n\r\n" + put_body, "400 close"},
      {"9112 6.1", "Transfer-Encoding in HTTP/1.0",
       "POST /v1/notifications HTTP/1.0\r\n" + host +
           "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks,
       "400 close"},
      {"9112 6.3", "with a method that has no body",
       get("/healthz", "Transfer-Encoding: gzip\r\n") + hidden, "400 close"},
      {"9110 8.6", "two lengths that differ", length("Content-Length: 19\r\nContent-Length: 1\r\n"),
       "400 close"},
      {"9110 8.6", "two that do not", length("Content-Length: 19\r\nContent-Length: 19\r\n"),
       "400 close"},
      {"9110 8.6", "a list of lengths", length("Content-Length: 19, 19\r\n"), "400 close"},
      {"9110 8.6", "+19", length("Content-Length: +19\r\n"), "400 close"},
      {"9110 8.6", "-1", length("Content-Length: -1\r\n"), "400 close"},
      {"9110 8.6", "0x13", length("Content-Length: 0x13\r\n"), "400 close"},
      {"9110 8.6", "1 9", length("Content-Length: 1 9\r\n"), "400 close"},
      {"9110 8.6", "19.0", length("Content-Length: 19.0\r\n"), "400 close"},
      {"9110 8.6", "nothing", length("Content-Length:\r\n"), "400 close"},
      {"9110 8.6", "more than any integer", length("Content-Length: 99999999999999999999\r\n"),
       "400 close"},
      {"9110 8.6", "2^64 and a bit", length("Content-Length: 18446744073709551635\r\n"),
       "400 close"},
      {"9110 8.6", "leading zeros are digits", put_head + "Content-Length: 0019\r\n\r\n" + put_body,
       "201 open"},
      {"9110 15.5.14", "more than is taken", length("Content-Length: 1048577\r\n"), "413 close"},
      {"9110 9.3.1", "the body of a GET is read, and means nothing",
       get("/healthz", "Content-Length: 5\r\n") + "hello", "200 open"},
      {"9110 9.3.1", "in chunks too",
       get("/healthz", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n", "200 open"},
      {"9110 9.3.5", "the body of a DELETE",
       "DELETE /healthz HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello", "405 open"},
      {"9112 6.3", "a POST without either has no body", put_head + "\r\n", "400 open"},
  });
}

TEST(Rfc9112, W5_W8_7_chunks) {
  const auto chunked = [](const std::string& body) {
    return put_head + "Transfer-Encoding: chunked\r\n\r\n" + body;
  };
  const std::string rest = "\r\n0\r\n\r\n";
  expect({
      {"9112 7.1", "digits in both cases, leading zeros",
       chunked("0A\r\n{\"to\":\"a\",\r\n00009\r\n\"pack\":1}" + rest), "201 open"},
      {"9112 7.1.1", "an extension is ignored", chunked("13;a=b;c=\"d\"\r\n" + put_body + rest),
       "201 open"},
      {"9112 7.1.1", "but not a large one",
       chunked("13;a=" + std::string(5000, 'x') + "\r\n" + put_body + rest) + hidden, "400 close"},
      {"9112 7.1.1", "nor one with a line feed in quotation marks",
       chunked("13;a=\"\n\"\r\n" + put_body + rest) + hidden, "400 close"},
      {"9112 7.1.1", "nor with a bare line feed", chunked("13;\n\r\n" + put_body + rest) + hidden,
       "400 close"},
      {"9112 7.1", "LF alone", chunked("13\n" + put_body + "\n0\n\n") + hidden, "400 close"},
      {"9112 7.1", "a size that is none", chunked("zz\r\n\r\n") + hidden, "400 close"},
      {"9112 7.1", "0x13", chunked("0x13\r\n" + put_body + rest) + hidden, "400 close"},
      {"9112 7.1", "-1", chunked("-1\r\n\r\n") + hidden, "400 close"},
      {"9112 7.1", "a space before the line's end", chunked("13 \r\n" + put_body + rest) + hidden,
       "400 close"},
      {"9112 7.1", "larger than any integer", chunked("1ffffffffffffffff\r\n") + hidden,
       "400 close"},
      {"9112 7.1", "larger than is taken", chunked("100001\r\n") + hidden, "413 close"},
      {"9112 7.1", "data longer than it said", chunked("12\r\n" + put_body + rest) + hidden,
       "400 close"},
      {"9112 7.1.2", "a trailer is dropped", chunked("13\r\n" + put_body + "\r\n0\r\nX: y\r\n\r\n"),
       "201 open"},
      {"9110 6.5.1", "and is not merged into the header",
       chunked("13\r\n" + put_body +
               "\r\n0\r\nHost: evil.example\r\nConnection: close\r\n"
               "Origin: http://evil.example\r\n\r\n"),
       "201 open"},
      {"9110 6.5.1", "nor may it say where the message ends",
       chunked("13\r\n" + put_body + "\r\n0\r\nContent-Length: 3\r\n\r\n") + hidden, "400 close"},
  });
}

TEST(Rfc9112, W7_W8_3_2_host_and_the_forms_of_a_target) {
  const auto with_host = [](const std::string& value, const std::string& target = "/healthz",
                            const std::string& version = "HTTP/1.1") {
    return "GET " + target + " " + version + "\r\nHost: " + value + "\r\n\r\n";
  };
  expect({
      {"9112 3.2", "no Host", "GET /healthz HTTP/1.1\r\n\r\n", "400 close"},
      {"9112 3.2", "two", get("/healthz", host), "400 close"},
      {"9112 3.2", "two that differ", get("/healthz", "Host: evil.example\r\n"), "400 close"},
      {"9112 3.2", "an empty one", with_host(""), "400 close"},
      {"9112 3.2", "a list", with_host("localhost, evil.example"), "400 close"},
      {"9112 3.2", "a path", with_host("localhost/healthz"), "400 close"},
      {"9112 3.2", "a user", with_host("a@localhost"), "400 close"},
      {"9112 3.2", "a port that is none", with_host("localhost:x"), "400 close"},
      {"9112 3.2", "a port beyond all", with_host("localhost:65536"), "400 close"},
      {"9112 3.2", "an unfinished address", with_host("[::1"), "400 close"},
      {"9110 4.2.3", "the default port", with_host("localhost:80"), "200 open"},
      {"9110 4.2.3", "an empty port", with_host("localhost:"), "200 open"},
      {"9110 4.2.3", "no case", with_host("LocalHost"), "200 open"},
      {"9112 3.2", "somebody else's", with_host("evil.example"), "403 open"},
      {"9112 3.2", "HTTP/1.0 needs none", "GET /healthz HTTP/1.0\r\n\r\n", "200 close"},
      {"9112 3.2", "but one is one", with_host("evil.example", "/healthz", "HTTP/1.0"),
       "403 close"},
      {"9112 3.2.2", "absolute-form", get("http://localhost/healthz"), "200 open"},
      {"9112 3.2.2", "its scheme has no case", get("HTTP://LOCALHOST:80/healthz?x=1"), "200 open"},
      {"9112 3.2.2", "its host takes the place of Host",
       with_host("evil.example", "http://localhost/healthz"), "200 open"},
      {"9112 3.2.2", "also when it is not ours", get("http://evil.example/healthz"), "403 open"},
      {"9112 3.2.2", "without a path", get("http://localhost"), "200 open"},
      {"9112 3.2.2", "without a path, with a query", get("http://localhost?x"), "200 open"},
      {"9112 3.2", "Host is needed beside it", "GET http://localhost/healthz HTTP/1.1\r\n\r\n",
       "400 close"},
      {"9110 4.2.1", "no host in it", get("http:///healthz"), "400 close"},
      {"9110 4.2.4", "a user in it", get("http://a:b@localhost/healthz"), "400 close"},
      {"9110 7.4", "https without TLS", get("https://localhost/healthz"), "421 close"},
      {"9112 3.2.2", "another scheme", get("ftp://localhost/healthz"), "400 close"},
      {"9112 3.2.3", "authority-form", "CONNECT localhost:80 HTTP/1.1\r\n" + host + "\r\n",
       "501 close"},
      {"9112 3.2.3", "is for CONNECT only", get("localhost:80"), "400 close"},
      {"9112 3.2.4", "asterisk-form", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", "200 open"},
      {"9112 3.2.4", "and as a proxy sends it",
       "OPTIONS http://localhost HTTP/1.1\r\n" + host + "\r\n", "200 open"},
      {"9112 3.2.4", "is for OPTIONS only", get("*"), "400 close"},
      {"9112 3.2", "no form at all", get("healthz"), "400 close"},
      {"9110 7.1", "a fragment", get("/healthz#x"), "400 open"},
      {"9112 3.2", "characters that no target has", get("/a\"b"), "400 open"},
      {"9112 3.2", "a query", get("/healthz?a=b&c"), "200 open"},
      {"3986 2.4", "percent-encoded letters are the letters", get("/%68ealthz"), "200 open"},
      {"3986 2.1", "half an encoding", get("/healthz%2"), "400 open"},
      {"9110 4.2.3", "a slash too many in front", get("//healthz"), "404 open"},
      {"9110 4.2.3", "behind", get("/healthz/"), "404 open"},
      {"9110 4.2.3", "between", get("/v1//stats"), "404 open"},
      {"9110 4.2.3", "dot segments are no way", get("/v1/../healthz"), "404 open"},
      {"9110 4.2.3", "nor are they encoded", get("/page/%2e%2e/healthz"), "404 open"},
  });
}

TEST(Rfc9112, W8_9_connections) {
  const auto old = [](const std::string& fields) { return get("/healthz", fields, "HTTP/1.0"); };
  expect({
      {"9112 9.3", "1.1 goes on", get("/healthz"), "200 open"},
      {"9112 9.6", "close ends it", get("/healthz", "Connection: close\r\n") + hidden, "200 close"},
      {"9112 9.6", "no case", get("/healthz", "Connection: CLOSE\r\n") + hidden, "200 close"},
      {"9110 7.6.1", "in a list", get("/healthz", "Connection: x, close\r\n") + hidden,
       "200 close"},
      {"9110 7.6.1", "in the second line",
       get("/healthz", "Connection: keep-alive\r\nConnection: close\r\n") + hidden, "200 close"},
      {"9112 9.3", "1.0 ends", old("") + hidden, "200 close"},
      {"9112 9.3", "unless it asks to go on", old("Connection: Keep-Alive\r\n"), "200 open"},
      {"9112 9.3", "close is stronger", old("Connection: keep-alive, close\r\n") + hidden,
       "200 close"},
      {"9110 7.8", "Upgrade without the option says nothing",
       get("/healthz", "Upgrade: websocket\r\n"), "200 open"},
      {"9110 7.8", "another protocol is ignored",
       get("/healthz", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"), "200 open"},
  });
  gateway_fixture h;
  line at{h.port()};
  at.send(get("/healthz") + put_head + "Content-Length: 19\r\n\r\n" + put_body + get("/nowhere") +
          "HEAD /healthz HTTP/1.1\r\n" + host + "\r\n" + get("/readyz"));
  std::string order;
  for (const auto* method : {"GET", "POST", "GET", "HEAD", "GET"})
    order += std::to_string(read_answer(at, method).status) + " ";
  EXPECT_EQ(order, "200 201 404 200 200 ") << "9112 9.3.2: answers come in the order of requests";
}

TEST(Rfc9110, W8_9_methods) {
  const auto by = [](const std::string& method, const std::string& target,
                     const std::string& fields = {}) {
    return method + " " + target + " HTTP/1.1\r\n" + host + fields + "\r\n";
  };
  expect({
      {"9110 9.1", "a method that nobody knows", by("BREW", "/healthz"), "501 open"},
      {"9110 9.1", "methods have a case", by("get", "/healthz"), "501 open"},
      {"9110 9.1", "one that is not for this target", by("PUT", "/healthz"), "405 open"},
      {"9110 9.1", "and where there is none", by("PUT", "/nowhere"), "404 open"},
      {"9110 9.3.8", "TRACE repeats nothing", by("TRACE", "/healthz", "Cookie: secret\r\n"),
       "405 open"},
      {"9110 9.3.7", "OPTIONS", by("OPTIONS", "/healthz"), "200 open"},
      {"9110 9.3.7", "OPTIONS of nothing", by("OPTIONS", "/nowhere"), "404 open"},
      {"9110 7.6.2", "Max-Forwards ends here anyhow",
       by("OPTIONS", "/healthz", "Max-Forwards: 0\r\n"), "200 open"},
      {"9110 14.2", "Range is ignored", by("GET", "/", "Range: bytes=0-1\r\n"), "200 open"},
  });
}

TEST(Rfc9110, W8_9_3_2_head_has_the_fields_of_get_and_no_content) {
  gateway_fixture h;
  auto http = h.http();
  for (const auto* target :
       {"/", "/page/page.js", "/healthz", "/readyz", "/metrics", "/v1/stats", "/v1/clients",
        "/v1/clients/bob", "/v1/topics", "/v1/topics/t/ephemeral", "/v1/ws", "/nowhere",
        "/v1/notifications", "/v1/notifications/00000000000000000000000000000001",
        "/v1/topics/%zz"}) {
    const auto whole = http.get(target);
    auto head = http.ask("HEAD", target);
    EXPECT_EQ(head.status, whole.status) << target;
    EXPECT_TRUE(http.at().received().empty()) << target;
    auto expected = whole.headers;
    for (auto* headers : {&expected, &head.headers}) {
      headers->erase("date");
      if (std::string_view{target} == "/metrics" || std::string_view{target} == "/v1/stats")
        headers->erase("content-length"); // the list of digits continues
    }
    EXPECT_EQ(head.headers, expected) << target;
  }
  const auto refused = [&](const std::string& fields, const std::string& body, int status) {
    line at{h.port()};
    at.send("HEAD /healthz HTTP/1.1\r\n" + fields + "\r\n" + body);
    const auto got = read_answer(at, "HEAD");
    EXPECT_EQ(got.status, status);
    EXPECT_NE(got.header("content-length"), "0") << status;
    while (at.listen(200ms)) {
    }
    EXPECT_TRUE(at.received().empty()) << status << at.received();
  };
  refused("Host: evil.example\r\n", {}, 403);
  refused(host + "X: " + std::string(17000, 'x') + "\r\n", {}, 431);
  refused(host + "Content-Length: 2000000\r\n", "x", 413);
  refused(host + "X : 1\r\n", {}, 400);
  refused("", {}, 400);
  refused(host + "Transfer-Encoding: x\r\n", {}, 400);
}

TEST(Rfc9110, W8_10_2_1_allow_tells_the_truth) {
  gateway_fixture h;
  auto http = h.http();
  for (const auto* target :
       {"/", "/page/page.js", "/client/restante.js", "/healthz", "/readyz", "/metrics", "/v1/stats",
        "/v1/clients", "/v1/clients/bob", "/v1/topics", "/v1/topics/t/ephemeral", "/v1/ws",
        "/v1/notifications", "/v1/notifications/00000000000000000000000000000001",
        "/v1/notifications/00000000000000000000000000000001/reply"}) {
    const auto options = http.ask("OPTIONS", target);
    EXPECT_EQ(options.status, 200) << target;
    EXPECT_EQ(options.header("content-length"), "0");
    const auto allow = options.header("allow");
    for (const std::string method :
         {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"}) {
      const auto got = http.ask(method, target);
      const bool is_allowed = (", " + allow + ",").find(", " + method + ",") != std::string::npos;
      EXPECT_EQ(got.status != 405, is_allowed) << method << ' ' << target << ' ' << allow;
      EXPECT_EQ(got.header("allow"), got.status == 405 || method == "OPTIONS" ? allow : "");
    }
  }
  EXPECT_EQ(http.ask("OPTIONS", "*").header("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST(Rfc9110, W8_10_1_1_expect) {
  const std::string wait = "Expect: 100-continue\r\n";
  const std::string sized = "Content-Length: 19\r\n";
  expect({
      {"9110 10.1.1", "100 before the content is read", put_head + sized + wait + "\r\n" + put_body,
       "100 201 open"},
      {"9110 10.1.1", "no case", put_head + sized + "Expect: 100-Continue\r\n\r\n" + put_body,
       "100 201 open"},
      {"9110 10.1.1", "in chunks",
       put_head + "Transfer-Encoding: chunked\r\n" + wait + "\r\n13\r\n" + put_body +
           "\r\n0\r\n\r\n",
       "100 201 open"},
      {"9110 10.1.1", "there is none to wait for", get("/healthz", wait), "200 open"},
      {"9110 10.1.1", "HTTP/1.0: ignored",
       "POST /v1/notifications HTTP/1.0\r\n" + host + sized + wait + "\r\n" + put_body,
       "201 close"},
      {"9110 10.1.1", "another expectation", put_head + sized + "Expect: more\r\n\r\n",
       "417 close"},
      {"9110 10.1.1", "one more", put_head + sized + "Expect: 100-continue, x\r\n\r\n",
       "417 close"},
      {"9110 5.6.1.2", "empty elements are none",
       put_head + sized + "Expect: , 100-continue,\r\n\r\n" + put_body, "100 201 open"},
      {"9110 5.6.1.2", "in two lines", put_head + sized + "Expect:\r\n" + wait + "\r\n" + put_body,
       "100 201 open"},
      {"9110 5.6.1.2", "an empty list expects nothing",
       put_head + sized + "Expect:\r\n\r\n" + put_body, "201 open"},
      {"9110 5.6.1.2", "nor does one of empty elements", get("/healthz", "Expect: ,,\r\n"),
       "200 open"},
      {"9110 10.1.1", "a comma in quotation marks parts nothing that is known",
       put_head + sized + "Expect: x=\",100-continue,\"\r\n\r\n", "417 close"},
      {"9110 10.1.1", "404 needs no content", "POST /x HTTP/1.1\r\n" + host + sized + wait + "\r\n",
       "404 close"},
      {"9110 10.1.1", "nor 405", "POST /healthz HTTP/1.1\r\n" + host + sized + wait + "\r\n",
       "405 close"},
      {"9110 10.1.1", "nor 403", put_line + "Host: evil.example\r\n" + sized + wait + "\r\n",
       "403 close"},
      {"9110 10.1.1", "nor 413", put_head + "Content-Length: 1048577\r\n" + wait + "\r\n",
       "413 close"},
      {"9110 10.1.1", "nor 415", put_head + sized + "Content-Encoding: gzip\r\n" + wait + "\r\n",
       "415 close"},
      {"9110 10.1.1", "nor 200, where none is wanted", get("/healthz", sized + wait), "200 close"},
  });
  auto tokens = std::make_shared<fake_tokens>();
  tokens->give("ann", {.ns = {}, .client = "ann"});
  expect(
      {{"9110 10.1.1", "nor 401", put_head + sized + wait + "\r\n", "401 close"},
       {"9110 10.1.1", "who may come in is told to go on",
        put_head + sized + wait + "Authorization: Bearer ann\r\n\r\n" + put_body, "100 201 open"}},
      {.tokens = tokens});
}

TEST(Rfc9110, W8_8_content) {
  const auto put = [](const std::string& fields) {
    return put_head + "Content-Length: 19\r\n" + fields + "\r\n" + put_body;
  };
  expect({
      {"9110 8.4", "gzip", put("Content-Encoding: gzip\r\n"), "415 open"},
      {"9110 8.4", "two of them", put("Content-Encoding: identity, br\r\n"), "415 open"},
      {"9110 8.4", "in two lines", put("Content-Encoding: identity\r\nContent-Encoding: br\r\n"),
       "415 open"},
      {"9110 8.4", "identity is none", put("Content-Encoding: identity\r\n"), "201 open"},
      {"9110 5.6.1.2", "an empty list has none", put("Content-Encoding:\r\n"), "201 open"},
      {"9110 5.6.1.2", "empty elements are none", put("Content-Encoding: ,identity, ,\r\n"),
       "201 open"},
      {"9110 5.6.1.2", "nor do they hide one", put("Content-Encoding: , br\r\n"), "415 open"},
      {"9110 8.4", "what is no list of words", put("Content-Encoding: \"identity\"\r\n"),
       "415 open"},
      {"9110 8.3", "no type", put(""), "201 open"},
      {"9110 8.3", "what curl says", put("Content-Type: application/x-www-form-urlencoded\r\n"),
       "201 open"},
      {"9110 8.3", "JSON", put("Content-Type: application/json\r\n"), "201 open"},
      {"9110 8.3.2", "in UTF-8", put("Content-Type: application/json;charset=\"UTF-8\"\r\n"),
       "201 open"},
      {"9110 8.3.2", "in another one", put("Content-Type: application/json; charset=utf-16\r\n"),
       "415 open"},
      {"9110 5.6.6", "in another one behind another parameter",
       put("Content-Type: application/json;x=\"a;b\\\";\" ; Charset=\"utf-16\"\r\n"), "415 open"},
      {"9110 5.6.6", "one in quotation marks of another parameter is none",
       put("Content-Type: application/json; x=\"; charset=utf-16\"\r\n"), "201 open"},
      {"9110 5.6.6", "also behind an escaped mark",
       put("Content-Type: application/json; x=\"\\\"; charset=utf-16\"\r\n"), "201 open"},
  });
  gateway_fixture h;
  const auto got = h.http().post("/v1/notifications", put_body, {{"Content-Encoding", "br"}});
  EXPECT_EQ(got.header("accept-encoding"), "identity") << "9110 15.5.16";
}

TEST(Rfc9110, W8_13_preconditions_of_files) {
  gateway_fixture h;
  auto http = h.http();
  const auto whole = http.get("/page/page.js");
  const auto tag = whole.header("etag");
  const auto status = [&](const std::string& name, const std::string& value) {
    const auto got = http.get("/page/page.js", {{name, value}});
    if (got.status == 304) {
      EXPECT_EQ(got.header("etag"), tag);
      EXPECT_EQ(got.header("cache-control"), whole.header("cache-control"));
      EXPECT_EQ(got.headers.count("content-length"), 0U) << "9110 8.6";
      EXPECT_EQ(got.headers.count("date"), 1U);
    }
    return got.status;
  };
  EXPECT_EQ(status("If-None-Match", tag), 304);
  EXPECT_EQ(status("If-None-Match", "W/" + tag), 304);
  EXPECT_EQ(status("If-None-Match", "\"x\", W/\"y,z\" ," + tag), 304);
  EXPECT_EQ(status("If-None-Match", "*"), 304);
  EXPECT_EQ(status("If-None-Match", "\"x\""), 200);
  EXPECT_EQ(status("If-None-Match", tag.substr(1)), 200);
  EXPECT_EQ(status("If-Match", tag), 200);
  EXPECT_EQ(status("If-Match", "*"), 200);
  EXPECT_EQ(status("If-Match", "W/" + tag), 412);
  EXPECT_EQ(status("If-Match", "\"x\""), 412);
  EXPECT_EQ(status("If-Modified-Since", "Sun, 06 Nov 2094 08:49:37 GMT"), 200);
  EXPECT_EQ(status("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), 200);
  EXPECT_EQ(http.get("/healthz").text(), "200 ok"); // a 304 has no body
  const auto conditional = http.post("/v1/notifications", put_body, {{"If-Match", "\"x\""}});
  EXPECT_EQ(conditional.status, 412) << "9110 13.1.1: not performed";
  EXPECT_EQ(http.get("/v1/clients/a").text(), R"(200 {"connected":false,"pending":0})");
}

TEST(Rfc9110, W8_5_6_7_a_date_is_an_imf_fixdate) {
  EXPECT_EQ(gateway::http_date(std::chrono::sys_seconds{784111777s}),
            "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(gateway::http_date(std::chrono::sys_seconds{951782399s}),
            "Mon, 28 Feb 2000 23:59:59 GMT");
}

TEST(Rfc9110, W8_6_6_1_and_6_4_what_every_answer_has) {
  gateway_fixture h;
  for (const auto& request :
       {get("/healthz"), get("/nowhere"), get("/", "Host: x\r\n"), get("/%zz"), get("/v1/ws"),
        put_head + "Content-Length: 19\r\n\r\n" + put_body, std::string{"GET /\r\n"},
        "GET / HTTP/1.1\r\nX: " + std::string(17000, 'x') + "\r\n\r\n"}) {
    line at{h.port()};
    at.send(request);
    const auto got = read_answer(at);
    EXPECT_THAT(got.header("date"),
                MatchesRegex("[A-Z][a-z][a-z], [0-9][0-9] [A-Z][a-z][a-z] [0-9][0-9][0-9][0-9] "
                             "[0-9][0-9]:[0-9][0-9]:[0-9][0-9] GMT"));
    EXPECT_EQ(got.headers.count("content-length"), 1U) << request.substr(0, 40);
    EXPECT_EQ(got.headers.count("transfer-encoding"), 0U);
    EXPECT_EQ(got.header("vary"), "Origin") << "9110 12.5.5";
  }
}

TEST(Rfc9110, W3_7_8_upgrade) {
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  const std::string asks = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  gateway_fixture h;
  const auto answer = [&](const std::string& request) {
    line at{h.port()};
    at.send(request);
    return read_answer(at);
  };
  const auto ws = [](const std::string& fields) { return get("/v1/ws", fields); };
  for (const auto& good :
       {asks + version + key,
        "Connection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n" + version + key,
        "Connection: keep-alive\r\nConnection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n" +
            version + key})
    EXPECT_EQ(answer(ws(good)).status, 101) << good;
  EXPECT_EQ(answer(get("http://localhost/v1/ws", asks + version + key)).status, 101);
  for (const auto& other : {std::string{}, "Upgrade: websocket\r\n" + version + key,
                            asks + "Sec-WebSocket-Version: 8\r\n" + key, asks + key}) {
    const auto got = answer(ws(other));
    EXPECT_EQ(got.status, 426) << other;
    EXPECT_EQ(got.header("upgrade"), "websocket") << "9110 15.5.22";
    EXPECT_THAT(got.header("connection"), HasSubstr("pgrade")) << "9110 7.8";
    EXPECT_EQ(got.header("sec-websocket-version"), "13") << "6455 4.4";
  }
  EXPECT_EQ(answer(get("/v1/ws", asks + version + key, "HTTP/1.0")).status, 426) << "9110 7.8";
  for (const auto& bad :
       {asks + version, asks + version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n",
        asks + version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n",
        asks + version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZUE=\r\n",
        asks + version + key + key, asks + version + version + key,
        asks + version + key + "Content-Length: 3\r\n\r\nabc"})
    EXPECT_EQ(answer(ws(bad)).status, 400) << bad;
  EXPECT_EQ(answer("POST /v1/ws HTTP/1.1\r\n" + host + asks + version + key + "\r\n").status, 405);
  // Where the protocol is not changed, the answer is that to a request without `Upgrade`.
  for (const auto* other : {"/healthz", "/", "/v1/stats", "/v1/notifications", "/nowhere"}) {
    const auto got = answer(get(other, asks + version + key));
    const auto plain = answer(get(other));
    EXPECT_EQ(got.status, plain.status) << other << " 9110 7.8";
    EXPECT_EQ(got.header("content-type"), plain.header("content-type")) << other;
  }
  EXPECT_EQ(answer(get("/healthz", asks)).text(), "200 ok") << "9110 7.8";
}

} // namespace
} // namespace restante::testing
