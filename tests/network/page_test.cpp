// Sends every example of docs/protocol.md for a socket or for HTTP to a real server: the page and
// the wire must agree.

#include "restante/tests/network/gateway_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace restante::testing {
namespace {

struct page_line {
  std::size_t number = 0;
  std::string text;
};

using block = std::vector<page_line>;

/// The blocks of the page that begin with "```kind".
std::vector<block> blocks_of(const std::string& kind) {
  std::ifstream page{"docs/protocol.md"};
  std::vector<block> found;
  std::string text;
  bool is_inside = false;
  for (std::size_t number = 1; std::getline(page, text); ++number) {
    if (text == "```" + kind) {
      is_inside = true;
      found.emplace_back();
    } else if (text == "```") {
      is_inside = false;
    } else if (is_inside) {
      found.back().push_back({number, text});
    }
  }
  return found;
}

/// One block of a page on sockets: a server of its own, and every client in the block.
class play {
public:
  void run(const block& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      SCOPED_TRACE("docs/protocol.md:" + std::to_string(lines[i].number));
      if (!is_unordered(lines[i]))
        step(lines[i].text);
      else
        i += receive_unordered({lines.begin() + static_cast<std::ptrdiff_t>(i), lines.end()}) - 1;
      if (::testing::Test::HasFailure())
        return; // later failures would only be consequences
    }
    for (auto& [name, one] : sockets_)
      EXPECT_TRUE(one.receives_nothing_else()) << name << " hears more than the page says";
  }

private:
  static bool is_unordered(const page_line& line) {
    return line.text.find("<< ") == line.text.find(' ') - 2;
  }

  ws_client& socket(const std::string& name) {
    if (const auto found = sockets_.find(name); found != sockets_.end())
      return found->second;
    return sockets_.emplace(name, ws_client{fixture_.port()}).first->second;
  }

  void step(const std::string& text) {
    std::istringstream words{text};
    std::string who;
    std::string verb;
    words >> who >> verb;
    const auto rest = text.substr(who.size() + 1);
    if (who.ends_with('>')) {
      who.pop_back();
      EXPECT_TRUE(socket(who).say(filled_in(rest, known_)));
    } else if (who.ends_with('<')) {
      who.pop_back();
      EXPECT_THAT(socket(who).receive(), LikeWith(rest, &known_));
    } else if (verb == "drops") {
      socket(who).drop();
      sockets_.erase(who);
    } else if (verb == "closed") {
      std::string code;
      words >> code;
      EXPECT_EQ(std::to_string(socket(who).closed()), code);
      sockets_.erase(who);
    } else {
      ADD_FAILURE() << "what does the page mean by: " << text;
    }
  }

  /// Receives the lines of one socket that may arrive in any order. Returns their number.
  std::size_t receive_unordered(const block& from) {
    const auto who = from.front().text.substr(0, from.front().text.find('<'));
    std::vector<std::string> wanted;
    for (const auto& line : from) {
      if (!line.text.starts_with(who + "<< "))
        break;
      wanted.push_back(line.text.substr(who.size() + 3));
    }
    const auto n = wanted.size();
    while (!wanted.empty()) {
      const auto received = socket(who).receive();
      const auto fits = [&](const std::string& pattern) {
        auto tried = known_;
        return misfit(pattern, received, tried).empty();
      };
      const auto found = std::ranges::find_if(wanted, fits);
      if (found == wanted.end()) {
        ADD_FAILURE() << "not among what the page says: " << received;
        return n;
      }
      misfit(*found, received, known_);
      wanted.erase(found);
    }
    return n;
  }

  gateway_fixture fixture_;
  captures known_;
  std::map<std::string, ws_client> sockets_;
};

TEST(ProtocolPage, W3_W4_what_it_says_of_sockets_is_so) {
  const auto blocks = blocks_of("ws");
  ASSERT_GE(blocks.size(), 4u);
  for (const auto& lines : blocks)
    play{}.run(lines);
}

TEST(ProtocolPage, W8_what_it_says_of_http_is_so) {
  const auto blocks = blocks_of("http");
  ASSERT_GE(blocks.size(), 1u);
  for (const auto& lines : blocks) {
    gateway_fixture h;
    auto http = h.http();
    captures known;
    for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
      SCOPED_TRACE("docs/protocol.md:" + std::to_string(lines[i].number));
      std::istringstream words{filled_in(lines[i].text, known)};
      std::string method;
      std::string target;
      std::string body;
      words >> method >> target >> std::ws;
      std::getline(words, body);
      EXPECT_THAT(http.ask(method, target, body).text(), LikeWith(lines[i + 1].text, &known));
    }
  }
}

TEST(Patterns, a_pattern_fits_what_it_says_and_nothing_else) {
  captures known;
  const auto fits = [&](std::string_view pattern, std::string_view text) {
    return misfit(pattern, text, known).empty();
  };
  EXPECT_TRUE(fits(R"({"a":…,"b":[…]})", R"({"a":{"x":"}"},"b":[1]})"));
  EXPECT_TRUE(fits(R"({"a":"…"})", R"({"a":"x\"y"})"));
  EXPECT_TRUE(fits(R"({"a":"…t1","b":…n})", R"({"a":"cafe","b":-1.50})"));
  EXPECT_TRUE(fits(R"("$t1" $n)", R"("cafe" -1.50)"));
  EXPECT_FALSE(fits(R"("$t1")", R"("cafes")"));
  EXPECT_FALSE(fits(R"({"a":1.5})", R"({"a":1.50})"));
  EXPECT_FALSE(fits(R"({"a":1,"b":2})", R"({"b":2,"a":1})"));
  EXPECT_FALSE(fits(R"({"a":…})", R"({"a":1,"b":2})"));
  EXPECT_FALSE(fits(R"({"a":…})", R"({"a":})"));
}

} // namespace
} // namespace restante::testing
