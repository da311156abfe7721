// Which operations a connection may ask for, and in which order the conditions are checked.

#include "restante/actors/model/admission.hpp"
#include "restante/actors/model/lease_table.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace restante::model {
namespace {

constexpr auto attached = attachment_kind::attached;
constexpr auto visiting = attachment_kind::visiting;
constexpr auto serving = attachment_kind::serving;

const std::string too_long(257, 'x');

struct Admission : ::testing::Test {
  Admission() { nothing.read.emplace_back("public*", "alice"); }

  admission as_client(const rights* allowed = nullptr) const {
    return {attached, alice, allowed, bounds};
  }
  admission as_server() const { return {serving, nobody, nullptr, bounds}; }

  limits bounds;
  client_address alice{"acme", "alice"};
  client_address nobody;
  rights nothing; ///< all rights except reading: only "public*" may be read
};

errc code_of(const admission::refusal& what) {
  return what ? what->code : errc::none;
}

std::string detail_of(const admission::refusal& what) {
  return what ? what->detail : "";
}

trace_question question(std::uint64_t trace) {
  trace_question made;
  made.trace = {trace, trace};
  return made;
}

TEST_F(Admission, W7_S10_forbidden_what_is_for_the_server_identity_is_for_nobody_else) {
  for (const command& what : std::vector<command>{drain_queue{}, purge_expired{}, list_clients{}}) {
    EXPECT_EQ(may_ask(attached, what), errc::forbidden);
    EXPECT_EQ(may_ask(visiting, what), errc::forbidden);
    EXPECT_EQ(may_ask(serving, what), errc::none);
  }
}

TEST_F(Admission, E1_S10_stale_connection_what_needs_a_connection_is_refused_without_one) {
  for (const command& what :
       std::vector<command>{ack_notifications{}, set_entry{}, clear_entry{}, publish_message{}}) {
    EXPECT_EQ(may_ask(attached, what), errc::none);
    EXPECT_EQ(may_ask(visiting, what), errc::stale_connection);
    EXPECT_EQ(may_ask(serving, what), errc::stale_connection);
  }
}

TEST_F(Admission, W7_everything_else_may_be_asked_by_anybody) {
  for (const command& what :
       std::vector<command>{put_notification{}, put_many{}, get_status{}, record_reply{},
                            await_reply{}, get_pending{}, list_entries{}, subscribe_topic{},
                            unsubscribe_topic{}, watch_client{}, unwatch_client{}, list_topics{}}) {
    for (const auto how : {attached, visiting, serving})
      EXPECT_EQ(may_ask(how, what), errc::none) << what.index();
  }
}

TEST_F(Admission, N1_a_client_puts_as_itself_and_within_its_namespace) {
  put_notification m;
  m.to = {"other", "bob"};
  m.by = identity::server;
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.from, "alice");
  EXPECT_EQ(m.to, (client_address{"acme", "bob"}));
  EXPECT_EQ(m.by, identity::client);
  m.from = "eve";
  EXPECT_EQ(code_of(as_client().admit(m)), errc::forbidden);
}

TEST_F(Admission, N1_the_server_identity_puts_in_any_name_and_gets_no_receipts) {
  put_notification m;
  m.to = {"other", "bob"};
  m.want = receipts::wanted;
  EXPECT_FALSE(as_server().admit(m));
  EXPECT_EQ(m.from, server_name);
  EXPECT_EQ(m.by, identity::server);
  EXPECT_EQ(m.want, receipts::none);
  m.from = "alice";
  EXPECT_FALSE(as_server().admit(m));
  EXPECT_EQ(m.from, "alice");
}

