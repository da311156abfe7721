#pragma once

#include "restante/broker/journal/cell.hpp"
#include "restante/broker/journal/page_image.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante::journal {

/// A row of a table as SQLite stores it, decoded from the bytes of a page.
struct raw_row {
  std::int64_t id = 0;
  std::vector<cell> cells; ///< the key is null
};

/// Reads the rows that a leaf page of a table lists. Damaged rows are left out. A row counts only
/// if a checksum in the row itself proves it.
class leaf_reader {
public:
  explicit leaf_reader(const page_image& pages) : pages_{pages} {}

  /// How many rows the page lists; 0 for a page that is missing or is no leaf of a table.
  std::uint16_t open(std::uint32_t page);

  /// Reads one listed row; false when it cannot be read. Its views are valid until the next call.
  bool read(std::uint16_t cell, raw_row& into);

private:
  bool assemble(std::string_view local, std::uint64_t size, std::uint32_t next);

  const page_image& pages_;
  std::string page_;
  std::size_t header_at_ = 0;
  std::uint16_t cells_ = 0;
  std::string payload_;
  std::string further_;
};

} // namespace restante::journal
