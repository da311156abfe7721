#include "restante/broker/journal/writer.hpp"

#include "restante/broker/journal/file_names.hpp"

namespace restante::journal {
namespace {

std::string sql_to_select(const table<kept_notification>& from) {
  const auto names = from.has_body() ? "checksum" : from.names_in(tables::version);
  return "SELECT " + names + " FROM " + from.name() + " WHERE id = ?";
}

} // namespace

writer::statements::statements(const sqlite::connection& db, const kept_table& on)
    : insert{db, on.sql_to_insert()}, update{db, on.sql_to_update()}, select{db, sql_to_select(on)},
      remove{db, on.sql_to_remove()} {}

writer::writer(const sqlite::connection& db, slot_states& states)
    : states_{states}, puts_{db, tables::puts} {
  for (const auto& part : tables::parts)
    parts_.emplace_back(db, part.in);
}

row_number writer::apply(const journal_changes& changes) {
  try {
    return apply_parts(changes);
  } catch (const storage_error& error) {
    if (error.fault() != storage_fault::corrupt || error.slot())
      throw;
    throw storage_error{error.fault(), error.what(), changes.slot};
  }
}

row_number writer::apply_parts(const journal_changes& changes) {
  const auto slot = changes.slot;
  row_number first = 0;
  for (const auto& kept : changes.puts) {
    const auto row = states_.give_row(slot);
    first = first == 0 ? row : first;
    put(layout::id_of(slot, row), kept);
  }
  for_each_later(changes, [&](const later_change& change, const auto& apply) {
    const auto id = layout::id_of(slot, change.row);
    if (!states_.was_given(slot, change.row) || !is_there(id))
      return;
    const auto part = static_cast<std::size_t>(change.part);
    kept_notification kept;
    const auto before = part_of(id, part, kept);
    apply(kept);
    write_part(id, part, before, kept);
  });
  for (const auto row : changes.gone) {
    if (states_.was_given(slot, row))
      remove(layout::id_of(slot, row));
  }
  return first;
}

void writer::put(std::int64_t id, const kept_notification& kept) {
  const auto checksum = write(puts_.insert, tables::puts, id, kept);
  states_.notification_added(layout::slot_of(id));
  states_.record_added(id, checksum);
  for (std::size_t part = 0; part < kept_parts; ++part) {
    if (!tables::parts[part].in.has_only_defaults(kept))
      write_part(id, part, {}, kept);
  }
}

std::int64_t writer::write(sqlite::statement& row, const kept_table& in, std::int64_t id,
                           const kept_notification& kept) {
  in.show(hash_, id, kept, cells_);
  row.bind(1, id);
  row.bind_row(2, cells_);
  row.run();
  return cells_[in.checksum_at()].number();
}

void writer::write_part(std::int64_t id, std::size_t part, const std::optional<entry>& before,
                        const kept_notification& kept) {
  auto& on = parts_[part];
  const auto checksum = write(before ? on.update : on.insert, tables::parts[part].in, id, kept);
  if (before)
    states_.record_removed(id, before->checksum);
  states_.record_added(id, checksum);
  const int was = before && before->is_delivered ? 1 : 0;
  if (static_cast<kept_part>(part) == kept_part::progress)
    states_.delivered_changed(layout::slot_of(id), (kept.delivered_at.ns != 0 ? 1 : 0) - was);
}

void writer::remove(std::int64_t id) {
  const auto checksum = put_checksum(id);
  if (!checksum)
    return;
  puts_.remove.bind(1, id);
  puts_.remove.run();
  states_.record_removed(id, *checksum);
  states_.notification_removed(layout::slot_of(id));
  for (std::size_t part = 0; part < kept_parts; ++part) {
    kept_notification kept;
    const auto before = part_of(id, part, kept);
    if (!before)
      continue;
    parts_[part].remove.bind(1, id);
    parts_[part].remove.run();
    states_.record_removed(id, before->checksum);
    states_.delivered_changed(layout::slot_of(id), before->is_delivered ? -1 : 0);
  }
}

bool writer::is_there(std::int64_t id) {
  return put_checksum(id).has_value();
}

std::optional<std::int64_t> writer::put_checksum(std::int64_t id) {
  const sqlite::reset_guard guard{puts_.select};
  puts_.select.bind(1, id);
  return puts_.select.step() ? std::optional{puts_.select.number(0)} : std::nullopt;
}

/// The stored content of a part. Of a part with a body only the checksum is read.
std::optional<writer::entry> writer::part_of(std::int64_t id, std::size_t part,
                                             kept_notification& into) {
  auto& select = parts_[part].select;
  const auto& in = tables::parts[part].in;
  const sqlite::reset_guard guard{select};
  select.bind(1, id);
  if (!select.step())
    return {};
  if (in.has_body())
    return entry{select.number(0)};
  select.row(0, in.columns().size(), in.columns().size(), cells_);
  // The row is about to be rewritten: damaged content must not get a checksum that fits.
  if (!in.is_sound(hash_, id, cells_))
    throw storage_error{storage_fault::corrupt,
                        std::string{file_names::database} + ": the " + in.name() + " of row " +
                            std::to_string(layout::row_of(id)) + " of slot " +
                            std::to_string(layout::slot_of(id)) + " is damaged",
                        layout::slot_of(id)};
  in.read(cells_, into);
  return entry{cells_[in.checksum_at()].number(), into.delivered_at.ns != 0};
}

} // namespace restante::journal
