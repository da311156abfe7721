#include "restante/broker/journal/data_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace restante::journal {

namespace {

storage_fault fault_of(int why) {
  switch (why) {
  case ENOSPC:
  case EDQUOT:
    return storage_fault::full;
  case EROFS:
    return storage_fault::read_only;
  case EIO:
    return storage_fault::io;
  default:
    return storage_fault::unusable;
  }
}

/// A new name outlives a loss of power only when the directory that it is in was written.
void sync_parent(const std::filesystem::path& directory) {
  const auto parent = directory.parent_path();
  const int file =
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return; // it may be entered but not read: then nobody can do better
  const int done = ::fsync(file);
  const int why = errno;
  ::close(file);
  if (done != 0 && why != EINVAL)
    throw storage_error{fault_of(why), std::string{"it cannot be made: "} + std::strerror(why)};
}

void make(const std::filesystem::path& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) == 0) {
    sync_parent(directory);
    return;
  }
  const int why = errno;
  std::error_code unknown;
  if (std::filesystem::is_directory(directory, unknown))
    return;
  if (why == EEXIST)
    throw storage_error{storage_fault::unusable, "it is no directory"};
  throw storage_error{fault_of(why), std::string{"it cannot be made: "} + std::strerror(why)};
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
  // Without a slash behind it: a parent is what it says then.
  const auto place = directory.has_filename() ? directory : directory.parent_path();
  try {
    if (options.missing == store_options::if_missing::create)
      make(place);
    return std::make_unique<sqlite_store>(place, std::move(options));
  } catch (const storage_error& why) {
    throw in_directory(place, why);
  }
}

} // namespace restante::journal
