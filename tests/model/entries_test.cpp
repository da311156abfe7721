#include "restante/actors/model/entries.hpp"
#include "restante/messages/json/answer_members.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace restante::model {
namespace {

using namespace std::chrono_literals;

class Entries : public ::testing::Test {
protected:
  static constexpr instant now{1'000'000'000};

  set_entry asked(std::string key, std::string payload = {}, duration ttl = 10s) {
    return {0, at_, std::move(key), "alice", body::bytes(payload), ttl, ++lease_};
  }
  errc set(const set_entry& m, peer_number owner = 1, instant when = now) {
    effects_ = {};
    const auto result = kept_.set(m, owner, when, effects_);
    return std::holds_alternative<errc>(result) ? std::get<errc>(result) : errc::none;
  }
  instant end_of(duration ttl) {
    entries_effects effects;
    return std::get<instant>(kept_.set(asked("k", {}, ttl), 1, now, effects));
  }

  limits bounds_;
  account memory_{"", 1 << 30};
  entries kept_{bounds_, memory_};
  topic_address at_{"", "room"};
  entries_effects effects_;
  lease_number lease_ = 0;
};

TEST_F(Entries, E1_E10_a_set_is_one_step_with_its_numbered_event) {
  EXPECT_EQ(set(asked("k", "x")), errc::none);
  ASSERT_EQ(effects_.events.size(), 1u);
  EXPECT_EQ(effects_.events[0],
            (topic_event{event_kind::set, 1, "k", "alice", body::bytes("x"), {}}));
  EXPECT_EQ(set(asked("k", "y")), errc::none);
  EXPECT_EQ(effects_.events[0].seq, 2u);
  EXPECT_EQ(kept_.seq(), 2u);
  EXPECT_TRUE(effects_.lost.empty());
}

TEST_F(Entries, E2_leases_default_are_clamped_and_saturate) {
  EXPECT_EQ(end_of(0s), now + 60s);
  EXPECT_EQ(end_of(-5s), now + 60s);
  EXPECT_EQ(end_of(1ns), now + 1ns);
  EXPECT_EQ(end_of(30min), now + 30min);
  EXPECT_EQ(end_of(30min + 1ns), now + 30min);
  EXPECT_EQ(end_of(duration::max()), now + 30min);
  bounds_.lease_default = 1h;
  EXPECT_EQ(end_of(0s), now + 30min); // also what was configured
}

TEST_F(Entries, E4_a_foreign_key_goes_over_and_its_owner_hears_of_it) {
  set(asked("k", "x"), 1);
  const auto lease = lease_;
  auto taken = asked("k", "y");
  taken.client = "bob";
  EXPECT_EQ(set(taken, 2), errc::none);
  ASSERT_EQ(effects_.events.size(), 1u); // a set, and no clear
  EXPECT_EQ(effects_.events[0].client, "bob");
  ASSERT_EQ(effects_.lost.size(), 1u);
  EXPECT_EQ(effects_.lost[0].owner, 1u);
  EXPECT_EQ(effects_.lost[0].lease, lease);
  EXPECT_EQ(effects_.lost[0].how, entry_end::taken_over);
  EXPECT_FALSE(kept_.owns_any(1));
  entries_effects nothing;
  kept_.clear_all(1, nothing);
  EXPECT_TRUE(nothing.events.empty());
  EXPECT_TRUE(kept_.owns_any(2));
}

TEST_F(Entries, E5_only_the_owner_clears) {
  set(asked("k"), 1);
  entries_effects effects;
  kept_.clear("k", 2, effects);
  kept_.clear("missing", 1, effects);
  EXPECT_TRUE(effects.events.empty());
  kept_.clear("k", 1, effects);
  ASSERT_EQ(effects.events.size(), 1u);
  EXPECT_EQ(effects.events[0].reason, clear_reason::explicit_clear);
  EXPECT_EQ(effects.events[0].seq, 2u);
  EXPECT_TRUE(kept_.empty());
  EXPECT_EQ(kept_.deadline(), instant::never());
  EXPECT_EQ(memory_.used(), 0u);
}

TEST_F(Entries, E6_clears_all_of_one_owner_in_key_order_and_nobody_elses) {
  for (const auto* key : {"c", "\xc3\xa9", "a", "B"})
    set(asked(key), 1);
  set(asked("b"), 2);
  entries_effects effects;
  kept_.clear_all(1, effects);
  std::string order;
  for (const auto& event : effects.events) {
    order += event.key + ",";
    EXPECT_EQ(event.reason, clear_reason::disconnect);
  }
  EXPECT_EQ(order, "B,a,c,\xc3\xa9,");
  EXPECT_EQ(kept_.list(now).size(), 1u);
  effects = {};
  kept_.clear_all(1, effects);
  EXPECT_TRUE(effects.events.empty());
}

TEST_F(Entries, E7_hidden_at_the_deadline_and_cleared_one_tick_after) {
  set(asked("k", {}, 10s));
  EXPECT_EQ(kept_.deadline(), now + 10s + 1ns);
  EXPECT_EQ(kept_.list(now + 10s + -1ns).size(), 1u);
  EXPECT_EQ(kept_.list(now + 10s).size(), 0u);
  entries_effects effects;
  EXPECT_TRUE(kept_.expire(now + 10s, 99, effects));
  EXPECT_TRUE(effects.events.empty());
  EXPECT_TRUE(kept_.expire(now + 10s + 1ns, 99, effects));
  ASSERT_EQ(effects.events.size(), 1u);
  EXPECT_EQ(effects.events[0].reason, clear_reason::expired);
  EXPECT_EQ(effects.lost[0].how, entry_end::expired);
  EXPECT_TRUE(kept_.empty());
}

TEST_F(Entries, E7_expires_in_slices) {
  for (int i = 0; i < 5; ++i)
    set(asked(std::to_string(i), {}, 1s));
  entries_effects effects;
  EXPECT_FALSE(kept_.expire(now + 2s, 4, effects));
  EXPECT_EQ(effects.events.size(), 4u);
  EXPECT_EQ(kept_.deadline(), now + 1s + 1ns);
  EXPECT_TRUE(kept_.expire(now + 2s, 4, effects));
  EXPECT_EQ(effects.events.size(), 5u);
}

TEST_F(Entries, E2_E7_a_renewed_lease_leaves_no_old_deadline) {
  set(asked("k", {}, 1s));
  set(asked("k", {}, 20s));
  EXPECT_EQ(kept_.deadline(), now + 20s + 1ns);
  entries_effects effects;
  kept_.expire(now + 5s, 99, effects);
  EXPECT_TRUE(effects.events.empty());
  set(asked("k", {}, 1s)); // and earlier again
  EXPECT_EQ(kept_.deadline(), now + 1s + 1ns);
}

TEST_F(Entries, E8_counts_what_it_would_list) {
  EXPECT_EQ(kept_.live(now), 0u);
  set(asked("a", {}, 1s));
  set(asked("b", {}, 2s));
  set(asked("c", {}, 2s), 2);
  for (const duration later : std::vector<duration>{0s, 1s - 1ns, 1s, 1s + 1ns, 2s - 1ns, 2s, 3s})
    EXPECT_EQ(kept_.live(now + later), kept_.list(now + later).size()) << later.count();
  EXPECT_EQ(kept_.live(now + 2s), 0u);
  EXPECT_FALSE(kept_.empty());
}

TEST_F(Entries, E8_lists_in_byte_order_with_what_is_left) {
  for (const auto* key : {"z", "A", "a"})
    set(asked(key, key, 10s));
  const auto seen = kept_.list(now + 1s);
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0], (entry_view{"A", "alice", body::bytes("A"), 9s}));
  EXPECT_EQ(seen[2].key, "z");
}

