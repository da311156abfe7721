#include "restante/broker/core/core.hpp"

#include "restante/actors/client_shard.hpp"
#include "restante/actors/connection.hpp"
#include "restante/actors/journal_worker.hpp"
#include "restante/actors/protocol/shown_times.hpp"
#include "restante/actors/topic_shard.hpp"
#include "restante/broker/api/handlers.hpp"
#include "restante/broker/core/owned_system.hpp"
#include "restante/broker/journal/data_directory.hpp"
#include "restante/broker/log/stderr_lines.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace restante {

namespace {

/// The time that `stop` gives connections to report the stop to their sinks, after the drain
/// timeout or `hurry` has ended the wait for accepted work.
constexpr std::chrono::milliseconds at_once_time{500};

constexpr std::size_t slots_max = 1024;

/// More than the connects before the next start: each shard counts for itself.
constexpr epoch_number epochs_per_start = epoch_number{1} << 32;

/// The clocks of the machine, unless other clocks or a start of virtual time are given.
machine_clocks clocks_of(const options& how) {
  auto clocks = how.clocks;
  if (how.started_at)
    return clocks;
  const auto own = system_clocks();
  if (!clocks.wall)
    clocks.wall = own.wall;
  if (!clocks.boot)
    clocks.boot = own.boot;
  return clocks;
}

/// Continues the time of the journal, if the journal knows one, and shows the wall clock's time.
void set_time(environment_options& of, const options& how, const std::optional<clock_note>& last) {
  of.origin = of.clock->now();
  const auto wall = of.clocks.wall ? of.clocks.wall() : how.started_at.value_or(instant{});
  of.started_at = continued(last, wall, of.clocks.boot ? of.clocks.boot() : boot_clock{});
  of.wall_ahead = wall_ahead_of(last, of.started_at, wall);
}

} // namespace

broker_core::broker_core(std::unique_ptr<owned_system> own, caf::actor_system* theirs, options how)
    : how_{std::move(how)}, own_{std::move(own)}, system_{own_ ? &own_->system() : theirs},
      time_{virtual_time::of(*system_)}, environment_{std::make_shared<restante::environment>(
                                             environment_of(how_))} {}

environment_options broker_core::environment_of(const options& how) {
  environment_options made;
  made.bounds = how.limits;
  made.bounds.queue_length = std::max<std::uint32_t>(made.bounds.queue_length, 1);
  made.slots = std::clamp<std::size_t>(how.slots, 1, slots_max);
  made.seed = how.seed;
  made.clock = &system_->clock();
  made.clocks = clocks_of(how);
  made.publisher = how.publisher;
  made.log = how.log ? how.log : lines_to_stderr();
  made.events = how.events;
  made.route_bits = how.route_bits;
  if (how.data_directory.empty() && !how.open_store) {
    set_time(made, how, std::nullopt);
    return made;
  }

  journal::store_options opening;
  auto& wanted = opening.identity;
  wanted.slots = static_cast<std::uint32_t>(made.slots);
  wanted.key = random_source{how.seed}.bytes<std::tuple_size_v<model::routing::key>>();
  store_ = how.open_store ? how.open_store(wanted)
                          : journal::open_data_directory(how.data_directory, opening);
  const auto found = store_->identity();
  made.slots = found.slots;
  made.key = found.key;
  try {
    set_time(made, how, store_->last_clocks());
    made.first_epoch = store_->reserve_epochs(static_cast<epoch_number>(made.started_at.ns / 1000),
                                              epochs_per_start);
  } catch (const journal::storage_error& why) {
    throw journal::in_directory(how.data_directory, why);
  }
  return made;
}

broker_core::~broker_core() {
  stop();
}

void broker_core::start() {
  report_unfit_settings();
  start_journal();
  std::vector<client_shard_actor> clients;
  std::vector<topic_shard_actor> topics;
  for (std::size_t slot = 0; slot < environment_->routing.slots(); ++slot) {
    const auto number = static_cast<slot_number>(slot);
    clients.push_back(caf::actor_cast<client_shard_actor>(
        system_->spawn<actors::client_shard>(environment_, number)));
    topics.push_back(caf::actor_cast<topic_shard_actor>(
        system_->spawn<actors::topic_shard>(environment_, number)));
  }
  environment_->set_shards(std::move(clients), std::move(topics));
  ask_for_what_was_kept();

  server_.emplace(open_server());
}

void broker_core::start_journal() {
  if (!store_)
    return;
  environment_->journalled.slots_to_restore.store(environment_->routing.slots());
  // In virtual time everything runs in one thread. Otherwise the journal may block and has its own
  // thread.
  const auto made =
      time_ ? caf::actor_cast<journal_actor>(
                  system_->spawn<journal_worker>(environment_, std::move(store_)))
            : caf::actor_cast<journal_actor>(
                  system_->spawn<journal_worker, caf::detached>(environment_, std::move(store_)));
  environment_->set_journal(made);
}

/// Asks the journal for the notifications of each shard. All shards must be known by then, because
/// a restored client sends messages to other shards immediately.
void broker_core::ask_for_what_was_kept() {
  if (!environment_->has_journal())
    return;
  slot_number slot = 0;
  for (const auto& shard : environment_->client_shards()) {
    dialect::tell_in_name_of(caf::actor_cast<caf::strong_actor_ptr>(shard), environment_->journal(),
                             get_kept{slot++, 0});
  }
}

server_identity broker_core::open_server() {
  auto in = admit(attachment_kind::serving, {}, make_sink(handlers{}));
  return {time_, std::move(in.at), std::move(in.actor)};
}

