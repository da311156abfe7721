#include "restante/broker/journal/salvage.hpp"

#include <algorithm>

namespace restante::journal {

namespace {

// The columns of each table, in the order of the schema; the primary key is stored as null.
constexpr std::string_view put_columns = "niiiibtttiiitt*";
constexpr std::string_view progress_columns = "niii";
constexpr std::string_view reply_columns = "nii*";
constexpr std::string_view slot_columns = "niiiiiii";
constexpr std::string_view journal_columns = "nibiii";

constexpr std::size_t damaged_puts_max = 10'000; ///< more are only counted

/// As it is stored: the checksum decides whether it is right.
body body_of(const raw_row::value& value) {
  return value.what == raw_row::kind::text ? body::trusted_json(value.bytes)
                                           : body::bytes(value.bytes);
}

kept_notification notification_of(const raw_row& row) {
  const auto& all = row.values;
  kept_notification kept;
  kept.row = layout::row_of(row.id);
  kept.expires_at.ns = all[1].number;
  kept.created_at.ns = all[2].number;
  kept.due_at.ns = all[3].number;
  kept.trace = layout::trace_of(all[5].bytes);
  kept.to.ns = all[6].bytes;
  kept.to.client = all[7].bytes;
  kept.from = all[8].bytes;
  kept.by = static_cast<identity>(all[9].number);
  kept.kind = static_cast<notification_kind>(all[10].number);
  kept.want = static_cast<receipts>(all[11].number);
  kept.message_id = all[12].bytes;
  kept.collapse_key = all[13].bytes;
  kept.pack = body_of(all[14]);
  return kept;
}

/// The newest of each id comes first and is kept.
template <class Row, class IsNewer>
void order(std::vector<Row>& rows, IsNewer is_newer) {
  std::ranges::sort(rows, [&](const Row& one, const Row& other) {
    return one.id != other.id ? one.id < other.id : is_newer(one, other);
  });
  const auto is_same = [](const Row& one, const Row& other) { return one.id == other.id; };
  rows.erase(std::unique(rows.begin(), rows.end(), is_same), rows.end());
}

template <class Row>
const Row* find(const std::vector<Row>& rows, std::int64_t id) {
  const auto found = std::ranges::lower_bound(rows, id, {}, &Row::id);
  return found != rows.end() && found->id == id ? &*found : nullptr;
}

} // namespace

salvage::salvage(const std::filesystem::path& database, page_image::log_use log)
    : pages_{database, log}, leaf_{pages_} {
  std::string content;
  for (std::uint32_t page = 1; page <= pages_.pages(); ++page) {
    const auto use = pages_.use_of(page);
    if (use != page_image::page_use::table && use != page_image::page_use::unknown)
      continue;
    if (!pages_.read(page, content)) {
      ++missing_pages_;
      continue;
    }
    const auto cells = leaf_.open(page);
    for (std::uint16_t cell = 0; cell < cells; ++cell) {
      if (leaf_.read(cell, row_))
        take(row_, page, cell);
    }
  }
  put_in_order();
  count();
}

void salvage::take(const raw_row& row, std::uint32_t page, std::uint16_t cell) {
  if (row.looks_like(put_columns))
    take_put(row, page, cell);
  else if (row.looks_like(progress_columns))
    take_progress(row);
  else if (row.looks_like(reply_columns))
    take_reply(row, page, cell);
  else if (row.looks_like(slot_columns))
    take_slot(row);
  else if (row.looks_like(journal_columns))
    take_journal(row);
}

void salvage::take_put(const raw_row& row, std::uint32_t page, std::uint16_t cell) {
  const auto kept = notification_of(row);
  const auto checksum = checksum_of_put(hash_, row.id, kept);
  if (row.values[5].bytes.size() == 16 && checksum == row.values[4].number)
    puts_.push_back({row.id, checksum, page, cell});
  else if (damaged_.size() < damaged_puts_max)
    damaged_.push_back({row.id, kept.trace, kept.to});
}

void salvage::take_progress(const raw_row& row) {
  const progress found{row.id,
                       row.values[3].number,
                       {row.values[2].number},
                       static_cast<std::uint32_t>(row.values[1].number)};
  if (checksum_of_progress(hash_, row.id, found.attempts, found.delivered_at) == found.checksum)
    progress_.push_back(found);
}

void salvage::take_reply(const raw_row& row, std::uint32_t page, std::uint16_t cell) {
  const reply found{row.id, row.values[2].number, {row.values[1].number}, page, cell};
  if (checksum_of_reply(hash_, row.id, body_of(row.values[3]), found.replied_at) == found.checksum)
    replies_.push_back(found);
}

void salvage::take_slot(const raw_row& row) {
  const auto number = [&](int column) {
    return static_cast<std::uint64_t>(row.values[static_cast<std::size_t>(column)].number);
  };
  const layout::slot_state state{number(1), number(2), number(3), number(4), number(5), number(6)};
  if (row.id < 0 || row.id >= layout::slots_max)
    return;
  const auto slot = static_cast<slot_number>(row.id);
  if (row.values[7].number != layout::checksum_of(slot, state))
    return;
  auto& known = slots_[slot];
  if (state.changed_by >= known.changed_by)
    known = state;
}

void salvage::take_journal(const raw_row& row) {
  layout::journal_state state;
  const auto key = row.values[2].bytes;
  if (key.size() != state.identity.key.size())
    return;
  state.identity.slots = static_cast<std::uint32_t>(row.values[1].number);
  std::ranges::copy(key, state.identity.key.begin());
  state.epochs_end = static_cast<epoch_number>(row.values[3].number);
  state.changed_by = static_cast<std::uint64_t>(row.values[4].number);
  if (row.values[5].number == layout::checksum_of(state) &&
      (!journal_ || state.changed_by >= journal_->changed_by))
    journal_ = state;
}

void salvage::put_in_order() {
  order(puts_, [](const put&, const put&) { return false; });
  order(progress_, [](const progress& one, const progress& other) {
    return std::pair{one.delivered_at.ns, one.attempts} >
           std::pair{other.delivered_at.ns, other.attempts};
  });
  order(replies_, [](const reply& one, const reply& other) {
    return one.replied_at.ns > other.replied_at.ns;
  });
  order(damaged_, [](const damaged_put&, const damaged_put&) { return false; });
  std::erase_if(damaged_, [&](const damaged_put& one) { return find(puts_, one.id) != nullptr; });
}

void salvage::count() {
  const auto add = [&](const auto& row) -> layout::slot_state& {
    auto& found = found_[layout::slot_of(row.id)];
    ++found.records;
    found.sum += static_cast<std::uint64_t>(row.checksum);
    return found;
  };
  for (const auto& row : puts_)
    ++add(row).notifications;
  for (const auto& row : progress_)
    add(row).delivered += row.delivered_at.ns != 0 ? 1 : 0;
  for (const auto& row : replies_)
    add(row);
}

std::vector<std::int64_t> salvage::touched() const {
  std::vector<std::int64_t> ids;
  for (const auto& row : progress_)
    ids.push_back(row.id);
  for (const auto& row : replies_)
    ids.push_back(row.id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

layout::slot_state salvage::found_in(slot_number slot) const {
  const auto found = found_.find(slot);
  return found == found_.end() ? layout::slot_state{} : found->second;
}

bool salvage::is_complete(slot_number slot) const {
  const auto known = slots_.find(slot);
  const auto found = found_in(slot);
  return known != slots_.end() && known->second.records == found.records &&
         known->second.sum == found.sum;
}

bool salvage::read(const put& where, kept_notification& into) {
  if (leaf_.open(where.page) <= where.cell || !leaf_.read(where.cell, row_) ||
      row_.id != where.id || !row_.looks_like(put_columns))
    return false;
  into = notification_of(row_);
  if (const auto* found = find(progress_, where.id)) {
    into.attempts = found->attempts;
    into.delivered_at = found->delivered_at;
  }
  const auto* replied = find(replies_, where.id);
  if (replied && leaf_.open(replied->page) > replied->cell && leaf_.read(replied->cell, row_) &&
      row_.id == where.id && row_.looks_like(reply_columns)) {
    into.replied_at = replied->replied_at;
    into.reply = body_of(row_.values[3]);
  }
  return true;
}

} // namespace restante::journal
