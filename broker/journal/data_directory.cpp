#include "restante/broker/journal/data_directory.hpp"

#include "restante/broker/journal/durable_files.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/stat.h>

namespace restante::journal {

namespace {

void make(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) == 0) {
    durable::sync_directory(durable::parent_of(directory));
    return;
  }
  const int why = errno;
  std::error_code unknown;
  if (std::filesystem::is_directory(directory, unknown))
    return;
  if (why == EEXIST)
    throw storage_error{storage_fault::unusable, "it is no directory"};
  throw storage_error{durable::fault_of(why),
                      std::string{"it cannot be made: "} + std::strerror(why)};
}

} // namespace

storage_error in_directory(const std::filesystem::path& directory, const storage_error& why) {
  const std::string text{why.what()};
  const auto name = directory.string();
  return text.find(name) != std::string::npos
             ? why
             : storage_error{why.fault(), "data directory " + name + ": " + text, why.slot()};
}

std::unique_ptr<sqlite_store> open_data_directory(const std::filesystem::path& directory,
                                                  store_options options) {
  // Remove a trailing slash, or the parent path would be the directory itself.
  const auto location = directory.has_filename() ? directory : directory.parent_path();
  try {
    if (options.missing == store_options::if_missing::create)
      make(location);
    return std::make_unique<sqlite_store>(location, std::move(options));
  } catch (const storage_error& why) {
    throw in_directory(location, why);
  }
}

} // namespace restante::journal