visitor broker_core::open_visitor(client_address who, std::shared_ptr<const model::rights> rights) {
  connect_options as;
  as.client = std::move(who.client);
  as.ns = std::move(who.ns);
  as.rights = std::move(rights);
  auto in = admit(attachment_kind::visiting, std::move(as), make_sink(handlers{}));
  return {time_, std::move(in.at), std::move(in.actor)};
}

connection broker_core::connect(connect_options who, std::unique_ptr<sink> out) {
  answer<connect_receipt> connected{time_};
  auto in = admit(attachment_kind::attached, std::move(who), announcing(std::move(out), connected));
  if (in.refused)
    connected.fulfil(*in.refused); // with the detail; the sink has been told without the detail
  return {shared_from_this(), time_, std::move(in.at), std::move(in.actor), std::move(connected)};
}

broker_core::admitted broker_core::admit(attachment_kind how, connect_options who,
                                         std::unique_ptr<sink> out) {
  auto bad = check(how, who);
  actors::connection_setup setup;
  setup.how = how;
  setup.client = {std::move(who.ns), std::move(who.client)};
  setup.served = {who.acks, std::min(who.max_inflight, inflight_max),
                  std::clamp(who.resume_window, duration{0}, resume_window_max),
                  std::move(who.rights)};
  setup.resume = who.resume;
  admitted in;
  in.at = environment_->open_inboxes.open(
      std::move(out), {how_.limits.waiting_operations, how_.limits.waiting_bytes}, setup.served);
  if (environment_->stopping
          .load()) // checked after the inbox was opened: `stop` may not have seen this inbox
    bad = failure{errc::shutting_down, {}};
  if (bad) {
    const bool is_said = how != attachment_kind::attached || bad->code == errc::shutting_down;
    environment_->open_inboxes.close(in.at->number());
    in.at->shut(is_said ? bad->code : errc::stale_connection);
    try {
      in.at->out().ended({end_reason::refused, bad->code});
    } catch (...) { // the code of the sink's owner threw; the connection has ended already
      environment_->thrown.say("connection " + setup.client.client, "sink::ended");
    }
    in.refused = std::move(bad);
    return in;
  }
  const auto actor = system_->spawn<actors::connection>(environment_, in.at, std::move(setup));
  in.actor = caf::actor_cast<connection_actor>(actor);
  return in;
}

std::optional<failure> broker_core::check(attachment_kind how, const connect_options& who) {
  if (how == attachment_kind::serving)
    return std::nullopt;
  if (how != attachment_kind::visiting && environment_->stopping.load())
    return failure{errc::shutting_down, {}};
  if (auto bad = check_client_name("client", who.client))
    return bad;
  if (auto bad = check_namespace(who.ns))
    return bad;
  if (how == attachment_kind::visiting)
    return std::nullopt;
  if (who.max_inflight < 1)
    return failure{errc::invalid_argument, "max_inflight is below 1"};
  const auto most = how_.limits.connections;
  if (most != 0 && environment_->count.connections.load() >= most)
    return failure{errc::too_many_connections, {}};
  return std::nullopt;
}

void broker_core::stop() {
  const std::lock_guard lock{stop_mutex_};
  if (std::exchange(is_stopped_, true))
    return;
  environment_->stopping.store(true);
  auto limit = std::chrono::steady_clock::now() + how_.drain_timeout;

  for (const auto& open : environment_->open_inboxes.all())
    open->depart(departure::shutdown);
  const auto all_shut = [this] { return environment_->open_inboxes.size() == 0; };
  if (!wait_until(all_shut, limit, duration{0})) {
    for (const auto& open : environment_->open_inboxes.all())
      open->depart(departure::at_once);
    limit = std::chrono::steady_clock::now() + at_once_time;
    wait_until(all_shut, limit, at_once_time);
  }
  for (const auto& shard : environment_->client_shards())
    dialect::tell_anonymously(shard, stop_shard{});
  for (const auto& shard : environment_->topic_shards())
    dialect::tell_anonymously(shard, stop_shard{});
  const std::uint64_t journals = environment_->has_journal() ? 1 : 0;
  wait_until([&] { return environment_->count.actors.load() <= journals; }, limit, at_once_time);
  if (journals != 0)
    stop_journal(limit);
  environment_->release_shards();
}

/// Stops the journal last, because all other actors may still have something to write (spec C6).
void broker_core::stop_journal(std::chrono::steady_clock::time_point limit) {
  dialect::tell_anonymously(environment_->journal(), restante::stop_journal{});
  limit = std::max(limit, std::chrono::steady_clock::now() + at_once_time);
  wait_until([&] { return environment_->count.actors.load() == 0; }, limit, at_once_time);
}

/// Waits until `is_so` or up to `limit`, but at most `in_a_hurry` from the call of `hurry` on.
bool broker_core::wait_until(const std::function<bool()>& is_so,
                             std::chrono::steady_clock::time_point limit, duration in_a_hurry) {
  bool is_hurrying = false;
  while (!is_so()) {
    if (!is_hurrying && is_hurried_.load()) {
      is_hurrying = true;
      limit = std::min(limit, std::chrono::steady_clock::now() + in_a_hurry);
    }
    if (time_) {
      if (is_hurrying && in_a_hurry.count() == 0)
        return false;
      if (time_->runnable() == 0)
        return is_so();
      time_->step(time_->pick(time_->runnable()));
    } else {
      if (std::chrono::steady_clock::now() >= limit)
        return false;
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
  }
  return true;
}

void broker_core::report_unfit_settings() {
  if (time_ || own_)
    return;
  for (const auto& line : unfit_settings(system_->config()))
    environment_->log(line);
}

} // namespace restante
