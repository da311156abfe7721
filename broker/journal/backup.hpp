#pragma once

#include "restante/broker/journal/durable_files.hpp"
#include "restante/broker/journal/operators.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

/// A journal in one file, and back (docs/journal.md).
namespace restante::journal {

struct backup_options {
  durable::if_there target = durable::if_there::refuse;
  slot_function slot_of; ///< as for `check`

  /// Called often with the part that is written, 0 to 1; false ends the work.
  std::function<bool(double part)> go_on = [](double) { return true; };
};

struct backup_report {
  std::uint64_t notifications = 0;
  std::uint64_t undelivered = 0;
  std::uint64_t commits = 0; ///< all that were answered before the backup began, or more
  std::uint64_t bytes = 0;   ///< of the file
};

/// Writes all that is in a data directory, as it is at one moment, into `file`. A broker may run on
/// the directory. The file is complete in itself, has been read and verified, and gets its name
/// only then. Until then its name ends with `.part`; the next backup overwrites a `.part` file that
/// a crash has left.
///
/// Throws storage_error: corrupt for a damaged journal, unusable for a file that exists or a
/// directory without a journal, full, io. Nothing is left of `file` then.
backup_report backup(const std::filesystem::path& directory, const std::filesystem::path& file,
                     const backup_options& how);

/// Makes a data directory out of a backup, which is verified first. The directory must be new or
/// empty; it has its journal whole or not at all. Throws storage_error as `backup`.
backup_report restore(const std::filesystem::path& file, const std::filesystem::path& directory,
                      const slot_function& slot_of);

/// Throws corrupt, with the first line that says so, unless a place is sound.
void expect_sound(const std::filesystem::path& location, const slot_function& slot_of);

} // namespace restante::journal