TEST_F(Admission, S10_a_put_is_checked_in_order_of_ids_rights_and_size) {
  const auto rules = as_client(&nothing);
  put_notification m;
  m.from = "eve";
  m.to.client = too_long;
  m.message_id = too_long;
  m.collapse_key = too_long;
  m.pack = body::bytes(std::string(pack_bytes_max + 1, 'x'));
  EXPECT_EQ(detail_of(rules.admit(m)), "from is not this connection's client");
  m.from.clear();
  EXPECT_EQ(detail_of(rules.admit(m)), "to is longer than 256 bytes");
  m.to.client = "bob";
  EXPECT_EQ(detail_of(rules.admit(m)), "message_id is longer than 256 bytes");
  m.message_id.clear();
  EXPECT_EQ(detail_of(rules.admit(m)), "collapse_key is longer than 256 bytes");
  m.collapse_key.clear();
  EXPECT_EQ(code_of(rules.admit(m)), errc::forbidden);
  EXPECT_EQ(code_of(as_client().admit(m)), errc::payload_too_large);
  m.pack = body::bytes(std::string(pack_bytes_max, 'x'));
  EXPECT_FALSE(as_client().admit(m));
}

TEST_F(Admission, N17_S10_too_many_targets_at_1024_and_one_past_it) {
  put_many m;
  EXPECT_EQ(detail_of(as_client().admit(m)), "targets is empty");
  m.targets.assign(put_many_targets_max + 1, "bob");
  m.each.from = "eve";
  EXPECT_EQ(code_of(as_client().admit(m)), errc::too_many_targets);
  m.targets.pop_back();
  EXPECT_EQ(code_of(as_client().admit(m)), errc::forbidden);
  m.each.from.clear();
  EXPECT_FALSE(as_client().admit(m));
}

TEST_F(Admission, N17_each_target_of_many_is_admitted_by_itself) {
  EXPECT_FALSE(as_client().admit_target("bob"));
  EXPECT_EQ(code_of(as_client().admit_target("")), errc::invalid_argument);
  EXPECT_EQ(code_of(as_client(&nothing).admit_target("")), errc::invalid_argument);
  EXPECT_EQ(code_of(as_client(&nothing).admit_target("bob")), errc::forbidden);
}

TEST_F(Admission, N6_a_question_by_trace_names_who_asks_whatever_it_said) {
  get_status m{question(1)};
  m.question.ns = "other";
  m.question.asker = "eve";
  m.question.by = identity::server;
  m.question.asked_up_to = 7;
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.question.ns, "acme");
  EXPECT_EQ(m.question.asker, "alice");
  EXPECT_EQ(m.question.by, identity::client);
  EXPECT_EQ(m.question.asked_up_to, 0U);
  m.question.ns = "other";
  EXPECT_FALSE(as_server().admit(m));
  EXPECT_EQ(m.question.ns, "other");
  EXPECT_EQ(m.question.asker, "");
}

TEST_F(Admission, N3_S10_not_found_is_a_trace_of_zeros) {
  get_status status{question(0)};
  EXPECT_EQ(code_of(as_client().admit(status)), errc::not_found);
  record_reply reply{question(0), body::bytes(std::string(pack_bytes_max + 1, 'x'))};
  EXPECT_EQ(code_of(as_client().admit(reply)), errc::payload_too_large); // checked first
  reply.value = body::bytes("x");
  EXPECT_EQ(code_of(as_client().admit(reply)), errc::not_found);
}

TEST_F(Admission, N13_S8_waits_are_bounded_though_they_cost_no_credit) {
  await_reply m{question(1), duration{-5}};
  const auto most = subscriptions_max + bounds.credit_operations;
  EXPECT_EQ(code_of(as_client().admit(m, most)), errc::overloaded);
  EXPECT_FALSE(as_client().admit(m, most - 1));
  EXPECT_EQ(m.timeout, duration{0});
  EXPECT_FALSE(as_server().admit(m, most));
}

TEST_F(Admission, W7_pending_is_for_the_own_client) {
  get_pending m;
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.client, alice);
  m.client = {"other", "alice"}; // the namespace of the server identity does not count
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.client, alice);
  m.client.client = "bob";
  EXPECT_EQ(code_of(as_client().admit(m)), errc::forbidden);
  EXPECT_FALSE(as_server().admit(m));
  m.client.client.clear();
  EXPECT_EQ(code_of(as_server().admit(m)), errc::invalid_argument);
}

