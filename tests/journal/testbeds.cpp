#include "restante/tests/journal/testbeds.hpp"

#include <stdexcept>
#include <stdlib.h>

namespace restante::journal::testing {

temporary_directory::temporary_directory() {
  auto name = (std::filesystem::temp_directory_path() / "restante-journal-XXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::runtime_error{"no temporary directory"};
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

kept_notification notification(std::uint64_t number, std::string_view client,
                               std::size_t pack_bytes) {
  kept_notification kept;
  kept.to = {"shop", std::string{client}};
  kept.trace = {0x0102030405060708 + number, 0xf0e0d0c0b0a09080 ^ number};
  kept.from = "alice";
  std::string pack = "{\"n\":" + std::to_string(number) + ",\"text\":\"";
  pack.resize(std::max(pack_bytes, pack.size() + 2) - 2, static_cast<char>('a' + number % 26));
  kept.pack = body::json(pack + "\"}");
  kept.created_at = {static_cast<std::int64_t>(number)};
  kept.expires_at = {1000 * second + static_cast<std::int64_t>(number)};
  return kept;
}

journal_changes puts(slot_number slot, std::vector<kept_notification> all) {
  journal_changes changes;
  changes.slot = slot;
  changes.client = all.empty() ? client_address{"shop", "bob"} : all.front().to;
  changes.puts = std::move(all);
  return changes;
}

std::vector<kept_notification> commit(store& to, journal_changes changes) {
  std::vector<journal_changes> all{std::move(changes)};
  to.commit(all);
  return std::move(all.front().puts);
}

std::vector<kept_notification> restored(store& from, slot_number slot, instant now,
                                        std::size_t most) {
  std::vector<kept_notification> all;
  row_number after = 0;
  for (;;) {
    auto slice = from.restore(slot, after, most, now);
    for (auto& kept : slice.notifications)
      all.push_back(std::move(kept));
    if (slice.is_last)
      return all;
    after = slice.last;
  }
}

std::unique_ptr<store> sqlite_testbed::open() {
  std::filesystem::create_directory(directory());
  store_options options;
  options.identity = identity_for_tests;
  return std::make_unique<sqlite_store>(directory(), options);
}

void sqlite_testbed::crash(std::unique_ptr<store> running) {
  const auto before = directory();
  ++lives_;
  std::filesystem::copy(before, directory());
  std::filesystem::remove(directory() / "journal.db-shm");
  running.reset();
}

} // namespace restante::journal::testing
