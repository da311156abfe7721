#include "restante/broker/journal/new_directory.hpp"

#include "restante/broker/journal/commit_mark.hpp"
#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/durable_files.hpp"

namespace restante::journal {

namespace {

namespace files = std::filesystem;

constexpr const char* commit_mark_name = "journal.seal";

/// Everything else may be somebody's only copy.
void refuse_what_is_in(const files::path& directory) {
  std::error_code failed;
  const bool is_broken_off = files::exists(directory / part_name, failed);
  for (const auto& entry : files::directory_iterator{directory, failed}) {
    const auto name = entry.path().filename().string();
    const bool is_idle = name == "journal.lock" || name == "lost+found" || name == part_name;
    if (!is_idle && !(is_broken_off && name == commit_mark_name))
      durable::fail(directory, "is not empty: " + name + " is in it", storage_fault::unusable);
  }
  if (failed)
    durable::fail_with(directory, failed.value());
}

} // namespace

new_directory::new_directory(files::path directory)
    : directory_{directory.has_filename() ? std::move(directory) : directory.parent_path()},
      part_{directory_ / part_name} {
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
    refuse_what_is_in(directory_); // a broker may have had it
    prepare();
  } catch (...) {
    if (is_made_)
      files::remove_all(directory_, failed);
    throw;
  }
}

/// The commit mark comes first: with a commit mark and without a database no broker starts.
void new_directory::prepare() {
  durable::remove(part_);
  try {
    durable::make_directory(part_);
    commit_mark{(directory_ / commit_mark_name).string(), {}}.sync(0);
  } catch (...) {
    std::error_code ignored;
    files::remove(directory_ / commit_mark_name, ignored);
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
  // The lock stays: another process may be about to take it.
  files::remove(directory_ / "journal.db", ignored);
  files::remove(directory_ / commit_mark_name, ignored);
  files::remove_all(part_, ignored);
}

void new_directory::finish() {
  for (const auto* name : {"journal.db", commit_mark_name})
    durable::give_to_owner_of(directory_, part_ / name);
  durable::give_to_owner_of(directory_, directory_ / "journal.lock");
  durable::rename(part_ / "journal.db", directory_ / "journal.db");
  durable::rename(part_ / commit_mark_name, directory_ / commit_mark_name);
  is_done_ = true;
  durable::remove(part_);
}

} // namespace restante::journal
