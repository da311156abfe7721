#pragma once

#include "restante/broker/journal/commit_mark.hpp"
#include "restante/broker/journal/creation_mark.hpp"
#include "restante/broker/journal/database.hpp"
#include "restante/broker/journal/directory_lock.hpp"
#include "restante/broker/journal/reader.hpp"
#include "restante/broker/journal/sqlite_store.hpp"
#include "restante/broker/journal/tidy.hpp"
#include "restante/broker/journal/writer.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace restante::journal {

/// The implementation of sqlite_store. It outlives its database, which is closed and reopened after
/// an error: it knows which rows were assigned and how many commits were acknowledged.
class sqlite_store::core {
public:
  core(const std::filesystem::path& directory, store_options options);
  ~core();
  core(const core&) = delete;
  core& operator=(const core&) = delete;

  store_identity identity() const { return journal_.identity; }
  epoch_number epochs_end() const { return journal_.epochs_end; }
  std::uint64_t commits() const { return commits_; }

  epoch_number reserve_epochs(epoch_number at_least, epoch_number room);
  void commit(std::span<journal_changes> all);
  restored_slice restore(slot_number slot, row_number after, std::size_t most, instant now);
  bool tidy(instant now);
  store_stats stats();
  std::optional<clock_note> last_clocks();
  void note_clocks(const clock_note& now);
  std::vector<std::string> check_pages();

private:
  /// An open database with its statements. The statements are destroyed before the database.
  struct open_database {
    open_database(std::unique_ptr<database> opened, std::uint32_t version, slot_states& slots)
        : db{std::move(opened)}, reading{db->connection(), slots, version}, expiry{
                                                                                db->connection()} {
      if (version != tables::version)
        return;
      states.emplace(db->connection());
      writing.emplace(db->connection(), slots);
    }

    std::unique_ptr<database> db;
    std::optional<layout::state_writer> states; ///< nothing: an older journal, which is only read
    std::optional<writer> writing;
    reader reading;
    sweeper expiry;
  };

  std::unique_ptr<database> open(std::optional<std::uint64_t> marked);
  std::optional<std::uint64_t> read_commit_mark();
  void refuse_what_is_lost(const traces_found& found, bool is_marked) const;
  void upgrade(database& db);
  void open_first();
  void open_again();

  /// The open database, reopened first if an error requires it.
  open_database& ready();

  /// The open database, of the present version. Throws full when the upgrade still finds no space.
  open_database& writable();

  /// Runs `work` as one transaction and counts it as a commit. Work without an effect is no commit.
  void transact(const std::function<void(open_database&)>& work);
  void give_up(storage_fault fault) noexcept;
  void probe();
  void checkpoint_if_long(open_database& open);
  bool sweep(instant now);

  database_location location_;
  store_options options_;
  directory_lock lock_;
  commit_mark commit_mark_;
  creation_mark being_made_;
  std::uint32_t version_ = 0; ///< of the journal on disk
  layout::journal_state journal_;
  std::optional<layout::journal_state> journal_changed_; ///< by the transaction under way
  std::uint64_t commits_ = 0;
  std::optional<slot_states> states_;
  std::unique_ptr<open_database> database_;
  int checkpointed_at_ = 0; ///< frames in the log when a commit last checkpointed
  bool must_cut_ = false;   ///< a failed transaction may still be in the log
  bool must_open_ = false;  ///< SQLite's cache may be wrong
  bool must_probe_ = false; ///< nothing was written since the last error
};

} // namespace restante::journal