TEST_F(Entries, E16_messages_are_numbered_with_the_rest_and_kept_nowhere) {
  set(asked("k"));
  entries_effects effects;
  kept_.publish({0, at_, "bob", body::bytes("hi")}, effects);
  EXPECT_EQ(effects.events[0].seq, 2u);
  EXPECT_EQ(kept_.list(now).size(), 1u);
}

TEST_F(Entries, S8_a_topic_holds_two_mebibytes_of_json_and_one_byte_more_is_refused) {
  const std::string large(16 * 1024, 'x');
  int n = 0;
  while (set(asked("key \"" + std::to_string(n) + "\" \\", large)) == errc::none)
    ++n;
  EXPECT_EQ(set(asked("again", large)), errc::topic_full);
  EXPECT_TRUE(effects_.events.empty());
  // Fill what is left, in steps of three bytes: those are four of base64.
  std::size_t fill = large.size();
  while (set(asked("fill", std::string(fill, 'x'))) != errc::none)
    fill -= 3;
  EXPECT_EQ(set(asked("fill", std::string(fill + 3, 'x'))), errc::topic_full);
  entries_view view;
  view.entries = kept_.list(now);
  const auto encoded = json::told_array(json::entry_members(), view.entries, {}).size();
  EXPECT_LE(encoded, topic_bytes_max);
  EXPECT_GT(encoded, topic_bytes_max - 64 - 8 * view.entries.size());
  EXPECT_EQ(set(asked("fill", std::string(fill - 3, 'x'))), errc::none); // less always fits
  entries_effects effects;
  kept_.clear("fill", 1, effects);
  EXPECT_EQ(set(asked("room again")), errc::none);
}

TEST_F(Entries, S8_a_refused_set_changes_nothing_at_all) {
  const std::string large(16 * 1024, 'x');
  set(asked("mine", "small"), 7);
  int n = 0;
  while (set(asked(std::to_string(n), large)) == errc::none)
    ++n;
  const auto seq = kept_.seq();
  const auto used = memory_.used();
  auto taken = asked("mine", large);
  taken.client = "bob";
  EXPECT_EQ(set(taken, 2), errc::topic_full);
  EXPECT_EQ(kept_.seq(), seq);
  EXPECT_EQ(memory_.used(), used);
  EXPECT_TRUE(kept_.owns_any(7));
  EXPECT_FALSE(kept_.owns_any(2));
}

TEST_F(Entries, N18_what_is_kept_counts_and_is_given_back) {
  account small{"", 1000};
  {
    entries kept{bounds_, small};
    entries_effects effects;
    EXPECT_TRUE(std::holds_alternative<instant>(kept.set(asked("a"), 1, now, effects)));
    EXPECT_TRUE(std::holds_alternative<instant>(kept.set(asked("b"), 1, now, effects)));
    const auto used = small.used();
    EXPECT_EQ(std::get<errc>(kept.set(asked("c"), 1, now, effects)), errc::overloaded);
    EXPECT_EQ(small.used(), used);
    EXPECT_EQ(effects.events.size(), 2u);
  }
  EXPECT_EQ(small.used(), 0u);
}

} // namespace
} // namespace restante::model
