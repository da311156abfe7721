#pragma once

#include "restante/tests/journal/testbeds.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace restante::journal::testing {

/// A disk in memory behind an SQLite VFS. A seed determines its faults. It distinguishes written
/// sectors from durable sectors: a crash keeps some of the unsynced sectors and drops others, in no
/// order. Simulates files for one process at a time.
class simulated_disk {
public:
  explicit simulated_disk(std::uint64_t seed = 1);
  ~simulated_disk();
  simulated_disk(const simulated_disk&) = delete;
  simulated_disk& operator=(const simulated_disk&) = delete;

  const std::string& vfs() const { return name_; }

  enum class fault : std::uint8_t { none, full, io, sync, read, short_read };

  /// After `calls` more calls of the affected kind a fault happens, then `times` times in a row.
  void plan(fault what, unsigned calls, unsigned times);
  void mend() { times_left_ = 0; }

  /// Whether the planned fault has happened.
  bool has_failed() const { return has_failed_; }

  /// Simulates a loss of power: open handles become invalid; chance decides which unsynced sectors
  /// are kept.
  void lose_power();

  /// Simulates a killed process: open handles become invalid; everything that was written is kept.
  void kill();

  /// The current bytes of a file; null when there is no such file.
  std::string* content(const std::string& path_end);

  void remove(const std::string& path_end);

  /// Adds a file with durable contents.
  void add(const std::string& path, const std::string& bytes);

private:
  struct file {
    std::string now;
    std::string durable;
    std::map<std::size_t, bool> unsynced; ///< sectors
    bool is_resized = false;
    std::vector<std::unique_ptr<char[]>> shared;
  };
  struct handle;
  struct methods;
  friend struct methods;

  bool strikes(fault one, fault other = fault::none);
  void persist(file& of, bool is_chance);

  std::string name_;
  sqlite3_vfs vfs_{};
  std::mt19937_64 random_;
  std::map<std::string, std::shared_ptr<file>> files_;
  std::uint64_t life_ = 0;
  fault planned_ = fault::none;
  unsigned calls_left_ = 0;
  unsigned times_left_ = 0;
  bool has_failed_ = false;
};

/// Opens stores on a simulated disk whose only fault is the loss of power.
class simulated_testbed : public testbed {
public:
  std::unique_ptr<store> open() override;
  void crash(std::unique_ptr<store> running) override;

  simulated_disk& disk() { return disk_; }

private:
  temporary_directory root_; // of the lock
  simulated_disk disk_;
};

} // namespace restante::journal::testing
