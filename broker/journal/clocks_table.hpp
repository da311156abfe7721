#pragma once

#include "restante/broker/journal/sqlite.hpp"
#include "restante/messages/clock_note.hpp"

#include <optional>

/// How the clocks stood when they were noted last: a table of its own, beside those of the layout.
/// Journals of before there was one have none, and older programs pass over it.
namespace restante::journal {

/// Nothing where none were noted, and where the row is damaged: then the wall clock counts.
std::optional<clock_note> load_clocks(const sqlite::connection& db);

/// Inside a transaction; makes the table where it is missing.
void write_clocks(const sqlite::connection& db, const clock_note& now);

} // namespace restante::journal
