#pragma once

#include "restante/actors/environment.hpp"
#include "restante/actors/protocol/virtual_time.hpp"
#include "restante/broker/api/caller.hpp"
#include "restante/broker/api/options.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace restante {

/// State that a broker and its connections share.
class broker_core : public std::enable_shared_from_this<broker_core> {
public:
  /// `own` is the actor system when the broker made it, with its configuration.
  struct owned_system;

  broker_core(std::unique_ptr<owned_system> own, caf::actor_system* theirs, options how);
  ~broker_core();

  /// Makes the shards and the server identity.
  void start();
  void stop();
  void hurry() { is_hurried_.store(true); }

  connection connect(connect_options who, std::unique_ptr<sink> out);

  caf::actor_system& system() { return *system_; }
  restante::environment& environment() { return *environment_; }
  server_identity& server() { return *server_; }
  server_identity open_server();
  visitor open_visitor(client_address who, std::shared_ptr<const model::rights> rights);

  /// The result of an admission. If it was refused, the inbox is closed and the sink has been told
  /// why.
  struct admitted {
    std::shared_ptr<inbox> at;
    connection_actor actor{};
    std::optional<failure> refused{};
  };
  admitted admit(attachment_kind how, connect_options who, std::unique_ptr<sink> out);

  const std::shared_ptr<virtual_time>& time() const { return time_; }
  const options& how() const { return how_; }

private:
  std::optional<failure> check(attachment_kind how, const connect_options& who);
  bool wait_until(const std::function<bool()>& is_so, std::chrono::steady_clock::time_point limit,
                  duration in_a_hurry);
  void report_unfit_settings();
  environment_options environment_of(const options& how);
  void start_journal();
  void ask_for_what_was_kept();
  void stop_journal(std::chrono::steady_clock::time_point limit);

  options how_;
  std::unique_ptr<owned_system> own_;
  caf::actor_system* system_;
  std::shared_ptr<virtual_time> time_;
  std::unique_ptr<journal::store> store_; ///< until the journal has it
  environment_ptr environment_;
  std::optional<server_identity> server_;
  std::mutex stop_mutex_;
  bool is_stopped_ = false;
  std::atomic<bool> is_hurried_{false};
};

} // namespace restante
