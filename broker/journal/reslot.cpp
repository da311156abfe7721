#include "restante/broker/journal/reslot.hpp"

#include "restante/broker/journal/durable_files.hpp"
#include "restante/broker/journal/file_names.hpp"
#include "restante/broker/journal/sqlite_store.hpp"

namespace restante::journal {

namespace {

namespace files = std::filesystem;
using durable::fail;

/// Replaces the old files with the new files. A database without a commit mark is accepted, so at
/// no time does a commit mark stand beside a database of another journal.
void put_in_place(const files::path& from, const files::path& directory) {
  std::error_code none;
  const auto log = directory / file_names::log;
  if (files::exists(log, none) && files::file_size(log, none) != 0)
    fail(log, "is not empty: is the disk full?");
  durable::remove(log); // SQLite does not remove the log when the database has lost its name
  durable::remove(directory / file_names::log_index);
  for (const auto* name : {file_names::database, file_names::commit_mark})
    durable::give_to_owner_of(directory / file_names::database, from / name);
  durable::remove(directory / file_names::commit_mark);
  durable::sync_directory(directory);
  durable::rename(from / file_names::database, directory / file_names::database);
  durable::rename(from / file_names::commit_mark, directory / file_names::commit_mark);
}

} // namespace

void reslot(const files::path& directory, std::uint32_t slots, const slot_function& slot_of) {
  const auto made = directory / file_names::moved;
  const auto commits = [&] {
    const sqlite_store old_one{directory, store_options::of_existing()};
    durable::remove(made);
    durable::remove(made.string() + ".part");
    return old_one.commits();
  }();
  move_to(directory, made, slots, slot_of);
  if (!check(made, slot_of).is_sound)
    fail(made, "was not written well; the old journal is as it was", storage_fault::corrupt);
  {
    // The old store holds the lock until the new store is in place. Then it closes files that no
    // longer have a name.
    const sqlite_store old_one{directory, store_options::of_existing()};
    if (old_one.commits() != commits)
      fail(directory, "a broker has used it in the meantime; the old journal is as it was",
           storage_fault::locked);
    put_in_place(made, directory);
  }
  durable::remove(made);
}

} // namespace restante::journal
