// The live page as it is served: complete, never stale, and unusable for pages of other origins.

#include "restante/broker/gateway/page_files.hpp"
#include "restante/tests/network/gateway_fixture.hpp"
#include "restante/tests/support/rights.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

namespace restante::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const http_headers from_a_link{{"Sec-Fetch-Site", "cross-site"},
                               {"Sec-Fetch-Mode", "navigate"},
                               {"Sec-Fetch-Dest", "document"}};

TEST(PageFiles, W8_the_page_is_html_that_may_load_nothing_from_elsewhere) {
  gateway_fixture h;
  auto http = h.http();
  const auto page = http.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.header("content-security-policy"), StartsWith("default-src 'none'"));
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("frame-ancestors 'none'"));
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
}

TEST(PageFiles, W8_every_file_is_served_as_it_stands_in_the_tree) {
  gateway_fixture h;
  auto http = h.http();
  for (const auto& file : gateway::page_files()) {
    SCOPED_TRACE(file.path);
    const auto got = http.get(file.path);
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.header("content-type"), file.type);
    EXPECT_EQ(got.body, file.content);
  }
  EXPECT_NE(gateway::find_page_file("/client/restante.js"), nullptr);
}

/// The files that a file loads, resolved as a browser does.
std::vector<std::string> loads(const gateway::page_file& file) {
  static const std::regex import{
      R"re((?:from\s+|import\s+|src=|href=)"((?:\./|\.\./|/)[^"]+\.(?:js|css|svg))")re"};
  const std::string text{file.content};
  std::vector<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), import}, end; at != end; ++at) {
    const std::filesystem::path base{file.path};
    found.push_back((base.parent_path() / (*at)[1].str()).lexically_normal().string());
  }
  return found;
}

TEST(PageFiles, W8_whatever_a_file_loads_is_there_too) {
  std::size_t links = 0;
  for (const auto& file : gateway::page_files()) {
    for (const auto& path : loads(file)) {
      EXPECT_NE(gateway::find_page_file(path), nullptr) << file.path << " loads " << path;
      ++links;
    }
  }
  EXPECT_GT(links, 10u);
}

TEST(PageFiles, W8_what_a_browser_has_already_is_not_sent_again) {
  gateway_fixture h;
  auto http = h.http();
  const auto first = http.get("/page/page.js");
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.header("cache-control"), "no-cache");
  const auto again = http.get("/page/page.js", {{"If-None-Match", first.header("etag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("etag"), first.header("etag"));
  EXPECT_EQ(http.get("/page/page.js", {{"If-None-Match", "\"older\""}}).status, 200);
}

TEST(PageFiles, W8_a_HEAD_tells_the_length_alone) {
  gateway_fixture h;
  auto http = h.http();
  const auto head = http.ask("HEAD", "/");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-length"), std::to_string(http.get("/").body.size()));
}

TEST(PageFiles, W5_W8_other_paths_and_methods_are_refused) {
  gateway_fixture h;
  auto http = h.http();
  for (const auto* path :
       {"/page", "/page/", "/page/nothing.js", "/page/../routes.cpp", "/page/%2e%2e/routes.cpp",
        "/page%2Fpage.js", "//", "/client/", "/client/test/support/server.js"})
    EXPECT_EQ(http.get(path).status, 404) << path;
  const auto refused = http.post("/", "x");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.header("allow"), "GET, HEAD, OPTIONS");
}

TEST(PageFiles, W7_a_link_elsewhere_leads_to_the_page_and_to_nothing_else) {
  gateway_fixture h;
  auto http = h.http();
  EXPECT_EQ(http.get("/", from_a_link).status, 200);
  EXPECT_EQ(http.get("/v1/stats", from_a_link).status, 403);
  EXPECT_EQ(http.get("/", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "no-cors"}}).status,
            403);
  EXPECT_EQ(http.get("/", {{"Sec-Fetch-Site", "cross-site"},
                           {"Sec-Fetch-Mode", "navigate"},
                           {"Sec-Fetch-Dest", "iframe"}})
                .status,
            403);
  auto pointed = from_a_link;
  pointed.emplace_back("Host", "evil.example");
  EXPECT_EQ(http.get("/", pointed).status, 403);
}

TEST(PageFiles, W7_the_page_is_for_everybody_and_what_it_shows_is_not) {
  auto tokens = std::make_shared<fake_tokens>();
  gateway::gateway_options how;
  how.tokens = tokens;
  gateway_fixture h{how};
  auto http = h.http();
  EXPECT_EQ(http.get("/").status, 200);
  EXPECT_EQ(http.get("/v1/stats").status, 401);
}

} // namespace
} // namespace restante::testing
