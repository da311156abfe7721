// The members that each operation uses, and how a client is told of ignored members.

#include "restante/messages/json/ignored.hpp"
#include "restante/messages/json/names.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

namespace restante::json {
namespace {

std::string ignored_in(const std::string& text, venue where = venue::socket,
                       std::optional<std::string_view> own_ns = {}) {
  return ignored_member(*decode(text), where, own_ns);
}

TEST(Ignored, W3_a_member_that_means_nothing_is_named) {
  EXPECT_EQ(ignored_in(R"({"op":"notify.put","id":1,"to":"b","pack":1,"ttl_ms":60})"), "");
  EXPECT_EQ(ignored_in(R"({"op":"notify.put","id":1,"to":"b","pack":1,"ttl":60})"),
            R"("ignored":["ttl"])");
  EXPECT_EQ(ignored_in(R"({"op":"ping","x":{"deep":1},"y":[],"x":2})"), R"("ignored":["x","y"])");
}

TEST(Ignored, W3_a_member_of_another_operation_is_named_too) {
  EXPECT_EQ(ignored_in(R"({"op":"topic.publish","topic":"t","data":1,"ttl_ms":5,"to":"b"})"),
            R"("ignored":["to","ttl_ms"])");
  EXPECT_EQ(ignored_in(R"({"op":"notify.put_many","targets":[],"pack":1,"to":"b"})"),
            R"("ignored":["to"])");
  EXPECT_EQ(ignored_in(R"({"op":"disconnect","client":"a"})"), R"("ignored":["client"])");
}

TEST(Ignored, W3_what_all_have_in_common_depends_on_where_it_is_said) {
  const std::string text = R"({"op":"notify.put","id":1,"as":"a","ns":"n","to":"b","pack":1})";
  EXPECT_EQ(ignored_in(text, venue::script), "");
  EXPECT_EQ(ignored_in(text, venue::socket), R"("ignored":["as"])");
  EXPECT_EQ(ignored_in(text, venue::http), R"("ignored":["as","id","op"])");
}

TEST(Ignored, W3_W7_a_client_learns_that_another_namespace_than_its_own_means_nothing) {
  for (const std::string op : {"notify.put", "notify.pending", "topic.list", "client.watch"}) {
    const auto said = [&](const std::string& ns, std::optional<std::string_view> own) {
      return ignored_in(R"({"op":")" + op + R"(","id":1)" + ns + "}", venue::socket, own);
    };
    EXPECT_EQ(said(R"(,"ns":"q")", "n"), R"("ignored":["ns"])") << op;
    EXPECT_EQ(said(R"(,"ns":"q")", ""), R"("ignored":["ns"])") << op;
    EXPECT_EQ(said(R"(,"ns":"")", "n"), R"("ignored":["ns"])") << op;
    EXPECT_EQ(said(R"(,"ns":"n")", "n"), "") << op;
    EXPECT_EQ(said("", "n"), "") << op;
    EXPECT_EQ(said(R"(,"ns":"q")", std::nullopt), "") << op << " by the server identity";
    EXPECT_EQ(said(R"(,"ns":1)", "n"), "") << op << " is an error";
  }
}

TEST(Ignored, W3_S8_few_names_are_told_and_none_at_length) {
  std::string text = R"({"op":"ping")";
  std::string named;
  for (int i = 0; i < 10; ++i) {
    text += ",\"x" + std::to_string(i) + "\":1";
    if (i < static_cast<int>(ignored_names_max))
      named += (i > 0 ? ",\"x" : "\"x") + std::to_string(i) + "\"";
  }
  EXPECT_EQ(ignored_in(text + ",\"to\":1}"), R"("ignored":[)" + named + "]");
  const std::string longest(ignored_name_bytes_max, 'n');
  EXPECT_EQ(ignored_in(R"({"op":"ping",")" + longest + "\":1}"),
            R"("ignored":[")" + longest + "\"]");
  EXPECT_EQ(ignored_in(R"({"op":"ping",")" + longest + "x\":1}"),
            R"("ignored":[")" + longest + "\"]");
  const std::string cut = longest.substr(1) + "\xc3\xa9"; // a character across the bound
  EXPECT_EQ(ignored_in(R"({"op":"ping",")" + cut + "\":1}"),
            R"("ignored":[")" + longest.substr(1) + "\"]");
  EXPECT_EQ(ignored_in(R"({"op":"ping","a\"b\n":1})"), R"("ignored":["a\"b\n"])");
}

TEST(Ignored, W3_an_operation_that_is_not_known_ignores_nothing) {
  EXPECT_EQ(ignored_in(R"({"op":"no.such","x":1})"), "");
}

// --- the table says what decoding does ---------------------------------------------------------

