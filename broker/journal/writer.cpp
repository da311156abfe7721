#include "restante/broker/journal/writer.hpp"

namespace restante::journal {

void bind_body(sqlite::statement& to, int index, const body& value) {
  if (value.kind() == content::json)
    to.bind_text(index, value.view());
  else
    to.bind_blob(index, value.view());
}

body body_at(const sqlite::statement& from, int column) {
  const auto text = from.bytes(column);
  return from.is_text(column) ? body::trusted_json(text) : body::bytes(text);
}

writer::writer(const sqlite::connection& db, slot_states& states)
    : states_{states}, insert_put_{db, "INSERT INTO puts VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"},
      insert_progress_{db, "INSERT INTO progress VALUES(?1, ?2, ?3, ?4)"},
      update_progress_{db, "UPDATE progress SET attempts = ?2, delivered_at = ?3, checksum = ?4"
                           " WHERE id = ?1"},
      insert_reply_{db, "INSERT INTO replies VALUES(?1, ?2, ?3, ?4)"},
      update_reply_{db, "UPDATE replies SET replied_at = ?2, checksum = ?3, value = ?4"
                        " WHERE id = ?1"},
      select_put_{db, "SELECT checksum FROM puts WHERE id = ?"},
      select_progress_{db, "SELECT attempts, delivered_at, checksum FROM progress WHERE id = ?"},
      select_reply_{db, "SELECT checksum FROM replies WHERE id = ?"},
      delete_put_{db, "DELETE FROM puts WHERE id = ?"},
      delete_progress_{db, "DELETE FROM progress WHERE id = ?"},
      delete_reply_{db, "DELETE FROM replies WHERE id = ?"} {}

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
  const auto is_known = [&](row_number row) { return states_.was_given(slot, row); };
  for (const auto& offered : changes.offered) {
    if (is_known(offered.row))
      set_attempts(layout::id_of(slot, offered.row), offered.attempts);
  }
  for (const auto row : changes.delivered) {
    if (is_known(row))
      set_delivered(layout::id_of(slot, row), changes.delivered_at);
  }
  for (const auto& reply : changes.replies) {
    if (is_known(reply.row))
      set_reply(layout::id_of(slot, reply.row), reply.value, reply.replied_at);
  }
  for (const auto row : changes.gone) {
    if (is_known(row))
      remove(layout::id_of(slot, row));
  }
  return first;
}

void writer::put(std::int64_t id, const kept_notification& kept) {
  const auto checksum = checksum_of_put(hash_, id, kept);
  const auto trace = layout::bytes_of(kept.trace);
  auto& row = insert_put_;
  int index = 0;
  row.bind(++index, id);
  row.bind(++index, kept.expires_at.ns);
  row.bind(++index, kept.created_at.ns);
  row.bind(++index, kept.due_at.ns);
  row.bind(++index, checksum);
  row.bind_blob(++index, {trace.data(), trace.size()});
  row.bind_text(++index, kept.to.ns);
  row.bind_text(++index, kept.to.client);
  row.bind_text(++index, kept.from);
  row.bind(++index, static_cast<std::int64_t>(kept.by));
  row.bind(++index, static_cast<std::int64_t>(kept.kind));
  row.bind(++index, static_cast<std::int64_t>(kept.want));
  row.bind_text(++index, kept.message_id);
  row.bind_text(++index, kept.collapse_key);
  bind_body(row, ++index, kept.pack);
  row.run();
  states_.notification_added(layout::slot_of(id));
  states_.record_added(id, checksum);
  if (kept.attempts != 0 || kept.delivered_at.ns != 0)
    write_progress(id, {}, {kept.attempts, kept.delivered_at});
  if (kept.replied_at.ns != 0 || !kept.reply.empty())
    set_reply(id, kept.reply, kept.replied_at);
}

void writer::set_attempts(std::int64_t id, std::uint32_t attempts) {
  if (!is_there(id))
    return;
  const auto before = progress_of(id);
  write_progress(id, before, {attempts, before ? before->delivered_at : instant{}});
}

void writer::set_delivered(std::int64_t id, instant at) {
  if (!is_there(id))
    return;
  const auto before = progress_of(id);
  write_progress(id, before, {before ? before->attempts : 0, at});
}

void writer::write_progress(std::int64_t id, const std::optional<progress>& before,
                            progress after) {
  after.checksum = checksum_of_progress(hash_, id, after.attempts, after.delivered_at);
  auto& row = before ? update_progress_ : insert_progress_;
  row.bind(1, id);
  row.bind(2, after.attempts);
  row.bind(3, after.delivered_at.ns);
  row.bind(4, after.checksum);
  row.run();
  if (before)
    states_.record_removed(id, before->checksum);
  states_.record_added(id, after.checksum);
  const int was = before && before->delivered_at.ns != 0 ? 1 : 0;
  states_.delivered_changed(layout::slot_of(id), (after.delivered_at.ns != 0 ? 1 : 0) - was);
}

void writer::set_reply(std::int64_t id, const body& value, instant at) {
  if (!is_there(id))
    return;
  const auto before = checksum_in(select_reply_, id);
  const auto checksum = checksum_of_reply(hash_, id, value, at);
  auto& row = before ? update_reply_ : insert_reply_;
  row.bind(1, id);
  row.bind(2, at.ns);
  row.bind(3, checksum);
  bind_body(row, 4, value);
  row.run();
  if (before)
    states_.record_removed(id, *before);
  states_.record_added(id, checksum);
}

void writer::remove(std::int64_t id) {
  if (!take_out(select_put_, delete_put_, id))
    return;
  states_.notification_removed(layout::slot_of(id));
  if (const auto before = progress_of(id)) {
    delete_progress_.bind(1, id);
    delete_progress_.run();
    states_.record_removed(id, before->checksum);
    states_.delivered_changed(layout::slot_of(id), before->delivered_at.ns != 0 ? -1 : 0);
  }
  take_out(select_reply_, delete_reply_, id);
}

bool writer::take_out(sqlite::statement& select, sqlite::statement& remove, std::int64_t id) {
  const auto checksum = checksum_in(select, id);
  if (!checksum)
    return false;
  remove.bind(1, id);
  remove.run();
  states_.record_removed(id, *checksum);
  return true;
}

bool writer::is_there(std::int64_t id) {
  return checksum_in(select_put_, id).has_value();
}

std::optional<std::int64_t> writer::checksum_in(sqlite::statement& table, std::int64_t id) {
  const sqlite::reset_guard guard{table};
  table.bind(1, id);
  return table.step() ? std::optional{table.number(0)} : std::nullopt;
}

std::optional<writer::progress> writer::progress_of(std::int64_t id) {
  const sqlite::reset_guard guard{select_progress_};
  select_progress_.bind(1, id);
  if (!select_progress_.step())
    return {};
  const progress found{static_cast<std::uint32_t>(select_progress_.number(0)),
                       {select_progress_.number(1)},
                       select_progress_.number(2)};
  // It is about to be written anew: what is damaged must not get a checksum that fits.
  if (checksum_of_progress(hash_, id, found.attempts, found.delivered_at) != found.checksum)
    throw storage_error{storage_fault::corrupt,
                        "journal.db: the progress of row " + std::to_string(layout::row_of(id)) +
                            " of slot " + std::to_string(layout::slot_of(id)) + " is damaged",
                        layout::slot_of(id)};
  return found;
}

} // namespace restante::journal
