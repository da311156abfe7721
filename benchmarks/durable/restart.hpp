#pragma once

#include <cstddef>
#include <filesystem>

/// A broker that is filled and dies, and one that finds what it has kept. Each is a process of
/// its own: memory is measured.
namespace restante::benchmarks::durable {

struct crowd_size {
  std::size_t targets = 10'000;
  std::size_t each = 100; ///< notifications of a target
};

struct filling {
  double seconds = 0;
  double resident_bytes = 0; ///< with all of them in memory
};

/// Puts them all into a new journal. The broker is not stopped: let the process end without.
filling fill(const std::filesystem::path& journal, crowd_size many);

struct reopening {
  double opened_s = 0;   ///< until the broker is there
  double answered_s = 0; ///< until the first put is answered, which was made at once
  double restored_s = 0; ///< until all is as it was
  double resident_bytes = 0;
  double most_resident_bytes = 0; ///< at any time until then
};

/// Opens that journal. Throws std::runtime_error when not all of them are there.
reopening reopen(const std::filesystem::path& journal, crowd_size many);

} // namespace restante::benchmarks::durable
