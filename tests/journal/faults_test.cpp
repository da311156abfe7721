// Disks that tear writes, lose writes and refuse calls, by seed: every acknowledged change is
// there, and no refused change is.

#include "restante/tests/journal/simulated_disk.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>

namespace restante::journal::testing {
namespace {

using fault = simulated_disk::fault;

/// A store on a faulty disk, and a store in memory that holds the expected contents.
class world {
public:
  explicit world(std::uint64_t seed) : random_{seed}, disk_{seed * 31 + 7} { open(); }

  void open() {
    store_options options;
    options.identity = identity_for_tests;
    options.vfs = disk_.vfs();
    store_ = std::make_unique<sqlite_store>(root_.path(), options);
  }

  simulated_disk& disk() { return disk_; }
  std::size_t pick(std::size_t below) { return random_() % below; }

  /// Makes some changes; returns whether the store accepted them.
  bool commit() {
    std::vector<journal_changes> all;
    for (std::size_t n = 0; n <= pick(3); ++n)
      all.push_back(make_changes());
    try {
      store_->commit(all);
    } catch (const storage_error& error) {
      EXPECT_NE(error.fault(), storage_fault::corrupt) << error.what();
      return false;
    }
    apply_to_model(std::move(all));
    return true;
  }

  void tidy() {
    try {
      store_->tidy({1});
    } catch (const storage_error& error) {
      EXPECT_NE(error.fault(), storage_fault::corrupt) << error.what();
    }
  }

  void stop(bool is_power_lost) {
    is_power_lost ? disk_.lose_power() : disk_.kill();
    store_.reset();
  }

  void crash(bool is_power_lost) {
    stop(is_power_lost);
    open();
  }

  std::vector<kept_notification> model(slot_number slot) const {
    std::vector<kept_notification> all;
    for (const auto& [row, kept] : model_[slot])
      all.push_back(kept);
    return all;
  }

  /// Whether every accepted change is there, in order, and nothing else.
  ::testing::AssertionResult is_as_expected() {
    for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot) {
      if (restored(*store_, slot) != model(slot))
        return ::testing::AssertionFailure() << "slot " << slot << " differs";
    }
    return ::testing::AssertionSuccess();
  }

  store& running() { return *store_; }

private:
  journal_changes make_changes() {
    const auto slot = static_cast<slot_number>(pick(identity_for_tests.slots));
    journal_changes changes;
    changes.slot = slot;
    for (std::size_t n = pick(4); n > 0; --n)
      changes.puts.push_back(notification(++number_, "bob", pick(8) == 0 ? pick(30'000) : 60));
    const auto some_row = [&] {
      auto row = model_[slot].begin();
      std::advance(row, pick(model_[slot].size()));
      return row->first;
    };
    if (!model_[slot].empty()) {
      changes.delivered_at = {static_cast<std::int64_t>(++number_)};
      changes.offered.push_back({some_row(), static_cast<std::uint32_t>(pick(100))});
      if (pick(2) == 0)
        changes.delivered.push_back(some_row());
      if (pick(4) == 0)
        changes.replies.push_back(
            {some_row(), body::bytes(std::string(pick(9'000), 'r')), {changes.delivered_at.ns}});
      for (std::size_t n = pick(3); n > 0; --n)
        changes.gone.push_back(some_row());
    }
    return changes;
  }

  void apply_to_model(std::vector<journal_changes> all) {
    for (auto& changes : all) {
      auto& rows = model_[changes.slot];
      for (auto& kept : changes.puts)
        rows.emplace(kept.row, kept);
      const auto if_there = [&](row_number row, auto change) {
        if (const auto found = rows.find(row); found != rows.end())
          change(found->second);
      };
      for (const auto& offered : changes.offered)
        if_there(offered.row, [&](auto& kept) { kept.attempts = offered.attempts; });
      for (const auto row : changes.delivered)
        if_there(row, [&](auto& kept) { kept.delivered_at = changes.delivered_at; });
      for (const auto& reply : changes.replies) {
        if_there(reply.row, [&](auto& kept) {
          kept.reply = reply.value;
          kept.replied_at = reply.replied_at;
        });
      }
      for (const auto row : changes.gone)
        rows.erase(row);
    }
  }

  std::mt19937_64 random_;
  temporary_directory root_;
  simulated_disk disk_;
  std::unique_ptr<sqlite_store> store_;
  std::array<std::map<row_number, kept_notification>, identity_for_tests.slots> model_;
  std::uint64_t number_ = 0;
};

std::uint64_t seeds() {
  const char* text = std::getenv("RESTANTE_SEEDS");
  return text ? std::strtoull(text, nullptr, 10) : 100;
}

constexpr const char* replay = "replay: RESTANTE_SEED=<seed> tests_journal --gtest_filter=Faults.*";

/// Every seed, or the requested seed only.
template <class Run>
void for_each_seed(std::uint64_t count, Run run) {
  const char* only = std::getenv("RESTANTE_SEED");
  const std::uint64_t first = only ? std::strtoull(only, nullptr, 10) : 1;
  const std::uint64_t last = only ? first : count;
  for (auto seed = first; seed <= last && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", " + replay);
    run(seed);
  }
}

TEST(Faults, D1_what_was_answered_survives_the_loss_of_power) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (int lives = 0; lives < 3; ++lives) {
      for (std::size_t n = here.pick(12); n > 0; --n) {
        ASSERT_TRUE(here.commit());
        if (here.pick(6) == 0)
          here.tidy();
      }
      here.crash(here.pick(3) != 0);
      ASSERT_TRUE(here.is_as_expected());
    }
  });
}

TEST(Faults, D3_after_an_error_the_store_goes_on_with_what_it_answered) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (int lives = 0; lives < 4; ++lives) {
      const auto kinds = {fault::full, fault::io, fault::sync, fault::read};
      here.disk().plan(*(kinds.begin() + here.pick(kinds.size())),
                       static_cast<unsigned>(here.pick(30)),
                       static_cast<unsigned>(1 + here.pick(6)));
      for (std::size_t n = here.pick(16); n > 0; --n) {
        here.commit();
        if (here.pick(6) == 0)
          here.tidy();
      }
      here.disk().mend();
      ASSERT_TRUE(here.commit());
      ASSERT_TRUE(here.is_as_expected());
      here.crash(here.pick(2) == 0);
      ASSERT_TRUE(here.is_as_expected());
    }
  });
}

TEST(Faults, D3_what_was_refused_is_not_there_after_a_kill) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (int lives = 0; lives < 6; ++lives) {
      for (std::size_t n = here.pick(6); n > 0; --n)
        ASSERT_TRUE(here.commit());
      // A commit fails and the process dies before it can try again.
      const auto kinds = {fault::full, fault::io, fault::sync};
      here.disk().plan(*(kinds.begin() + here.pick(kinds.size())),
                       static_cast<unsigned>(here.pick(8)), 1);
      for (int n = 0; n < 10 && here.commit(); ++n) {
      }
      here.crash(false);
      ASSERT_TRUE(here.is_as_expected());
    }
  });
}