TEST_F(Admission, S8_as_many_traces_are_acknowledged_at_once_as_there_is_credit) {
  ack_notifications m;
  m.traces.resize(bounds.credit_operations);
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.client, alice);
  m.traces.emplace_back();
  EXPECT_EQ(code_of(as_client().admit(m)), errc::invalid_argument);
}

TEST_F(Admission, E1_a_set_is_checked_in_order_of_topic_key_rights_and_size) {
  const auto rules = as_client(&nothing);
  set_entry m;
  m.at.ns = "other";
  m.client = "eve";
  m.payload = body::bytes(std::string(ephemeral_bytes_max + 1, 'x'));
  EXPECT_EQ(detail_of(rules.admit(m)), "topic is empty");
  m.at.topic = "room";
  EXPECT_EQ(detail_of(rules.admit(m)), "key is empty");
  m.key = "k";
  EXPECT_EQ(code_of(rules.admit(m)), errc::forbidden);
  EXPECT_EQ(code_of(as_client().admit(m)), errc::payload_too_large);
  m.payload = body::bytes(std::string(ephemeral_bytes_max, 'x'));
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.at.ns, "acme");
  EXPECT_EQ(m.client, "alice");
}

TEST_F(Admission, E5_a_clear_is_checked_in_the_order_of_a_set) {
  clear_entry m;
  EXPECT_EQ(detail_of(as_client(&nothing).admit(m)), "topic is empty");
  m.at.topic = "room";
  EXPECT_EQ(detail_of(as_client(&nothing).admit(m)), "key is empty");
  m.key = "k";
  EXPECT_EQ(code_of(as_client(&nothing).admit(m)), errc::forbidden);
  EXPECT_FALSE(as_client().admit(m));
}

TEST_F(Admission, E2_a_lease_is_the_default_without_a_ttl_and_never_above_30_minutes) {
  const instant now{5};
  set_entry m;
  EXPECT_EQ(as_client().lease_end(m, now), now + bounds.lease_default);
  m.ttl = duration{-1};
  EXPECT_EQ(as_client().lease_end(m, now), now + bounds.lease_default);
  m.ttl = lease_max;
  EXPECT_EQ(as_client().lease_end(m, now), now + lease_max);
  m.ttl = lease_max + duration{1};
  EXPECT_EQ(as_client().lease_end(m, now), now + lease_max);
}

TEST_F(Admission, W7_topics_are_read_by_pattern_and_left_by_anybody) {
  const auto rules = as_client(&nothing);
  list_entries list{0, {"other", "secret"}};
  EXPECT_EQ(code_of(rules.admit(list)), errc::forbidden);
  list.at.topic = "public-1";
  EXPECT_FALSE(rules.admit(list));
  EXPECT_EQ(list.at.ns, "acme");
  subscribe_topic subscribe;
  subscribe.reason = view_reason::resync;
  subscribe.at.topic = "secret";
  EXPECT_EQ(code_of(rules.admit(subscribe)), errc::forbidden);
  subscribe.at.topic = "public-1";
  EXPECT_FALSE(rules.admit(subscribe));
  EXPECT_EQ(subscribe.reason, view_reason::subscribe);
  unsubscribe_topic leave{0, {"", "secret"}};
  EXPECT_FALSE(rules.admit(leave));
  leave.at.topic.clear();
  EXPECT_EQ(code_of(rules.admit(leave)), errc::invalid_argument);
}

TEST_F(Admission, E9_the_server_identity_lists_any_namespace) {
  list_entries m{0, {"other", "room"}};
  EXPECT_FALSE(as_server().admit(m));
  EXPECT_EQ(m.at.ns, "other");
}

TEST_F(Admission, E16_a_publish_is_checked_in_order_of_topic_rights_and_size) {
  publish_message m;
  m.data = body::bytes(std::string(pack_bytes_max + 1, 'x'));
  EXPECT_EQ(detail_of(as_client(&nothing).admit(m)), "topic is empty");
  m.at.topic = "room";
  EXPECT_EQ(code_of(as_client(&nothing).admit(m)), errc::forbidden);
  EXPECT_EQ(code_of(as_client().admit(m)), errc::payload_too_large);
  m.data = body::bytes("1");
  EXPECT_FALSE(as_client().admit(m));
  EXPECT_EQ(m.client, "alice");
}

