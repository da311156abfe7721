#include "restante/broker/server/journal_log.hpp"

#include "restante/broker/journal/data_directory.hpp"

namespace restante::serve {

namespace {

using gateway::severity;

std::unique_ptr<journal::store> open_logged(const std::string& directory,
                                            const journal::store_identity& wanted,
                                            gateway::event_log& log) {
  journal::store_options how;
  how.identity = wanted;
  auto opened = journal::open_data_directory(directory, how);
  const auto slots = opened->identity().slots;
  const auto found = opened->stats();
  log.write(severity::info, "journal_opened",
            {{"directory", directory},
             {"slots", slots},
             {"notifications", found.notifications},
             {"undelivered", found.undelivered},
             {"bytes", found.bytes},
             {"free_bytes", found.free_bytes}});
  if (slots != wanted.slots)
    log.write(severity::warning, "journal_slots",
              {{"directory", directory}, {"slots", slots}, {"wanted", wanted.slots}});
  return opened;
}

} // namespace

store_opener logged_opener(std::string directory, std::shared_ptr<gateway::event_log> log) {
  return [directory = std::move(directory), log = std::move(log)](const auto& wanted) {
    return open_logged(directory, wanted, *log);
  };
}

bool may_pass(journal::storage_fault why) {
  using enum journal::storage_fault;
  return why == locked || why == full || why == io;
}

bool restoration_log::is_complete(const broker_stats& now) {
  if (is_complete_ || !now.journal)
    return true;
  if (now.journal->slots_to_restore != 0)
    return false;
  is_complete_ = true;
  const auto took = std::chrono::steady_clock::now() - began_;
  log_->write(severity::info, "journal_restored",
              {{"ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}});
  return true;
}

} // namespace restante::serve
