// A connection alone. Fakes stand for every actor that it speaks to: which answers they may give,
// and when.

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
  std::vector<client_connected> connects;
  std::vector<subscribe_topic> subscribes;
  std::vector<set_entry> sets;
};

caf::behavior fake_clients(caf::event_based_actor* self, std::shared_ptr<received> into) {
  dialect::drop_unexpected(self);
  return {[into](const client_connected& m) { into->connects.push_back(m); }};
}

caf::behavior fake_topics(caf::event_based_actor* self, std::shared_ptr<received> into) {
  dialect::drop_unexpected(self);
  return {
      [into](const subscribe_topic& m) { into->subscribes.push_back(m); },
      [into](const set_entry& m) { into->sets.push_back(m); },
  };
}

struct remembering_sink : sink {
  explicit remembering_sink(std::shared_ptr<std::vector<push>> into) : pushes{std::move(into)} {}
  void attached(const connect_receipt&) override {}
  flow take(const push& what) override {
    pushes->push_back(what);
    return flow::taken;
  }
  void ended(const goodbye&) override {}
  std::shared_ptr<std::vector<push>> pushes;
};

class ConnectionActor : public ActorFixture {
protected:
  ConnectionActor() {
    clients_ = system_->spawn(fake_clients, received_);
    topics_ = system_->spawn(fake_topics, received_);
    environment_->set_shards({caf::actor_cast<client_shard_actor>(clients_)},
                             {caf::actor_cast<topic_shard_actor>(topics_)});
    inbox_ = environment_->open_inboxes.open(std::make_unique<remembering_sink>(pushes_),
                                             {100, 1 << 20});
    connection_setup setup;
    setup.client = {"", "alice"};
    connection_ = caf::actor_cast<caf::strong_actor_ptr>(
        system_->spawn<connection>(environment_, inbox_, std::move(setup)));
    time_->settle();
    EXPECT_EQ(received_->connects.size(), 1u);
    say(clients_, client_attached{7, 0});
  }

  ~ConnectionActor() override {
    inbox_->depart(departure::left);
    connection_ = nullptr;
    pass_all();
    environment_->release_shards();
    EXPECT_EQ(environment_->count.actors.load(), 0u);
  }

  template <class Message>
  void say(const caf::actor& from, Message m) {
    say_as(from, connection_, std::move(m));
    time_->settle();
  }

  void ask(command what) {
    inbox_->submit(std::move(what), [](answer_value&&) {});
    time_->settle();
  }

  std::vector<entries_view> snapshots() const {
    std::vector<entries_view> found;
    for (const auto& one : *pushes_) {
      if (const auto* view = std::get_if<entries_view>(&one))
        found.push_back(*view);
    }
    return found;
  }

  std::shared_ptr<received> received_ = std::make_shared<received>();
  std::shared_ptr<std::vector<push>> pushes_ = std::make_shared<std::vector<push>>();
  caf::actor clients_;
  caf::actor topics_;
  std::shared_ptr<inbox> inbox_;
  caf::strong_actor_ptr connection_;
  const topic_address room_{"", "room"};
};

TEST_F(ConnectionActor, E14_a_resync_that_is_refused_is_asked_for_again) {
  for (const auto code : {errc::overloaded, errc::internal}) {
    received_->subscribes.clear();
    pushes_->clear();
    ask(subscribe_topic{0, room_});
    ASSERT_EQ(received_->subscribes.size(), 1u);
    say(topics_,
        entries_view{received_->subscribes[0].op, view_reason::subscribe, "room", {}, 1, 0});
    say(topics_, topic_failed{room_});
    ASSERT_EQ(received_->subscribes.size(), 2u);
    EXPECT_EQ(received_->subscribes[1].reason, view_reason::resync);
    ASSERT_NE(received_->subscribes[1].op, 0u); // names the subscribe in a refusal
    say(topics_, operation_failed{received_->subscribes[1].op, code, {}});
    EXPECT_EQ(received_->subscribes.size(), 2u); // not at once: refused again
    pass(1s);
    ASSERT_EQ(received_->subscribes.size(), 3u);
    say(topics_, entries_view{received_->subscribes[2].op, view_reason::resync, "room", {}, 2, 9});
    ASSERT_EQ(snapshots().size(), 1u);
    EXPECT_EQ(snapshots()[0], (entries_view{0, view_reason::resync, "room", {}, 2, 9}));
    topic_event next;
    next.seq = 10;
    say(topics_, topic_events{event_batch{room_, 2, {next}}});
    EXPECT_EQ(pushes_->size(), 2u); // the key is live again
    pass(1min);
    EXPECT_EQ(received_->subscribes.size(), 3u);
  }
}

TEST_F(ConnectionActor, E14_a_resync_that_nobody_answers_is_asked_for_again) {
  ask(subscribe_topic{0, room_});
  say(topics_,
      entries_view{received_->subscribes.at(0).op, view_reason::subscribe, "room", {}, 1, 0});
  say(topics_, topic_failed{room_});
  ASSERT_EQ(received_->subscribes.size(), 2u);
  pass(environment_->bounds.operation_deadline + 1s);
  ASSERT_EQ(received_->subscribes.size(), 3u);
  say(topics_, entries_view{received_->subscribes[1].op, view_reason::resync, "room", {}, 2, 9});
  EXPECT_EQ(snapshots().size(), 1u); // late, but a valid answer
}

TEST_F(ConnectionActor, E14_a_refused_resync_of_a_subscription_given_up_is_forgotten) {
  ask(subscribe_topic{0, room_});
  say(topics_,
      entries_view{received_->subscribes.at(0).op, view_reason::subscribe, "room", {}, 1, 0});
  say(topics_, topic_failed{room_});
  ask(unsubscribe_topic{0, room_});
  say(topics_, operation_failed{received_->subscribes.at(1).op, errc::overloaded, {}});
  pass(1min);
  EXPECT_EQ(received_->subscribes.size(), 2u);
}

} // namespace
} // namespace restante::actors
