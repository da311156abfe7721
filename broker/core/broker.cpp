#include "restante/broker/api/broker.hpp"

#include "restante/broker/core/core.hpp"
#include "restante/broker/core/owned_system.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

namespace restante {

broker::broker(options how) {
  auto own = std::make_unique<broker_core::owned_system>(how.threads);
  core_ = std::make_shared<broker_core>(std::move(own), nullptr, std::move(how));
  core_->start();
}

broker::broker(caf::actor_system& system, options how)
    : core_{std::make_shared<broker_core>(nullptr, &system, std::move(how))} {
  core_->start();
}

broker::broker(broker&&) noexcept = default;

broker& broker::operator=(broker&& other) noexcept {
  if (this != &other) {
    if (core_)
      core_->stop();
    core_ = std::move(other.core_);
  }
  return *this;
}

broker::~broker() {
  if (core_)
    core_->stop();
}

connection broker::connect(connect_options who, handlers what) {
  return core_->connect(std::move(who), make_sink(std::move(what)));
}

connection broker::connect(connect_options who, sink_actor out) {
  return core_->connect(std::move(who), make_sink(std::move(out)));
}

connection broker::connect(connect_options who, std::unique_ptr<sink> out) {
  return core_->connect(std::move(who), std::move(out));
}

server_identity& broker::server() {
  return core_->server();
}

namespace {

journal_stats stats_of(const journal_counters& now, const std::string& directory) {
  journal_stats seen;
  read_counts<journal_counts>(now, seen);
  for (std::size_t n = 0; n < now.latencies.size(); ++n)
    seen.latencies[n] = now.latencies[n].load();
  seen.commit_us = now.commit_us.load();
  seen.is_failing = now.is_failing.load();
  if (directory.empty())
    return seen;
  std::error_code none; // a file may disappear while we look
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at{directory, none}; !none && at != end;
       at.increment(none)) {
    std::error_code gone;
    const auto size = at->file_size(gone);
    seen.bytes += gone ? 0 : size;
  }
  const auto disk = std::filesystem::space(directory, none);
  seen.free_bytes = none ? 0 : disk.available;
  return seen;
}

} // namespace

broker_stats broker::stats() const {
  auto& environment = core_->environment();
  broker_stats seen;
  read_counts<broker_counts>(environment.count, seen);
  seen.expired = environment.whole().ever_expired();
  seen.memory_bytes = environment.whole().used();
  seen.bounds = environment.bounds;
  seen.output_bytes = environment.output->used();
  seen.output_limit_bytes = environment.output->most();
  if (environment.has_journal())
    seen.journal = stats_of(environment.journalled, core_->how().data_directory);
  return seen;
}

journal_condition broker::journal_condition() const {
  const auto& journalled = core_->environment().journalled;
  return {journalled.is_failing.load(), journalled.slots_damaged.load()};
}

instant broker::now() const {
  auto& clock = core_->system().clock();
  auto& environment = core_->environment();
  return environment.now(clock) + environment.wall_ahead(clock);
}

instant broker::wall_now() const {
  return core_->environment().wall_now(core_->system().clock());
}

const limits& broker::bounds() const {
  return core_->environment().bounds;
}

std::shared_ptr<model::output_budget> broker::output() {
  return core_->environment().output;
}

server_identity broker::open_server() {
  return core_->open_server();
}

visitor broker::open_visitor(client_address who, std::shared_ptr<const model::rights> rights) {
  return core_->open_visitor(std::move(who), std::move(rights));
}

std::shared_ptr<connection_endpoint> broker::admit(attachment_kind how, connect_options who,
                                                   std::unique_ptr<sink> out) {
  return core_->admit(how, std::move(who), std::move(out)).at;
}

caf::actor_system& broker::system() {
  return core_->system();
}

void broker::stop() {
  core_->stop();
}

void broker::hurry() {
  core_->hurry();
}

} // namespace restante
