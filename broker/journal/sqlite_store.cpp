#include "restante/broker/journal/sqlite_store.hpp"

#include "restante/broker/journal/core.hpp"

namespace restante::journal {

sqlite_store::sqlite_store(const std::filesystem::path& directory, store_options options)
    : core_{std::make_unique<core>(directory, std::move(options))} {}

sqlite_store::~sqlite_store() = default;

store_identity sqlite_store::identity() const {
  return core_->identity();
}

epoch_number sqlite_store::reserve_epochs(epoch_number at_least, epoch_number room) {
  return core_->reserve_epochs(at_least, room);
}

void sqlite_store::commit(std::span<journal_changes> all) {
  core_->commit(all);
}

restored_slice sqlite_store::restore(slot_number slot, row_number after, std::size_t most,
                                     instant now) {
  return core_->restore(slot, after, most, now);
}

std::optional<clock_note> sqlite_store::last_clocks() {
  return core_->last_clocks();
}

void sqlite_store::note_clocks(const clock_note& now) {
  core_->note_clocks(now);
}

bool sqlite_store::tidy(instant now) {
  return core_->tidy(now);
}

store_stats sqlite_store::stats() {
  return core_->stats();
}

epoch_number sqlite_store::epochs_end() const {
  return core_->epochs_end();
}

std::uint64_t sqlite_store::commits() const {
  return core_->commits();
}

std::vector<std::string> sqlite_store::check_pages() {
  return core_->check_pages();
}

} // namespace restante::journal
