#pragma once

/// The names of the files in a data directory; docs/journal.md lists them for people.
namespace restante::journal::file_names {

inline constexpr const char* database = "journal.db";
inline constexpr const char* log = "journal.db-wal";
inline constexpr const char* log_index = "journal.db-shm";
inline constexpr const char* commit_mark = "journal.seal";
inline constexpr const char* lock = "journal.lock";

/// Exists while a first start makes the journal.
inline constexpr const char* creation_mark = "journal.new";

/// Where a restore or a repair builds its result, which it moves into place at its end.
inline constexpr const char* part = "journal.part";

/// Where a journal with another number of slots is built.
inline constexpr const char* moved = "journal.moved";

} // namespace restante::journal::file_names
