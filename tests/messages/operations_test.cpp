// The rows of the operations, compared with the places that list operations and are not derived
// from the rows.

#include "restante/messages/command.hpp"
#include "restante/messages/json/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace restante {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& facts : all_operation_facts)
    all.emplace_back(facts.name);
  return all;
}

/// The names of the operations for which `is_so` holds.
template <class Predicate>
std::vector<std::string> names_where(Predicate is_so) {
  std::vector<std::string> some;
  for (const auto& facts : all_operation_facts) {
    if (is_so(facts))
      some.emplace_back(facts.name);
  }
  return some;
}

// --- what two nodes of different versions rely on ------------------------------------------------

TEST(Operations, W9_the_order_of_operations_is_for_ever) {
  EXPECT_THAT(names(),
              ElementsAre("notify.put", "notify.put_many", "notify.status", "notify.reply",
                          "notify.await", "notify.drain", "notify.pending", "notify.purge",
                          "notify.ack", "ephemeral.set", "ephemeral.clear", "ephemeral.list",
                          "topic.subscribe", "topic.unsubscribe", "topic.publish", "client.watch",
                          "client.unwatch", "client.list", "topic.list"));
  EXPECT_EQ(command{list_topics{}}.index(), 18u);
  EXPECT_EQ(facts_of_command(list_topics{}).name, "topic.list");
}

TEST(Operations, W9_the_order_of_answers_is_for_ever) {
  using expected = std::variant<failure, operation_done, put_receipt, put_many_receipt, status_view,
                                reply_view, drain_view, pending_view, purge_receipt, ack_receipt,
                                entry_receipt, entries_view, clients_view, topics_view>;
  EXPECT_TRUE((std::is_same_v<answer_value, expected>)); // a new answer is added at the end
}

// --- the facts ---------------------------------------------------------------------------------

TEST(Operations, W4_every_operation_has_a_name_of_its_own) {
  const auto all = names();
  EXPECT_EQ((std::set<std::string>{all.begin(), all.end()}).size(), operations::size);
  for (const auto& name : all)
    EXPECT_EQ(json::to_string(json::operation_of(name)), name);
  EXPECT_EQ(json::operation_of("notify.put"), json::operation_for<put_notification>);
  EXPECT_EQ(json::operation_of("topic.list"), json::operation_for<list_topics>);
}

TEST(Operations, W7_S10_202_only_those_may_ask_who_are_named) {
  EXPECT_THAT(names_where([](const auto& facts) { return facts.may_ask == asker::server; }),
              ElementsAre("notify.drain", "notify.purge", "client.list"));
  EXPECT_THAT(names_where([](const auto& facts) { return facts.may_ask == asker::attachment; }),
              ElementsAre("notify.ack", "ephemeral.set", "ephemeral.clear", "topic.publish"));
  EXPECT_THAT(
      names_where([](const auto& facts) { return facts.may_ask == asker::receiver; }),
      ElementsAre("topic.subscribe", "topic.unsubscribe", "client.watch", "client.unwatch"));
}

TEST(Operations, W7_S10_202_who_asks_for_what_is_not_theirs_is_told_why) {
  struct expectation {
    asker who;
    errc attached, visiting, serving;
  };
  using enum errc;
  for (const auto& [who, attached, visiting, serving] : std::vector<expectation>{
           {asker::anybody, none, none, none},
           {asker::server, forbidden, forbidden, none},
           {asker::receiver, none, none, none},
           {asker::attachment, none, stale_connection, stale_connection},
       }) {
    EXPECT_EQ(refusal_of(who, attachment_kind::attached), attached);
    EXPECT_EQ(refusal_of(who, attachment_kind::visiting), visiting);
    EXPECT_EQ(refusal_of(who, attachment_kind::serving), serving);
  }
}

// --- the JavaScript client ---------------------------------------------------------------------

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The operations that the JavaScript client sends: every operation name in its sources, except the
/// types of pushes, which follow `case`.
std::set<std::string> asked_by_javascript() {
  static const std::regex name{
      R"re((case )?"((?:notify|ephemeral|topic|client|token)\.[a-z_]+)")re"};
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator{"clients/js/src"}) {
    const auto text = text_of(file.path());
    for (std::sregex_iterator at{text.begin(), text.end(), name}, end; at != end; ++at) {
      if (!(*at)[1].matched)
        found.insert((*at)[2]);
    }
  }
  return found;
}

TEST(Operations, W4_the_javascript_client_knows_every_operation_and_no_other) {
  const auto all = names();
  std::set<std::string> known{all.begin(), all.end()};
  known.insert("token.refresh");
  EXPECT_THAT(asked_by_javascript(), ElementsAreArray(known));
}

} // namespace
} // namespace restante
