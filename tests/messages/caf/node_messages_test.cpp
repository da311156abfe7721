// The messages between nodes contain variants, which CAF 0.17 does not support by itself.

#include "restante/messages/type_ids.hpp"
#include "restante/tests/messages/caf/filler.hpp"

#include <set>

namespace restante::testing {
namespace {

class NodeMessages : public ::testing::Test {
protected:
  NodeMessages() { dialect::add_message_types(config_); }

  caf::actor_system& system() {
    if (!system_)
      system_ = std::make_unique<caf::actor_system>(config_);
    return *system_;
  }

private:
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
};

constexpr auto commands = std::variant_size_v<command>;
constexpr auto answers = std::variant_size_v<answer_value>;
constexpr auto pushes = std::variant_size_v<push>;
constexpr std::size_t updates = std::variant_size_v<decltype(peer_update::what)>;

TEST_F(NodeMessages, W9_every_command_survives_the_way) {
  std::set<std::size_t> came_by;
  for (std::size_t which = 0; which < commands; ++which) {
    const auto sent = filled<numbered_command>(which);
    EXPECT_NE(sent.op, 0u);
    expect_round_trip(system(), sent);
    came_by.insert(sent.what.index());
  }
  EXPECT_EQ(came_by.size(), commands);
}

TEST_F(NodeMessages, W9_every_answer_survives_the_way) {
  std::set<std::size_t> came_by;
  for (std::size_t which = 0; which < answers; ++which) {
    const auto sent = filled<peer_outcome>(which);
    expect_round_trip(system(), sent);
    came_by.insert(sent.what.index());
  }
  EXPECT_EQ(came_by.size(), answers);
}

TEST_F(NodeMessages, W9_every_push_survives_the_way) {
  std::set<std::size_t> came_by;
  for (std::size_t which = 0; which < pushes; ++which) {
    const auto sent = filled<peer_push>(which);
    expect_round_trip(system(), sent);
    came_by.insert(sent.what.index());
  }
  EXPECT_EQ(came_by.size(), pushes);
}

TEST_F(NodeMessages, W9_every_word_with_all_it_may_carry_survives_the_way) {
  std::set<std::pair<std::size_t, std::size_t>> came_by;
  for (std::size_t which = 0; which < updates * answers; ++which) {
    const auto sent = filled<peer_update>(which);
    expect_round_trip(system(), sent);
    const auto* outcome = std::get_if<peer_outcome>(&sent.what);
    const auto* given = std::get_if<peer_push>(&sent.what);
    came_by.emplace(sent.what.index(), outcome != nullptr ? outcome->what.index()
                                       : given != nullptr ? given->what.index()
                                                          : 0);
  }
  EXPECT_EQ(came_by.size(), answers + pushes + 2);
}

TEST_F(NodeMessages, W9_batches_survive_the_way_in_order) {
  peer_requests says;
  for (std::size_t which = 0; which < commands; ++which)
    says.operations.push_back(filled<numbered_command>(which));
  says.acks = {{1, 2}, {3, 4}};
  says.done = std::uint64_t{1} << 60;
  says.intent = peer_intent::leaves;
  expect_round_trip(system(), says);
  peer_updates hears;
  for (std::size_t which = 0; which < updates * answers; ++which)
    hears.updates.push_back(filled<peer_update>(which));
  expect_round_trip(system(), hears);
  expect_round_trip(system(), peer_requests{});
  expect_round_trip(system(), peer_updates{});
}

TEST_F(NodeMessages, W9_what_is_empty_survives_the_way) {
  expect_round_trip(system(), numbered_command{});
  expect_round_trip(system(), peer_outcome{});
  expect_round_trip(system(), peer_push{topic_events{}});
  expect_round_trip(system(), peer_update{connect_receipt{}});
  expect_round_trip(system(), attach_peer{});
}

TEST_F(NodeMessages, W9_any_bytes_survive_the_way) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all.push_back(static_cast<char>(i));
  numbered_command sent;
  put_notification put;
  put.pack = body::bytes(all + std::string(pack_bytes_max - all.size(), '\0'));
  put.to = {all, all};
  put.ttl = duration{-1};
  sent.what = put;
  expect_round_trip(system(), sent);
}

/// The number of the alternative comes first, or after the number of the operation.
TEST_F(NodeMessages, W9_a_number_of_a_newer_node_is_taken_for_the_first_and_empty) {
  auto bytes = saved(system(), peer_push{client_presence{}});
  bytes[0] = static_cast<decltype(bytes)::value_type>(pushes);
  peer_push got{notification_step{}};
  caf::binary_deserializer source{system(), bytes};
  EXPECT_FALSE(source(got));
  EXPECT_TRUE(got == peer_push{});

  auto numbered = saved(system(), numbered_command{7, unwatch_client{}});
  numbered[8] = static_cast<decltype(bytes)::value_type>(commands);
  numbered_command asked{0, watch_client{}};
  caf::binary_deserializer other{system(), numbered};
  EXPECT_FALSE(other(asked));
  EXPECT_TRUE((asked == numbered_command{7, put_notification{}}));
}

TEST_F(NodeMessages, W9_what_breaks_off_is_an_error_and_no_crash) {
  for (std::size_t which = 0; which < updates * answers; ++which) {
    const auto whole = saved(system(), filled<peer_update>(which));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const stored_bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      peer_update got;
      caf::binary_deserializer source{system(), part};
      EXPECT_TRUE(source(got)) << which << " cut at " << size;
    }
  }
}

} // namespace
} // namespace restante::testing
