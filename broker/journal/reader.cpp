#include "restante/broker/journal/reader.hpp"

#include "restante/broker/journal/file_names.hpp"

#include <algorithm>

namespace restante::journal {
namespace {

/// Earlier versions kept a body as JSON if a CAF node called it JSON, even if it was not. Such a
/// body becomes bytes, or it would break every frame that shows it. Only verified values are
/// changed.
void make_readable(body& value) {
  if (value.kind() == content::json && !body::parse_json(value.view()))
    value = body::bytes(value.view());
}

// A slice is held in memory twice for a moment: by its reader and by the actor that restores it.
constexpr std::size_t slice_bytes_max = 8 << 20;

/// Selects the id, followed by the columns of each table that this version has.
std::string sql_to_select(std::uint32_t version) {
  auto names = "SELECT n.id, " + tables::puts.names_in(version, "n.");
  std::string joins;
  for (std::size_t n = 0; n < tables::parts.size(); ++n) {
    const auto& in = tables::parts[n].in;
    if (in.columns_in(version) == 0)
      continue;
    const auto alias = "p" + std::to_string(n);
    names += ", " + in.names_in(version, alias + ".");
    joins.append(" LEFT JOIN ").append(in.name()).append(" ").append(alias);
    joins.append(" ON ").append(alias).append(".id = n.id");
  }
  return names + " FROM puts n" + joins + " WHERE n.id > ?1 AND n.id < ?2 ORDER BY n.id";
}

} // namespace

reader::reader(const sqlite::connection& db, slot_states& states, std::uint32_t version)
    : states_{states}, version_{version}, select_{db, sql_to_select(version)} {}

void reader::refuse(slot_number slot, const std::string& why) {
  throw storage_error{
      storage_fault::corrupt,
      std::string{file_names::database} + ": slot " + std::to_string(slot) + ": " + why, slot};
}

restored_slice reader::slice(slot_number slot, row_number after, std::size_t most, instant now) {
  restored_slice slice;
  slice.last = after;
  layout::slot_state seen;
  expired_.clear();
  if (after == 0)
    states_.start_walk(slot);
  try {
    const sqlite::reset_guard guard{select_};
    select_.bind(1, layout::id_of(slot, after));
    select_.bind(2, layout::id_of(slot + 1, 0));
    std::size_t bytes = 0;
    for (std::size_t rows = 0; rows < std::max<std::size_t>(most, 1); ++rows) {
      if (!select_.step()) {
        slice.is_last = true;
        break;
      }
      const auto id = select_.number(0);
      if (layout::slot_of(id) != slot || layout::row_of(id) <= slice.last ||
          !states_.was_given(slot, layout::row_of(id)))
        refuse(slot, "its rows are not in order");
      bytes += take(id, now, slice, seen);
      slice.last = layout::row_of(id);
      if (bytes > slice_bytes_max)
        break;
    }
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::corrupt || error.slot())
      throw;
    throw storage_error{error.fault(), error.what(), slot};
  }
  states_.walked(slot, slice.last, seen);
  if (slice.is_last && !states_.end_walk(slot))
    refuse(slot, "notifications are missing or damaged");
  slice.expired.assign(expired_.begin(), expired_.end());
  return slice;
}

std::size_t reader::take(std::int64_t id, instant now, restored_slice& into,
                         layout::slot_state& seen) {
  kept_notification kept;
  kept.row = layout::row_of(id);
  int column = 1;
  take_record(tables::puts, column, id, kept, seen);
  column += static_cast<int>(tables::puts.columns_in(version_));
  for (const auto& part : tables::parts) {
    const auto columns = static_cast<int>(part.in.columns_in(version_));
    if (columns > 0 && !select_.is_null(column + static_cast<int>(part.in.checksum_at())))
      take_record(part.in, column, id, kept, seen);
    column += columns;
  }
  const auto bytes = kept.pack.size() + kept.reply.size();
  if (now > kept.expires_at) {
    ++expired_[kept.to.ns];
  } else {
    make_readable(kept.pack);
    make_readable(kept.reply);
    into.notifications.push_back(std::move(kept));
  }
  return bytes;
}

void reader::take_record(const kept_table& in, int column, std::int64_t id, kept_notification& into,
                         layout::slot_state& seen) {
  select_.row(column, in.columns_in(version_), in.columns().size(), cells_);
  if (!in.is_sound(hash_, id, cells_))
    refuse(layout::slot_of(id), "row " + std::to_string(into.row) + " is damaged");
  ++seen.records;
  seen.sum += static_cast<std::uint64_t>(cells_[in.checksum_at()].number());
  in.read(cells_, into);
}

} // namespace restante::journal
