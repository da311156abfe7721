// A reader is told once about many items that were put into a queue.

#include "restante/actors/model/announcement.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace restante::model {
namespace {

struct told_reader {
  int told = 0;
  bool was_locked = false;
};

/// Counts announcements, and checks that the mutex is free during each.
struct count_telling {
  std::mutex* mutex = nullptr;

  void operator()(told_reader* who) const {
    ++who->told;
    who->was_locked = !mutex->try_lock();
    if (!who->was_locked)
      mutex->unlock();
  }
};

class Announcement : public ::testing::Test {
protected:
  std::unique_lock<std::mutex> lock() { return std::unique_lock{mutex_}; }

  std::mutex mutex_;
  announcement<told_reader*, count_telling> told_{count_telling{&mutex_}};
  told_reader one_;
  told_reader other_;
};

TEST_F(Announcement, many_changes_are_told_once) {
  told_.belong_to(&one_);
  for (int n = 0; n < 5; ++n)
    told_.announce(lock());
  EXPECT_EQ(one_.told, 1);
}

TEST_F(Announcement, what_is_put_in_after_a_look_is_told_again) {
  told_.belong_to(&one_);
  told_.announce(lock());
  told_.looked();
  EXPECT_EQ(one_.told, 1);
  told_.announce(lock());
  told_.announce(lock());
  EXPECT_EQ(one_.told, 2);
}

TEST_F(Announcement, the_mutex_is_free_while_the_reader_is_told) {
  told_.belong_to(&one_);
  told_.announce(lock());
  EXPECT_FALSE(one_.was_locked);
  told_.insist(lock());
  EXPECT_FALSE(one_.was_locked);
  EXPECT_TRUE(mutex_.try_lock());
  mutex_.unlock();
}

TEST_F(Announcement, without_a_reader_nobody_is_told_and_nothing_counts_as_told) {
  told_.announce(lock());
  told_.insist(lock());
  told_.belong_to(&one_);
  EXPECT_EQ(one_.told, 0);
  told_.announce(lock());
  EXPECT_EQ(one_.told, 1);
}

TEST_F(Announcement, another_reader_knows_of_nothing) {
  told_.belong_to(&one_);
  told_.announce(lock());
  EXPECT_EQ(told_.belong_to(&other_), &one_);
  told_.announce(lock());
  EXPECT_EQ(one_.told, 1);
  EXPECT_EQ(other_.told, 1);
  EXPECT_EQ(told_.reader(), &other_);
  EXPECT_EQ(told_.belong_to(nullptr), &other_);
  told_.announce(lock());
  EXPECT_EQ(other_.told, 1);
}

TEST_F(Announcement, who_insists_is_heard_each_time_and_announces_nothing) {
  told_.belong_to(&one_);
  told_.announce(lock());
  told_.insist(lock());
  told_.insist(lock());
  EXPECT_EQ(one_.told, 3);
  told_.looked();
  told_.insist(lock());
  told_.announce(lock());
  EXPECT_EQ(one_.told, 5);
}

TEST(Announcements, whatever_several_threads_put_in_is_found) {
  struct shelf {
    std::mutex mutex;
    std::vector<int> items;
    std::mutex reading; ///< one reader: looks come one after the other
    std::size_t found = 0;

    void look(announcement<shelf*, void (*)(shelf*)>& told) {
      const std::lock_guard alone{reading};
      const std::lock_guard lock{mutex};
      told.looked();
      found += items.size();
      items.clear();
    }
  };
  static announcement<shelf*, void (*)(shelf*)>* all = nullptr;
  announcement<shelf*, void (*)(shelf*)> told{[](shelf* at) { at->look(*all); }};
  all = &told;
  shelf at;
  told.belong_to(&at);
  constexpr int threads = 4;
  constexpr int each = 2000;
  std::vector<std::thread> writers;
  for (int n = 0; n < threads; ++n) {
    writers.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        std::unique_lock lock{at.mutex};
        at.items.push_back(i);
        told.announce(std::move(lock));
      }
    });
  }
  for (auto& writer : writers)
    writer.join();
  EXPECT_EQ(at.found, static_cast<std::size_t>(threads) * each);
  EXPECT_TRUE(at.items.empty());
}

} // namespace
} // namespace restante::model
