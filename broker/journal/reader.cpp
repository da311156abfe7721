#include "restante/broker/journal/reader.hpp"

#include "restante/broker/journal/writer.hpp"

#include <algorithm>

namespace restante::journal {
namespace {

/// Earlier versions kept what a CAF node called JSON and was none. It is bytes then, or it would
/// spoil every frame that it is shown in. Only what is verified is changed.
void make_readable(body& value) {
  if (value.kind() == content::json && !body::parse_json(value.view()))
    value = body::bytes(value.view());
}

// A slice is held in memory twice for a moment: by who reads it and by who restores.
constexpr std::size_t slice_bytes_max = 8 << 20;

enum column {
  at_id,
  at_expires,
  at_created,
  at_due,
  at_checksum,
  at_trace,
  at_namespace,
  at_client,
  at_sender,
  at_by_server,
  at_is_suit,
  at_wants_receipts,
  at_message_id,
  at_collapse_key,
  at_pack,
  at_attempts,
  at_delivered,
  at_progress_checksum,
  at_replied,
  at_reply_checksum,
  at_reply,
};

} // namespace

reader::reader(const sqlite::connection& db, slot_states& states)
    : states_{states},
      select_{db,
              "SELECT n.id, n.expires_at, n.created_at, n.due_at, n.checksum, n.trace, n.namespace,"
              " n.client, n.sender, n.by_server, n.is_suit, n.wants_receipts, n.message_id,"
              " n.collapse_key, n.pack, p.attempts, p.delivered_at, p.checksum, r.replied_at,"
              " r.checksum, r.value FROM puts n LEFT JOIN progress p ON p.id = n.id"
              " LEFT JOIN replies r ON r.id = n.id WHERE n.id > ?1 AND n.id < ?2 ORDER BY n.id"} {}

void reader::refuse(slot_number slot, const std::string& why) {
  throw storage_error{storage_fault::corrupt,
                      "journal.db: slot " + std::to_string(slot) + ": " + why, slot};
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
      const auto id = select_.number(at_id);
      if (layout::slot_of(id) != slot || layout::row_of(id) <= slice.last ||
          !states_.was_given(slot, layout::row_of(id)))
        refuse(slot, "its rows are not in order");
      take(id, now, slice, seen);
      slice.last = layout::row_of(id);
      bytes += select_.bytes(at_pack).size() + select_.bytes(at_reply).size();
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

void reader::take(std::int64_t id, instant now, restored_slice& into, layout::slot_state& seen) {
  kept_notification kept;
  kept.row = layout::row_of(id);
  kept.expires_at.ns = select_.number(at_expires);
  kept.created_at.ns = select_.number(at_created);
  kept.due_at.ns = select_.number(at_due);
  kept.trace = layout::trace_of(select_.bytes(at_trace));
  kept.to.ns = select_.bytes(at_namespace);
  kept.to.client = select_.bytes(at_client);
  kept.from = select_.bytes(at_sender);
  kept.by = static_cast<identity>(select_.number(at_by_server));
  kept.kind = static_cast<notification_kind>(select_.number(at_is_suit));
  kept.want = static_cast<receipts>(select_.number(at_wants_receipts));
  kept.message_id = select_.bytes(at_message_id);
  kept.collapse_key = select_.bytes(at_collapse_key);
  kept.pack = body_at(select_, at_pack);
  verify(id, kept, seen);
  if (now > kept.expires_at) {
    ++expired_[kept.to.ns];
  } else {
    make_readable(kept.pack);
    make_readable(kept.reply);
    into.notifications.push_back(std::move(kept));
  }
}

void reader::verify(std::int64_t id, kept_notification& kept, layout::slot_state& seen) {
  const auto expect = [&](std::int64_t computed, int column) {
    if (computed != select_.number(column))
      refuse(layout::slot_of(id), "row " + std::to_string(kept.row) + " is damaged");
    ++seen.records;
    seen.sum += static_cast<std::uint64_t>(computed);
  };
  expect(checksum_of_put(hash_, id, kept), at_checksum);
  if (!select_.is_null(at_progress_checksum)) {
    kept.attempts = static_cast<std::uint32_t>(select_.number(at_attempts));
    kept.delivered_at.ns = select_.number(at_delivered);
    expect(checksum_of_progress(hash_, id, kept.attempts, kept.delivered_at), at_progress_checksum);
  }
  if (!select_.is_null(at_reply_checksum)) {
    kept.replied_at.ns = select_.number(at_replied);
    kept.reply = body_at(select_, at_reply);
    expect(checksum_of_reply(hash_, id, kept.reply, kept.replied_at), at_reply_checksum);
  }
}

} // namespace restante::journal
