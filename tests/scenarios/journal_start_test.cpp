// A start with a full journal, in real time and with any schedule of the threads.

#include "restante/broker/api/broker.hpp"
#include "restante/broker/testing/memory_store.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {
namespace {

constexpr std::size_t clients = 2000;

/// Successive brokers use one disk.
options on(const std::shared_ptr<journal::memory_disk>& disk) {
  options how;
  how.slots = 1024; // making many shards takes longer than the first restores
  how.open_store = [disk](const auto&) { return std::make_unique<journal::memory_store>(disk); };
  return how;
}

TEST(JournalStart, D2_what_is_restored_waits_until_all_shards_are_there) {
  const auto disk =
      std::make_shared<journal::memory_disk>(journal::store_identity{.slots = 1024, .key = {1}});
  {
    broker broker{on(disk)};
    std::vector<std::string> targets;
    for (std::size_t n = 0; n < clients; ++n) {
      targets.push_back("client-" + std::to_string(n));
      if (targets.size() == 1000) {
        ASSERT_TRUE(broker.server().put_many(std::exchange(targets, {}), {}).get());
      }
    }
  }
  for (int start = 0; start < 10; ++start) {
    broker broker{on(disk)};
    for (std::size_t n = 0; n < clients; n += 37)
      EXPECT_EQ(broker.server().pending("client-" + std::to_string(n)).get()->pending, 1U);
    EXPECT_EQ(broker.stats().crashes, 0U);
  }
}

} // namespace
} // namespace restante::testing
