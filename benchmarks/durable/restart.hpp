#pragma once

#include <cstddef>
#include <filesystem>

/// One process fills a broker and ends without a shutdown; another process restarts a broker on
/// that journal. Each is a process of its own, because memory is measured.
namespace restante::benchmarks::durable {

struct crowd_size {
  std::size_t targets = 10'000;
  std::size_t each = 100; ///< notifications per target
};

struct filling {
  double seconds = 0;
  double resident_bytes = 0; ///< with all notifications in memory
};

/// Puts all notifications into a new journal. Does not stop the broker: the process must end
/// without a shutdown.
filling fill(const std::filesystem::path& journal, crowd_size many);

struct reopening {
  double opened_s = 0;   ///< until the broker is started
  double answered_s = 0; ///< until the first put, which was made at once, is answered
  double restored_s = 0; ///< until all notifications are restored
  double resident_bytes = 0;
  double most_resident_bytes = 0; ///< maximum until all notifications are restored
};

/// Opens that journal. Throws std::runtime_error when a notification is missing.
reopening reopen(const std::filesystem::path& journal, crowd_size many);

} // namespace restante::benchmarks::durable
