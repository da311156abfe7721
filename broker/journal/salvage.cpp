#include "restante/broker/journal/salvage.hpp"

#include <algorithm>

namespace restante::journal {

namespace {

constexpr std::size_t damaged_puts_max = 10'000; ///< further damaged puts are only counted

std::int64_t stored_checksum(const raw_row& of, const table<kept_notification>& in) {
  return of.cells[in.checksum_at() + 1].number();
}

/// Keeps the newest row of each id, which comes first.
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
        take(page, cell);
    }
  }
  put_in_order();
  count();
}

template <class Row>
bool salvage::looks_like(const table<Row>& in) const {
  return in.fits_stored(row_.cells);
}

/// Whether the checksum proves the row. The row's content is read in any case.
template <class Row>
bool salvage::read_row(const table<Row>& in, Row& into) {
  row_.cells.resize(in.columns().size() + 1); // a row older than a column has the column's default
  const auto cells = std::span<const cell>{row_.cells}.subspan(1);
  in.read(cells, into);
  return in.is_sound(hash_, row_.id, cells);
}

void salvage::take(std::uint32_t page, std::uint16_t at) {
  if (looks_like(tables::puts))
    return take_put(page, at);
  for (std::size_t part = 0; part < kept_parts; ++part) {
    if (looks_like(tables::parts[part].in))
      return take_part(part, page, at);
  }
  if (looks_like(tables::slots))
    take_slot();
  else if (looks_like(tables::journal))
    take_journal();
}

void salvage::take_put(std::uint32_t page, std::uint16_t at) {
  kept_notification kept;
  if (read_row(tables::puts, kept))
    puts_.push_back({row_.id, stored_checksum(row_, tables::puts), page, at});
  else if (damaged_.size() < damaged_puts_max)
    damaged_.push_back({row_.id, kept.trace, kept.to});
}

void salvage::take_part(std::size_t part, std::uint32_t page, std::uint16_t at) {
  const auto& [in, age] = tables::parts[part];
  kept_notification kept;
  if (read_row(in, kept))
    parts_[part].push_back(
        {row_.id, stored_checksum(row_, in), age(kept), page, at, kept.delivered_at.ns != 0});
}

void salvage::take_slot() {
  layout::slot_state state;
  if (!read_row(tables::slots, state) || row_.id < 0 || row_.id >= layout::slots_max)
    return;
  auto& known = slots_[static_cast<slot_number>(row_.id)];
  if (state.changed_by >= known.changed_by)
    known = state;
}

void salvage::take_journal() {
  layout::journal_state state;
  if (read_row(tables::journal, state) && (!journal_ || state.changed_by >= journal_->changed_by))
    journal_ = state;
}

void salvage::put_in_order() {
  order(puts_, [](const put&, const put&) { return false; });
  for (auto& rows : parts_)
    order(rows, [](const found_part& one, const found_part& other) { return one.age > other.age; });
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
  for (const auto& rows : parts_) {
    for (const auto& row : rows)
      add(row).delivered += row.is_delivered ? 1 : 0;
  }
}

std::vector<std::int64_t> salvage::touched() const {
  std::vector<std::int64_t> ids;
  for (const auto& rows : parts_) {
    for (const auto& row : rows)
      ids.push_back(row.id);
  }
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

bool salvage::open(std::uint32_t page, std::uint16_t at, std::int64_t id) {
  return leaf_.open(page) > at && leaf_.read(at, row_) && row_.id == id;
}

bool salvage::read(const put& where, kept_notification& into) {
  into = {};
  if (!open(where.page, where.cell, where.id) || !looks_like(tables::puts) ||
      !read_row(tables::puts, into))
    return false;
  into.row = layout::row_of(where.id);
  for (std::size_t part = 0; part < kept_parts; ++part) {
    const auto* found = find(parts_[part], where.id);
    const auto& in = tables::parts[part].in;
    if (found && open(found->page, found->cell, where.id) && looks_like(in))
      read_row(in, into);
  }
  return true;
}

} // namespace restante::journal
