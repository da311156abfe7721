#pragma once

#include "restante/actors/model/store.hpp"
#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/event_log.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace restante::serve {

/// Opens a data directory and logs what it contains. Also logs when its number of slots differs
/// from the wanted number.
store_opener logged_opener(std::string directory, std::shared_ptr<gateway::event_log> log);

/// Whether the same directory may work next time: another broker uses it, or the disk is full. A
/// directory that is damaged, of another version or out of reach needs a repair by a person first.
bool may_pass(journal::storage_fault why);

/// Logs once when all slots have been restored. Without a journal it logs nothing.
class restoration_log {
public:
  explicit restoration_log(std::shared_ptr<gateway::event_log> log) : log_{std::move(log)} {}

  /// Whether nothing is left to be logged.
  bool is_complete(const broker_stats& now);

private:
  std::shared_ptr<gateway::event_log> log_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool is_complete_ = false;
};

} // namespace restante::serve
