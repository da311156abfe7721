#pragma once

#include "restante/broker/journal/sqlite_store.hpp"

#include <filesystem>
#include <memory>

namespace restante::journal {

/// Opens the store in a data directory, which is made if need be, for its owner alone; what it
/// stands in must be there, for a disk that is not mounted is no reason to start anew elsewhere.
/// Throws storage_error, with the directory in its text.
std::unique_ptr<sqlite_store> open_data_directory(const std::filesystem::path& directory,
                                                  store_options options = {});

/// The same error, with the directory in its text.
storage_error in_directory(const std::filesystem::path& directory, const storage_error& why);

} // namespace restante::journal