constexpr auto operations_end = static_cast<int>(operations_count);

failure read_all(const request& asked) {
  const auto error_of = [](const auto& read) {
    const auto* wrong = read.why();
    return wrong != nullptr ? *wrong : failure{};
  };
  switch (asked.op) {
  case operation::connect:
    return error_of(connect_of(asked));
  case operation::disconnect:
  case operation::cut:
    return error_of(client_of(asked));
  case operation::advance:
    return error_of(pause_of(asked));
  case operation::refresh:
    return error_of(token_of(asked));
  case operation::ping:
    return {};
  default:
    return error_of(command_of(asked));
  }
}

/// A value that fits each member.
const nlohmann::json& fitting() {
  static const auto all = nlohmann::json::parse(
      R"({"client":"c","token":"t","ack":"auto","max_inflight":1,"resume_window_ms":1,"resume":"r",
          "visit":true,"ms":1,"to":"b","pack":1,"suit":true,"ttl_ms":1,"delay_ms":1,"from":"f",
          "message_id":"m","collapse_key":"k","at_cap":"evict","receipts":true,"targets":["a"],
          "trace":"x","reply":1,"timeout_ms":1,"topic":"t","key":"k","payload":"","data":1,
          "prefix":"p","after":"a","limit":1})");
  return all;
}

TEST(Ignored, W3_exactly_the_members_of_the_table_are_read) {
  const std::set<std::string> of_any_type{"pack", "reply", "data"};
  for (int i = 1; i < operations_end; ++i) {
    const auto op = static_cast<operation>(i);
    auto good = fitting();
    good["op"] = std::string{to_string(op)};
    const auto fine = *decode(good.dump());
    EXPECT_EQ(read_all(fine).code, errc::none) << to_string(op) << ": " << read_all(fine).text();
    for (const auto& [name, value] : fitting().items()) {
      auto changed = good;
      if (of_any_type.contains(name))
        changed.erase(name);
      else
        changed[name] = nlohmann::json::object();
      const auto wrong = read_all(*decode(changed.dump()));
      const auto fields = fields_of(op);
      const bool is_known = std::ranges::find(fields, name) != fields.end();
      EXPECT_EQ(wrong.code == errc::invalid_argument, is_known) << to_string(op) << " " << name;
    }
  }
}

TEST(Ignored, W3_the_vocabulary_is_what_the_operations_have_between_them) {
  std::set<std::string_view> all{"op", "id", "ns", "as"};
  for (const auto& [name, value] : fitting().items())
    all.insert(name);
  const auto names = request_names();
  EXPECT_EQ((std::set<std::string_view>{names.begin(), names.end()}), all);
  EXPECT_EQ(names.size(), all.size());
}

/// The table of operations in docs/protocol.md: a row, its names, and the members in its second
/// column. The row of `notify.put_many` refers to the members of a put, which is the row before it.
TEST(Ignored, W3_the_documentation_has_the_members_of_each_operation) {
  std::ifstream page{"docs/protocol.md"};
  ASSERT_TRUE(page);
  std::string line;
  std::set<std::string> seen;
  while (std::getline(page, line) && line != "| op | fields | answers |") {
  }
  std::getline(page, line);
  const std::regex word{"`([a-z_.]+)`"};
  const auto words = [&word](const std::string& cell) {
    std::set<std::string> found;
    for (std::sregex_iterator it{cell.begin(), cell.end(), word}, end; it != end; ++it)
      found.insert((*it)[1]);
    return found;
  };
  std::set<std::string> above;
  while (std::getline(page, line) && line.starts_with("| ")) {
    const auto second = line.find(" |", 2);
    const auto third = line.find(" |", second + 2);
    const auto cell = line.substr(second, third - second);
    // Text in brackets describes the values of a member and is not a member.
    auto fields = words(std::regex_replace(cell, std::regex{"\\([^)]*\\)"}, ""));
    for (const auto& op : words(line.substr(0, second))) {
      seen.insert(op);
      auto wanted = fields_of(operation_of(op));
      std::set<std::string> known{wanted.begin(), wanted.end()};
      if (op == "notify.put_many") {
        fields.insert(above.begin(), above.end());
        fields.erase("to");
      }
      if (fields.erase("topic.list") > 0)
        fields.insert(above.begin(), above.end());
      if (op == "disconnect")
        known.clear();     // `client` is for scripts
      if (op == "connect") // the operations of a socket have their own table
        known.erase("token"), known.erase("visit");
      EXPECT_EQ(fields, known) << op;
    }
    if (line.starts_with("| `notify.put`") || line.starts_with("| `topic.list`"))
      above = fields;
  }
  EXPECT_EQ(seen.size(), operations::size + 3); // connect, disconnect, ping
}

} // namespace
} // namespace restante::json
