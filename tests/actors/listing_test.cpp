// A connection that lists, with fakes for its shards: which shards it asks, and how it joins their
// answers.

#include "restante/actors/connection.hpp"
#include "restante/tests/actors/actor_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::actors {
namespace {

using namespace std::chrono_literals;

/// The messages that the fakes received, in order.
struct received {
  std::vector<get_ids> ids;
  std::vector<get_topic_usage> usages;
  std::vector<get_pending> pendings;
};

caf::behavior fake_shard(caf::event_based_actor* self, std::shared_ptr<received> into) {
  dialect::drop_unexpected(self);
  return {
      [into](const get_ids& m) { into->ids.push_back(m); },
      [into](const get_topic_usage& m) { into->usages.push_back(m); },
      [into](const get_pending& m) { into->pendings.push_back(m); },
  };
}

struct deaf_sink : sink {
  void attached(const connect_receipt&) override {}
  flow take(const push&) override { return flow::taken; }
  void ended(const goodbye&) override {}
};

class ListingConnection : public ActorFixture {
protected:
  static constexpr std::size_t slots = 2;

  ListingConnection() : ActorFixture{slots} {
    std::vector<client_shard_actor> clients;
    std::vector<topic_shard_actor> topics;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      fakes_.push_back(system_->spawn(fake_shard, received_));
      clients.push_back(caf::actor_cast<client_shard_actor>(fakes_.back()));
      topics.push_back(caf::actor_cast<topic_shard_actor>(fakes_.back()));
    }
    environment_->set_shards(std::move(clients), std::move(topics));
    inbox_ = environment_->open_inboxes.open(std::make_unique<deaf_sink>(), {100, 1 << 20});
    connection_setup setup;
    setup.how = attachment_kind::serving;
    connection_ = caf::actor_cast<caf::strong_actor_ptr>(
        system_->spawn<connection>(environment_, inbox_, std::move(setup)));
    time_->settle();
  }

  ~ListingConnection() override {
    inbox_->depart(departure::left);
    connection_ = nullptr;
    pass(1min);
    environment_->release_shards();
    EXPECT_EQ(environment_->count.actors.load(), 0u);
  }

  void ask(command what) {
    inbox_->submit(std::move(what),
                   [this](answer_value&& value) { answers_.push_back(std::move(value)); });
    time_->settle();
  }

  template <class Message>
  void say(Message m) {
    say_as(fakes_[0], connection_, std::move(m));
    time_->settle();
  }

  /// Every shard answers its latest question; the first shard answers with these ids.
  void answer_ids(std::vector<std::string> ids, std::uint64_t total, std::uint64_t behind) {
    const auto op = received_->ids.back().op;
    say(ids_view{op, std::move(ids), total, behind});
    for (std::size_t slot = 1; slot < slots; ++slot)
      say(ids_view{op, {}, 0, 0});
  }

  template <class View>
  View answered() {
    EXPECT_EQ(answers_.size(), 1u);
    if (answers_.empty() || !std::holds_alternative<View>(answers_[0])) {
      ADD_FAILURE() << "answered something else";
      return {};
    }
    auto view = std::get<View>(std::move(answers_[0]));
    answers_.clear();
    return view;
  }

  std::shared_ptr<received> received_ = std::make_shared<received>();
  std::vector<caf::actor> fakes_;
  std::shared_ptr<inbox> inbox_;
  caf::strong_actor_ptr connection_;
  std::vector<answer_value> answers_;
};

TEST_F(ListingConnection, S8_asks_all_shards_for_ids_and_then_only_those_that_are_shown) {
  ask(list_topics{0, {"a", "aa", 2, "ns"}});
  ASSERT_EQ(received_->ids.size(), slots);
  EXPECT_EQ(received_->ids[0].range, (id_range{"a", "aa", 2, "ns"}));
  say(ids_view{received_->ids[0].op, {"ac", "ad"}, 7, 5});
  EXPECT_TRUE(received_->usages.empty()); // the other shard may have earlier ids
  say(ids_view{received_->ids[1].op, {"ab", "ae"}, 3, 3});
  ASSERT_EQ(received_->usages.size(), 2u);
  EXPECT_EQ(received_->usages[0].at, (topic_address{"ns", "ab"}));
  EXPECT_EQ(received_->usages[1].at, (topic_address{"ns", "ac"}));
  say(topic_usage_view{received_->usages[1].op, 5, 6}); // in any order
  EXPECT_TRUE(answers_.empty());
  say(topic_usage_view{received_->usages[0].op, 1, 0});
  EXPECT_EQ(answered<topics_view>(),
            (topics_view{0, {{"ab", 1, 0}, {"ac", 5, 6}}, 10, list_rest::more}));
}

TEST_F(ListingConnection, S8_where_there_is_nothing_nobody_is_asked_further) {
  ask(list_topics{});
  answer_ids({}, 0, 0);
  EXPECT_EQ(answered<topics_view>(), topics_view{});
  ask(list_clients{0, {"", "z", 64, ""}});
  answer_ids({}, 3, 0);
  EXPECT_EQ(answered<clients_view>(), (clients_view{0, {}, 3, list_rest::none}));
  EXPECT_TRUE(received_->usages.empty() && received_->pendings.empty());
}

