#pragma once

#include "restante/broker/journal/durable_files.hpp"
#include "restante/broker/journal/operators.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

/// Backups: a journal is copied into one file, and restored from this file (docs/journal.md).
namespace restante::journal {

struct backup_options {
  durable::if_there target = durable::if_there::refuse;
  slot_function slot_of; ///< see `check`

  /// Called often with the written fraction, 0 to 1. False stops the backup.
  std::function<bool(double part)> go_on = [](double) { return true; };
};

struct backup_report {
  std::uint64_t notifications = 0;
  std::uint64_t undelivered = 0;
  std::uint64_t commits = 0; ///< includes all commits answered before the backup began
  std::uint64_t bytes = 0;   ///< size of the file
};

/// Writes a snapshot of a data directory into `file`. A broker may use the directory meanwhile. The
/// backup is written to a file whose name ends with `.part`, which is verified and then renamed to
/// `file`. The next backup overwrites a `.part` file that a crash has left.
///
/// Throws storage_error: corrupt for a damaged journal, unusable for a file that exists or a
/// directory without a journal, full, io. After an error no part of `file` is left.
backup_report backup(const std::filesystem::path& directory, const std::filesystem::path& file,
                     const backup_options& how);

/// Makes a data directory out of a backup, which is verified first. The directory must be new or
/// empty. It gets the whole journal, or none after an error. Throws the errors of `backup`.
backup_report restore(const std::filesystem::path& file, const std::filesystem::path& directory,
                      const slot_function& slot_of);

/// Throws corrupt with the first fault when the journal at `location` is damaged.
void expect_sound(const std::filesystem::path& location, const slot_function& slot_of);

} // namespace restante::journal
