#include "restante/broker/journal/journal_file.hpp"

#include "restante/broker/journal/durable_files.hpp"

#include <cerrno>
#include <sys/statvfs.h>
#include <unistd.h>

namespace restante::journal {

namespace {

namespace files = std::filesystem;

bool has_content(const files::path& file) {
  std::error_code missing;
  const auto size = files::file_size(file, missing);
  return !missing && size > 0;
}

/// The file must be the whole journal: SQLite would ignore the content of other files.
const files::path& a_whole_one(const files::path& file) {
  std::error_code failed;
  if (!files::exists(file, failed))
    durable::fail(file, "there is no such file", storage_fault::unusable);
  if (!files::is_regular_file(file, failed))
    durable::fail(file, "is no file", storage_fault::unusable);
  if (!has_content(file))
    durable::fail(file, "is empty", storage_fault::corrupt);
  if (::access(file.c_str(), R_OK) != 0)
    durable::fail_with(file, errno);
  for (const auto* suffix : {"-wal", "-journal"}) {
    const files::path other{file.string() + suffix};
    if (has_content(other))
      durable::fail(file,
                    "is not complete without " + other.string() +
                        "; name the data directory that they are in",
                    storage_fault::unusable);
  }
  return file;
}

std::uint32_t version_of(const sqlite::connection& db) {
  db.run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384",
         "opening the journal");
  const auto version = layout::look_at(db);
  if (version == 0)
    throw storage_error{storage_fault::corrupt, "it is a database with nothing in it"};
  return version;
}

} // namespace

std::string immutable_address(const files::path& file) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "file://";
  // Characters with a meaning in a URI are escaped.
  for (const char each : files::absolute(file).lexically_normal().string()) {
    const auto byte = static_cast<unsigned char>(each);
    if (each == '?' || each == '#' || each == '%')
      text.append({'%', digits[byte >> 4], digits[byte & 15]});
    else
      text += each;
  }
  return text + "?immutable=1";
}

journal_file::journal_file(const files::path& file)
    : path_{a_whole_one(file)}, db_{immutable_address(file),
                                    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                                    {}},
      version_{version_of(db_)}, journal_{layout::load_journal(db_, version_)},
      states_{layout::load_slots(db_, version_, journal_.identity.slots)}, reader_{db_, states_,
                                                                                   version_} {}

std::uint64_t journal_file::commits() const {
  return layout::commits_in(journal_, states_.all());
}

store_stats journal_file::stats() const {
  store_stats stats;
  stats.version = version_;
  for (const auto& slot : states_.all()) {
    stats.notifications += slot.notifications;
    stats.undelivered += slot.notifications - slot.delivered;
  }
  stats.bytes = files::file_size(path_);
  struct statvfs system {};
  if (::statvfs(path_.c_str(), &system) == 0)
    stats.free_bytes = std::uint64_t{system.f_bavail} * system.f_frsize;
  return stats;
}

} // namespace restante::journal
