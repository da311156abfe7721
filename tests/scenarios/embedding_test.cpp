// The broker inside another program: real threads, with the program's actor system or the broker's
// own.

#include "restante/actors/protocol/caf_error.hpp"
#include "restante/broker/api/broker.hpp"

#include <caf/all.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace restante {
namespace {

using namespace std::chrono_literals;

/// Polls with a deadline, for events on other threads.
bool comes_true(const std::function<bool()>& so) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (!so()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

struct their_system {
  their_system() : system{(configure(config, 2), config)} {}

  caf::actor_system_config config;
  caf::actor_system system;
};

/// The messages that an actor as a sink received, readable from the test's thread.
struct told {
  std::mutex mutex;
  std::vector<std::string> words;
  std::optional<goodbye> end;

  void add(std::string word) {
    const std::lock_guard lock{mutex};
    words.push_back(std::move(word));
  }
  std::vector<std::string> all() {
    const std::lock_guard lock{mutex};
    return words;
  }
};

class listener : public sink_actor::base {
public:
  listener(caf::actor_config& config, std::shared_ptr<told> into)
      : sink_actor::base{config}, into_{std::move(into)} {}

  behavior_type make_behavior() override {
    return {
        [this](const connect_receipt&) { into_->add("connected"); },
        [this](const delivery& m) { taken(std::string{m.notification.pack.view()}); },
        [this](const topic_events& m) { taken(m.batch().events.at(0).key); },
        [this](const entries_view&) { taken("snapshot"); },
        [this](const entry_ended&) { taken("lost"); },
        [this](const client_presence&) { taken("presence"); },
        [this](const notification_step&) { taken("step"); },
        [this](const goodbye& m) {
          const std::lock_guard lock{into_->mutex};
          into_->end = m;
        },
    };
  }

private:
  void taken(std::string word) {
    into_->add(std::move(word));
    confirm(this);
  }

  std::shared_ptr<told> into_;
};

TEST(Embedding, N10_a_program_with_callbacks_and_a_broker_of_its_own) {
  broker b;
  std::atomic<int> got{0};
  handlers what;
  what.on_notification = [&](const offered_notification& n) {
    if (n.pack.view() == "hello" && n.from == "alice")
      ++got;
  };
  auto bob = b.connect({.client = "bob"}, what);
  auto alice = b.connect({.client = "alice"});
  const auto put = alice.put({.to = "bob", .pack = body::bytes("hello")}).get();
  ASSERT_TRUE(put);
  EXPECT_TRUE(comes_true([&] { return got == 1; }));
  EXPECT_TRUE(comes_true([&] {
    return alice.status(put->trace).get()->notification.state == notification_state::delivered;
  }));
}

TEST(Embedding, N11_an_actor_as_sink_acknowledges_by_confirming) {
  their_system theirs;
  broker b{theirs.system};
  auto received = std::make_shared<told>();
  auto sink = theirs.system.spawn<listener>(received);
  auto bob = b.connect({.client = "bob"}, caf::actor_cast<sink_actor>(sink));
  ASSERT_TRUE(bob.connected().get());
  ASSERT_TRUE(bob.subscribe("room").get());
  ASSERT_TRUE(bob.set("room", "k").get());
  ASSERT_TRUE(b.server().put({.to = "bob", .pack = body::bytes("1")}).get());
  EXPECT_TRUE(comes_true([&] { return received->all().size() == 3; }));
  EXPECT_EQ(received->all(), (std::vector<std::string>{"connected", "k", "1"}));
  EXPECT_TRUE(comes_true([&] { return b.server().pending("bob").get()->pending == 0; }));
  bob.disconnect();
  EXPECT_TRUE(comes_true([&] {
    const std::lock_guard lock{received->mutex};
    return received->end && received->end->reason == end_reason::left;
  }));
}

TEST(Embedding, C1_the_end_of_an_actor_that_is_a_sink_ends_its_connection) {
  their_system theirs;
  broker b{theirs.system};
  auto received = std::make_shared<told>();
  auto sink = theirs.system.spawn<listener>(received);
  auto bob = b.connect({.client = "bob"}, caf::actor_cast<sink_actor>(sink));
  ASSERT_TRUE(bob.set("room", "k").get());
  caf::anon_send_exit(sink, caf::exit_reason::kill);
  EXPECT_TRUE(comes_true([&] { return b.stats().connections == 0; }));
  EXPECT_TRUE(comes_true([&] { return b.server().list("room").get()->entries.empty(); }));
  EXPECT_EQ(bob.pending().get().code(), errc::stale_connection);
}

TEST(Embedding, C7_actors_ask_through_the_typed_handle_and_get_answers_or_errors) {
  their_system theirs;
  broker b{theirs.system};
  auto alice = b.connect({.client = "alice"});
  ASSERT_TRUE(alice.connected().get());
  caf::scoped_actor self{theirs.system};
  put_notification m;
  m.to.client = "bob";
  m.pack = body::bytes("x");
  bool is_answered = false;
  self->request(alice.actor(), 10s, m)
      .receive([&](put_receipt& receipt) { is_answered = bool{receipt.trace}; },
               [](caf::error& why) { FAIL() << static_cast<int>(errc_of(why)); });
  EXPECT_TRUE(is_answered);
  m.to.client = "";
  errc code = errc::none;
  self->request(alice.actor(), 10s, m)
      .receive([](put_receipt&) { FAIL(); }, [&](caf::error& why) { code = errc_of(why); });
  EXPECT_EQ(code, errc::invalid_argument);
  self->request(alice.actor(), 10s, drain_queue{0, {"", "bob"}})
      .receive([](drain_view&) { FAIL(); }, [&](caf::error& why) { code = errc_of(why); });
  EXPECT_EQ(code, errc::forbidden);
  self->request(b.server().actor(), 10s, drain_queue{0, {"", "bob"}})
      .receive([](drain_view& view) { EXPECT_EQ(view.notifications.size(), 1u); },
               [](caf::error&) { FAIL(); });
}

TEST(Embedding, C1_dropping_a_connection_disconnects_it) {
  broker b;
  auto bob = b.connect({.client = "bob"});
  {
    auto alice = b.connect({.client = "alice"});
    ASSERT_TRUE(alice.set("room", "k").get());
    auto moved = std::move(alice);
    EXPECT_TRUE(moved.pending().get());
    EXPECT_EQ(bob.list("room").get()->entries.size(), 1u);
  }
  EXPECT_TRUE(comes_true([&] { return bob.list("room").get()->entries.empty(); }));
  EXPECT_TRUE(comes_true([&] { return b.stats().connections == 1; }));
}

TEST(Embedding, N1_a_payload_is_shared_and_never_copied) {
  broker b;
  std::atomic<int> shared_with{0};
  const auto pack = body::bytes(std::string(60'000, 'x'));
  handlers what;
  what.on_notification = [&](const offered_notification& n) {
    shared_with += n.pack.shares_buffer_with(pack) ? 1 : 1000;
  };
  auto bob = b.connect({.client = "bob"}, what);
  auto carol = b.connect({.client = "carol"}, what);
  auto alice = b.connect({.client = "alice"});
  ASSERT_TRUE(alice.put_many({"bob", "carol"}, {.to = {}, .pack = pack}).get());
  EXPECT_TRUE(comes_true([&] { return shared_with == 2; }));
}

TEST(Embedding, C6_other_actors_of_the_system_outlive_the_broker) {
  their_system theirs;
  auto other = theirs.system.spawn(
      [](caf::event_based_actor*) -> caf::behavior { return {[](int n) { return n + 1; }}; });
  {
    broker b{theirs.system};
    auto alice = b.connect({.client = "alice"});
    ASSERT_TRUE(alice.set("room", "k").get());
    b.stop();
    EXPECT_EQ(b.stats().actors, 0u);
  }
  caf::scoped_actor self{theirs.system};
  int answered = 0;
  self->request(other, 10s, 41).receive([&](int n) { answered = n; }, [](caf::error&) {});
  EXPECT_EQ(answered, 42);
}

TEST(Embedding, C6_two_brokers_in_one_system_do_not_know_each_other) {
  their_system theirs;
  broker one{theirs.system};
  broker two{theirs.system};
  auto alice = one.connect({.client = "alice"});
  auto other = two.connect({.client = "alice"});
  ASSERT_TRUE(alice.set("room", "k").get());
  ASSERT_TRUE(other.connected().get());
  EXPECT_TRUE(other.list("room").get()->entries.empty());
  one.stop();
  EXPECT_TRUE(other.pending().get());
}

TEST(Embedding, T3_settings_that_do_not_fit_are_reported) {
  std::vector<std::string> lines;
  options how;
  how.log = [&](std::string_view line) { lines.emplace_back(line); };
  {
    their_system fit;
    broker b{fit.system, how};
  }
  EXPECT_TRUE(lines.empty());
  caf::actor_system_config config;
  config.add_message_types<caf::id_block::restante>();
  caf::actor_system unfit{config}; // CAF's defaults: the system polls and has no bound
  broker b{unfit, how};
  EXPECT_EQ(lines.size(), 2u);
  auto alice = b.connect({.client = "alice"});
  EXPECT_TRUE(alice.set("room", "k").get()); // the broker works nevertheless
}

TEST(Embedding, C7_a_wait_inside_a_callback_fails_at_once) {
  broker b;
  std::atomic<int> code{0};
  std::optional<connection> alice;
  std::mutex made;
  handlers what;
  what.on_notification = [&](const offered_notification&) {
    const std::lock_guard lock{made};
    code = static_cast<int>(b.server().pending("nobody").get().code());
  };
  {
    const std::lock_guard lock{made};
    alice.emplace(b.connect({.client = "alice"}, what));
  }
  ASSERT_TRUE(b.server().put({.to = "alice"}).get());
  EXPECT_TRUE(comes_true([&] { return code == static_cast<int>(errc::would_block); }));
}

} // namespace
} // namespace restante