TEST_F(Admission, C5_a_watch_needs_the_right_and_its_end_does_not) {
  watch_client watch{0, {"other", ""}};
  EXPECT_EQ(code_of(as_client(&nothing).admit(watch)), errc::invalid_argument);
  watch.client.client = "bob";
  EXPECT_EQ(code_of(as_client(&nothing).admit(watch)), errc::forbidden);
  EXPECT_FALSE(as_client().admit(watch));
  EXPECT_EQ(watch.client.ns, "acme");
  unwatch_client unwatch{0, {"other", "bob"}};
  EXPECT_FALSE(as_client(&nothing).admit(unwatch));
  EXPECT_EQ(unwatch.client.ns, "acme");
}

TEST_F(Admission, W7_a_client_lists_the_topics_that_it_may_read) {
  list_topics m;
  m.range.ns = "other";
  EXPECT_FALSE(as_client(&nothing).admit(m));
  EXPECT_EQ(m.range.ns, "acme");
  EXPECT_EQ(as_client().readable_topics(m.range).scope, id_scope::all);
  const auto asked = as_client(&nothing).readable_topics(m.range);
  EXPECT_EQ(asked.scope, id_scope::matching);
  ASSERT_EQ((*asked.allowed).size(), 1U);
  EXPECT_TRUE(matches((*asked.allowed)[0], "public-1"));
  EXPECT_EQ(asked.range, m.range);
}

TEST_F(Admission, S8_a_page_has_1_to_256_ids) {
  list_clients m;
  for (const auto limit : {0U, listed_max + 1}) {
    m.range.limit = limit;
    EXPECT_EQ(detail_of(as_server().admit(m)), "limit is not 1 to 256");
  }
  for (const auto limit : {1U, listed_max}) {
    m.range.limit = limit;
    EXPECT_FALSE(as_server().admit(m));
  }
  m.range.prefix = too_long;
  EXPECT_EQ(detail_of(as_server().admit(m)), "prefix is longer than 256 bytes");
}

TEST_F(Admission, S8_credit_is_the_clients_or_the_server_identitys) {
  EXPECT_EQ(as_client().credit_max(), bounds.credit_operations);
  EXPECT_EQ(as_server().credit_max(), bounds.server_credit_operations);
}

using AdmissionDeathTest = Admission;

TEST_F(AdmissionDeathTest, W7_nothing_is_admitted_for_somebody_who_may_not_ask) {
  drain_queue drain{0, alice};
  EXPECT_DEATH(as_client().admit(drain), "assertion failed");
  set_entry set;
  EXPECT_DEATH(as_server().admit(set), "assertion failed");
}

TEST(Reservation, E3_S10_overloaded_where_only_untold_losses_are_in_the_way) {
  lease_table keys{2};
  const instant now{0};
  const instant end{10};
  EXPECT_EQ(keys.reserve_beside(1, {"", "room"}, "a", end, now).code, errc::none);
  EXPECT_EQ(keys.reserve_beside(1, {"", "room"}, "b", end, now).code, errc::overloaded);
  EXPECT_EQ(keys.size(), 1U); // nothing has changed
  EXPECT_EQ(keys.reserve_beside(1, {"", "room"}, "a", end, now).code, errc::none); // a renewal
  EXPECT_EQ(keys.reserve_beside(0, {"", "room"}, "b", end, now).code, errc::none);
  EXPECT_EQ(keys.reserve_beside(0, {"", "room"}, "c", end, now).code, errc::too_many_keys);
  EXPECT_EQ(keys.reserve_beside(2, {"", "room"}, "c", end, now).code, errc::too_many_keys);
  EXPECT_EQ(keys.reserve_beside(2, {"", "room"}, "b", end, now).code, errc::none);
}

} // namespace
} // namespace restante::model
