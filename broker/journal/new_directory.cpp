#include "restante/broker/journal/new_directory.hpp"

#include "restante/broker/journal/commit_mark.hpp"
#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/durable_files.hpp"
#include "restante/broker/journal/file_names.hpp"

namespace restante::journal {

namespace {

namespace files = std::filesystem;

/// Refuses a directory with other content, which may be the only copy of that content.
void refuse_what_is_in(const files::path& directory) {
  std::error_code failed;
  const bool is_broken_off = files::exists(directory / file_names::part, failed);
  for (const auto& entry : files::directory_iterator{directory, failed}) {
    const auto name = entry.path().filename().string();
    const bool is_idle =
        name == file_names::lock || name == "lost+found" || name == file_names::part;
    if (!is_idle && !(is_broken_off && name == file_names::commit_mark))
      durable::fail(directory, "is not empty: " + name + " is in it", storage_fault::unusable);
  }
  if (failed)
    durable::fail_with(directory, failed.value());
}

} // namespace

new_directory::new_directory(files::path directory)
    : directory_{directory.has_filename() ? std::move(directory) : directory.parent_path()},
      part_{directory_ / file_names::part} {
  std::error_code failed;
  if (!files::exists(directory_, failed)) {
    durable::make_directory(directory_);
    is_made_ = true;
  }
  try {
    if (!files::is_directory(directory_, failed))
      durable::fail(directory_, "is no directory", storage_fault::unusable);
    refuse_what_is_in(directory_);
    lock_.emplace(directory_);
    refuse_what_is_in(directory_); // a broker may have used the directory
    prepare();
  } catch (...) {
    if (is_made_)
      files::remove_all(directory_, failed);
    throw;
  }
}

/// Makes the commit mark first: no broker starts with a commit mark and without a database.
void new_directory::prepare() {
  durable::remove(part_);
  try {
    durable::make_directory(part_);
    commit_mark{(directory_ / file_names::commit_mark).string(), {}}.sync(0);
  } catch (...) {
    std::error_code ignored;
    files::remove(directory_ / file_names::commit_mark, ignored);
    files::remove_all(part_, ignored);
    throw;
  }
}

new_directory::~new_directory() {
  if (is_done_)
    return;
  std::error_code ignored;
  if (is_made_) {
    files::remove_all(directory_, ignored);
    return;
  }
  // The lock file stays: another process may be about to take the lock.
  files::remove(directory_ / file_names::database, ignored);
  files::remove(directory_ / file_names::commit_mark, ignored);
  files::remove_all(part_, ignored);
}

void new_directory::finish() {
  for (const auto* name : {file_names::database, file_names::commit_mark})
    durable::give_to_owner_of(directory_, part_ / name);
  durable::give_to_owner_of(directory_, directory_ / file_names::lock);
  durable::rename(part_ / file_names::database, directory_ / file_names::database);
  durable::rename(part_ / file_names::commit_mark, directory_ / file_names::commit_mark);
  is_done_ = true;
  durable::remove(part_);
}

} // namespace restante::journal