TEST_F(ListingConnection, N9_a_client_that_has_gone_meanwhile_is_shown_absent) {
  ask(list_clients{});
  answer_ids({"ann", "bob"}, 2, 2);
  ASSERT_EQ(received_->pendings.size(), 2u);
  say(pending_view{received_->pendings[0].op, 3, presence::connected});
  say(pending_view{received_->pendings[1].op, 0, presence::absent}); // the answer of its shard
  EXPECT_EQ(
      answered<clients_view>(),
      (clients_view{
          0, {{"ann", presence::connected, 3}, {"bob", presence::absent, 0}}, 2, list_rest::none}));
}

TEST_F(ListingConnection, S10_405_one_that_fails_is_left_out_and_the_others_are_shown) {
  ask(list_clients{});
  answer_ids({"ann", "bob"}, 2, 2);
  say(operation_failed{received_->pendings.at(0).op, errc::internal, {}});
  say(pending_view{received_->pendings.at(1).op, 1, presence::absent});
  EXPECT_EQ(answered<clients_view>(),
            (clients_view{0, {{"bob", presence::absent, 1}}, 2, list_rest::none}));
  ask(list_topics{});
  answer_ids({"hall", "room"}, 2, 2);
  say(topic_usage_view{received_->usages.at(0).op, 1, 0});
  say(operation_failed{received_->usages.at(1).op, errc::internal, {}});
  EXPECT_EQ(answered<topics_view>(), (topics_view{0, {{"hall", 1, 0}}, 2, list_rest::none}));
}

TEST_F(ListingConnection, S10_401_storage_failed_a_slot_that_fails_hides_no_other_slot) {
  for (const bool fails_last : {false, true}) {
    ask(list_clients{});
    const auto op = received_->ids.back().op;
    if (!fails_last)
      say(operation_failed{op, errc::storage_failed, {}});
    for (std::size_t slot = 1; slot < slots; ++slot)
      say(ids_view{op, {"bob"}, 1, 1});
    if (fails_last)
      say(operation_failed{op, errc::storage_failed, {}});
    say(pending_view{received_->pendings.back().op, 1, presence::absent});
    EXPECT_EQ(answered<clients_view>(),
              (clients_view{0, {{"bob", presence::absent, 1}}, 1, list_rest::none}));
  }
}

TEST_F(ListingConnection, S8_a_page_of_which_nothing_is_left_is_followed_by_the_next) {
  ask(list_topics{0, {"", "", 2, ""}});
  answer_ids({"a", "b"}, 5, 5);
  say(topic_usage_view{received_->usages.at(0).op, 0, 0});
  say(operation_failed{received_->usages.at(1).op, errc::internal, {}});
  EXPECT_TRUE(answers_.empty()); // otherwise the caller would not know where to continue
  ASSERT_EQ(received_->ids.size(), 2 * slots);
  EXPECT_EQ(received_->ids.back().range, (id_range{"", "b", 2, ""}));
  answer_ids({"c", "d"}, 3, 3);
  say(topic_usage_view{received_->usages.at(2).op, 1, 1});
  say(topic_usage_view{received_->usages.at(3).op, 0, 0});
  EXPECT_EQ(answered<topics_view>(), (topics_view{0, {{"c", 1, 1}}, 3, list_rest::more}));
}

TEST_F(ListingConnection, S8_S10_what_is_said_twice_or_too_late_changes_nothing) {
  ask(list_topics{});
  answer_ids({"a", "b"}, 2, 2);
  const auto first = received_->ids.back().op;
  say(ids_view{first, {"x"}, 9, 9});
  say(operation_failed{first, errc::internal, {}});
  say(pending_view{first, 9, presence::connected});
  say(topic_usage_view{received_->usages.at(0).op, 1, 0});
  say(topic_usage_view{received_->usages.at(1).op, 2, 0});
  const auto view = answered<topics_view>();
  EXPECT_EQ(view.total, 2u);
  EXPECT_EQ(view.topics, (std::vector<listed_topic>{{"a", 1, 0}, {"b", 2, 0}}));
  say(topic_usage_view{received_->usages.at(0).op, 3, 0});
  EXPECT_TRUE(answers_.empty());
}

TEST_F(ListingConnection, S10_407_both_steps_have_one_deadline_unknown_outcome) {
  ask(list_topics{});
  pass(environment_->bounds.operation_deadline - 1s);
  answer_ids({"a"}, 1, 1);
  ASSERT_EQ(received_->usages.size(), 1u);
  EXPECT_TRUE(answers_.empty());
  pass(1s);
  EXPECT_EQ(answered<failure>().code, errc::unknown_outcome);
  say(topic_usage_view{received_->usages.at(0).op, 1, 0});
  EXPECT_TRUE(answers_.empty());
}

} // namespace
} // namespace restante::actors
