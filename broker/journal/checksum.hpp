#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::journal {

/// A 64-bit hash over fields, each framed, so different rows never give the same bytes. It is
/// SipHash-2-4 under a public key: it protects against bad disks, not against people.
class row_checksum {
public:
  row_checksum() { bytes_.reserve(512); }

  /// Starts a new row; `table` tells rows of different tables apart.
  row_checksum& start(char table);
  row_checksum& add(std::int64_t number);
  row_checksum& add(std::string_view text);

  std::int64_t value() const;

private:
  std::string bytes_; ///< kept from row to row
};

} // namespace restante::journal
