#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::journal {

/// A 64-bit hash over the fields of a row. Each field is framed, so different rows never give the
/// same input. The hash is SipHash-2-4 with a public key: it detects bad disks, not forgery.
class row_checksum {
public:
  row_checksum() { bytes_.reserve(512); }

  /// Starts a new row. `table` makes the hashes of rows of different tables differ.
  row_checksum& start(char table);
  row_checksum& add(std::int64_t number);
  row_checksum& add(std::string_view text);

  std::int64_t value() const;

private:
  std::string bytes_; ///< kept from row to row
};

} // namespace restante::journal
