#pragma once

#include "restante/actors/model/store.hpp"
#include "restante/broker/api/broker.hpp"
#include "restante/broker/gateway/event_log.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace restante::serve {

/// Opens a data directory and logs what is in it, and that its slots are others than those that
/// are wanted, if so.
store_opener logged_opener(std::string directory, std::shared_ptr<gateway::event_log> log);

/// Whether the same directory may do next time: another broker has it, the disk is full. What is
/// damaged, of another version or out of reach stays so until somebody does something about it.
bool may_pass(journal::storage_fault why);

/// Logs once that all slots have been restored; without a journal never.
class restoration_log {
public:
  explicit restoration_log(std::shared_ptr<gateway::event_log> log) : log_{std::move(log)} {}

  /// Whether there is nothing left to be logged.
  bool is_complete(const broker_stats& now);

private:
  std::shared_ptr<gateway::event_log> log_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool is_complete_ = false;
};

} // namespace restante::serve
