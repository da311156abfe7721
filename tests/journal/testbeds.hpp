#pragma once

#include "restante/broker/journal/sqlite_store.hpp"
#include "restante/broker/testing/memory_store.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// Shared by the tests of stores: temporary directories, notifications, and a testbed for each kind
/// of store under test.
namespace restante::journal::testing {

/// A new directory for one test, removed at the end.
class temporary_directory {
public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

inline constexpr store_identity identity_for_tests{
    4, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

inline constexpr std::int64_t second = 1'000'000'000;

/// A plain notification. Notifications with different numbers have different contents.
kept_notification notification(std::uint64_t number, std::string_view client = "bob",
                               std::size_t pack_bytes = 40);

/// Changes that put all notifications into one slot, as if they came from one client.
journal_changes puts(slot_number slot, std::vector<kept_notification> all);

/// Makes one commit. Returns the puts with their rows.
std::vector<kept_notification> commit(store& to, journal_changes changes);

/// Everything in a slot that has not expired, read in small slices.
std::vector<kept_notification> restored(store& from, slot_number slot, instant now = {1},
                                        std::size_t most = 3);

/// Opens, closes and crashes the stores of one kind.
class testbed {
public:
  virtual ~testbed() = default;
  virtual std::unique_ptr<store> open() = 0;

  /// Simulates the failure of the process or the machine while `running` is open.
  virtual void crash(std::unique_ptr<store> running) = 0;
};

class sqlite_testbed : public testbed {
public:
  std::unique_ptr<store> open() override;

  /// Simulates a killed process: the next store gets the files as they are now.
  void crash(std::unique_ptr<store> running) override;

  std::filesystem::path directory() const { return root_.path() / std::to_string(lives_); }

private:
  temporary_directory root_;
  int lives_ = 0;
};

class memory_testbed : public testbed {
public:
  std::unique_ptr<store> open() override { return std::make_unique<memory_store>(disk_); }
  void crash(std::unique_ptr<store> running) override { running.reset(); }

private:
  std::shared_ptr<memory_disk> disk_ = std::make_shared<memory_disk>(identity_for_tests);
};

} // namespace restante::journal::testing
