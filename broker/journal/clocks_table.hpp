#pragma once

#include "restante/broker/journal/sqlite.hpp"
#include "restante/messages/clock_note.hpp"

#include <optional>

/// The readings of the clocks when they were noted last, in a table of its own beside the tables of
/// the layout. Older journals do not have this table, and older programs ignore it.
namespace restante::journal {

/// Nothing when no clocks were noted or the row is damaged: the wall clock counts then.
std::optional<clock_note> load_clocks(const sqlite::connection& db);

/// Called inside a transaction; creates the table if it is missing.
void write_clocks(const sqlite::connection& db, const clock_note& now);

} // namespace restante::journal
