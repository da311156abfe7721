#pragma once

#include "restante/broker/journal/sqlite_store.hpp"

#include <filesystem>
#include <memory>

namespace restante::journal {

/// Opens the store in a data directory, which is created if needed, for its owner only. The parent
/// directory must exist: a disk that is not mounted must not lead to a new, empty journal. Throws
/// storage_error, with the directory in its text.
std::unique_ptr<sqlite_store> open_data_directory(const std::filesystem::path& directory,
                                                  store_options options = {});

/// Returns the error with the directory in its text.
storage_error in_directory(const std::filesystem::path& directory, const storage_error& why);

} // namespace restante::journal
