// How a connection ends with its broker (spec C6): after everything that its client still offers.

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

/// The end of a connection, as its fakes recorded it, in order.
struct story {
  std::vector<std::string> told;         ///< packs, and how the connection ended
  std::vector<get_pending> asked;        ///< questions to its client
  std::vector<client_disconnected> said; ///< messages to its client
};

struct telling_sink : sink {
  explicit telling_sink(std::shared_ptr<story> into) : into{std::move(into)} {}
  void attached(const connect_receipt&) override {}
  flow take(const push& what) override {
    into->told.emplace_back(std::get<delivery>(what).notification.pack.view());
    return flow::taken;
  }
  void ended(const goodbye& why) override {
    into->told.emplace_back(why.reason == end_reason::shutdown ? "shutdown" : "ended");
  }
  std::shared_ptr<story> into;
};

caf::behavior fake_client(caf::event_based_actor* self, std::shared_ptr<story> into) {
  dialect::drop_unexpected(self);
  return {
      [into](const get_pending& m) { into->asked.push_back(m); },
      [into](const client_disconnected& m) { into->said.push_back(m); },
  };
}

class StoppingConnection : public ActorFixture {
protected:
  StoppingConnection() {
    client_ = system_->spawn(fake_client, story_);
    environment_->set_shards({caf::actor_cast<client_shard_actor>(client_)}, {});
    inbox_ =
        environment_->open_inboxes.open(std::make_unique<telling_sink>(story_), {100, 1 << 20});
    connection_setup setup;
    setup.client = {"", "bob"};
    connection_ = caf::actor_cast<caf::strong_actor_ptr>(
        system_->spawn<connection>(environment_, inbox_, std::move(setup)));
    time_->settle();
    say(client_attached{7, 0});
  }

  ~StoppingConnection() override {
    inbox_->depart(departure::at_once);
    connection_ = nullptr;
    pass_all();
    environment_->release_shards();
    EXPECT_EQ(environment_->count.actors.load(), 0u);
  }

  template <class Message>
  void say(Message m) {
    say_as(client_, connection_, std::move(m));
    time_->settle();
  }

  void offer(std::string_view pack) {
    offered_notification one;
    one.trace = {1, ++traces_};
    one.pack = body::bytes(pack);
    say(offer_notifications{7, {one}});
  }

  void stop() {
    inbox_->depart(departure::shutdown);
    time_->settle();
  }

  std::shared_ptr<story> story_ = std::make_shared<story>();
  caf::actor client_;
  std::shared_ptr<inbox> inbox_;
  caf::strong_actor_ptr connection_;
  std::uint64_t traces_ = 0;
};

using texts = std::vector<std::string>;

TEST_F(StoppingConnection, C6_an_offer_that_was_on_its_way_is_handed_over_before_the_end) {
  stop(); // and the client's offers came after that
  EXPECT_TRUE(story_->told.empty());
  ASSERT_EQ(story_->asked.size(), 1u);
  EXPECT_EQ(story_->asked[0].client.client, "bob");
  offer("one");
  offer("two");
  EXPECT_TRUE(story_->said.empty());
  say(pending_view{story_->asked[0].op, 0, presence::connected});
  EXPECT_EQ(story_->told, (texts{"one", "two", "shutdown"}));
  EXPECT_EQ(story_->said.size(), 1u);
}

TEST_F(StoppingConnection, C6_a_client_that_does_not_answer_is_waited_for_once_and_not_for_ever) {
  stop();
  pass(environment_->bounds.operation_deadline + 1s);
  EXPECT_EQ(story_->told, texts{"shutdown"});
  EXPECT_EQ(story_->asked.size(), 1u);
}

TEST_F(StoppingConnection, C6_who_is_in_a_hurry_waits_for_nobody) {
  stop();
  EXPECT_TRUE(story_->told.empty());
  inbox_->depart(departure::at_once);
  time_->settle();
  EXPECT_EQ(story_->told, texts{"shutdown"});
}

TEST_F(StoppingConnection, C6_one_that_leaves_by_itself_asks_nobody) {
  inbox_->depart(departure::left);
  time_->settle();
  EXPECT_EQ(story_->told, texts{"ended"});
  EXPECT_TRUE(story_->asked.empty());
}

} // namespace
} // namespace restante::actors
