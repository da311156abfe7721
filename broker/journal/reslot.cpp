#include "restante/broker/journal/reslot.hpp"

#include "restante/broker/journal/sqlite_store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace restante::journal {

namespace {

namespace files = std::filesystem;

[[noreturn]] void fail(const files::path& at, const std::string& why,
                       storage_fault what = storage_fault::io) {
  throw storage_error{what, at.string() + ": " + why};
}

void rename_to(const files::path& from, const files::path& to) {
  std::error_code failed;
  files::rename(from, to, failed);
  if (failed)
    fail(to, failed.message());
}

void take_away(const files::path& what) {
  std::error_code failed;
  files::remove_all(what, failed);
  if (failed)
    fail(what, failed.message());
}

/// Makes the names in it durable.
void sync(const files::path& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_done = file >= 0 && ::fsync(file) == 0;
  const int why = errno;
  if (file >= 0)
    ::close(file);
  if (!is_done)
    fail(directory, std::strerror(why));
}

/// The operator may be somebody else than the broker, root above all.
void give_to_owner_of(const files::path& like, const files::path& what) {
  struct stat known {};
  if (::stat(like.c_str(), &known) != 0 || ::chown(what.c_str(), known.st_uid, known.st_gid) != 0)
    fail(what, std::string{"cannot be given to the owner of "} + like.string() + ": " +
                   std::strerror(errno));
}

/// Puts the new files in the place of the old ones. A database without a seal is believed, so at
/// no time does a seal stand beside a database that it does not belong to.
void put_in_place(const files::path& from, const files::path& directory) {
  std::error_code none;
  const auto log = directory / "journal.db-wal";
  if (files::exists(log, none) && files::file_size(log, none) != 0)
    fail(log, "is not empty: is the disk full?");
  take_away(log); // SQLite does not do it when the database has lost its name
  take_away(directory / "journal.db-shm");
  for (const auto* name : {"journal.db", "journal.seal"})
    give_to_owner_of(directory / "journal.db", from / name);
  take_away(directory / "journal.seal");
  sync(directory);
  rename_to(from / "journal.db", directory / "journal.db");
  sync(directory);
  rename_to(from / "journal.seal", directory / "journal.seal");
  sync(directory);
}

} // namespace

void reslot(const files::path& directory, std::uint32_t slots, const slot_function& slot_of) {
  const auto made = directory / "journal.moved";
  const auto commits = [&] {
    const sqlite_store old_one{directory, store_options::of_existing()};
    take_away(made);
    take_away(made.string() + ".part");
    return old_one.commits();
  }();
  move_to(directory, made, slots, slot_of);
  if (!check(made, slot_of).is_sound)
    fail(made, "was not written well; the old journal is as it was", storage_fault::corrupt);
  {
    // It holds the lock until the new one is in place; then it closes files that have no name.
    const sqlite_store old_one{directory, store_options::of_existing()};
    if (old_one.commits() != commits)
      fail(directory, "a broker has used it in the meantime; the old journal is as it was",
           storage_fault::locked);
    put_in_place(made, directory);
  }
  take_away(made);
}

} // namespace restante::journal