TEST(Faults, D3_a_crash_while_the_disk_fails_leaves_commits_whole) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (std::size_t n = here.pick(6); n > 0; --n)
      ASSERT_TRUE(here.commit());
    here.disk().plan(fault::sync, static_cast<unsigned>(here.pick(8)), 1000);
    bool is_fine = true;
    while (is_fine)
      is_fine = here.commit();
    here.disk().lose_power();
    ASSERT_NO_THROW(here.crash(true));
    // The last refused change may be there, but only as a whole: the slot checksums match.
    for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot)
      ASSERT_NO_THROW(restored(here.running(), slot));
    ASSERT_TRUE(here.commit());
  });
}

TEST(Faults, D3_a_disk_that_fails_while_it_is_opened_loses_nothing) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (std::size_t n = here.pick(12); n > 0; --n)
      ASSERT_TRUE(here.commit());
    for (int tries = 0; tries < 5; ++tries) {
      here.stop(here.pick(2) == 0);
      const auto kinds = {fault::full, fault::io, fault::sync, fault::read};
      here.disk().plan(*(kinds.begin() + here.pick(kinds.size())),
                       static_cast<unsigned>(here.pick(25)), 2);
      try {
        here.open();
      } catch (const storage_error& error) {
        ASSERT_NE(error.fault(), storage_fault::corrupt) << error.what();
        ASSERT_TRUE(here.disk().has_failed());
      }
    }
    here.disk().mend();
    here.stop(true);
    here.open();
    ASSERT_TRUE(here.is_as_expected());
    ASSERT_TRUE(here.commit());
  });
}

TEST(Faults, D3_short_reads_are_refused_or_read_again_never_believed) {
  for_each_seed(seeds(), [](std::uint64_t seed) {
    world here{seed};
    for (int n = 0; n < 12; ++n)
      ASSERT_TRUE(here.commit());
    here.crash(false);
    for (int tries = 0; tries < 6; ++tries) {
      here.disk().plan(fault::short_read, static_cast<unsigned>(here.pick(6)), 1);
      for (slot_number slot = 0; slot < identity_for_tests.slots; ++slot) {
        try {
          ASSERT_EQ(restored(here.running(), slot), here.model(slot));
        } catch (const storage_error& error) {
          ASSERT_TRUE(here.disk().has_failed()) << error.what();
        }
      }
      here.disk().mend();
      ASSERT_TRUE(here.is_as_expected());
      here.crash(false);
    }
  });
}

} // namespace
} // namespace restante::journal::testing
