// Operations of a connection: they are checked, numbered and sent to the shard that they concern.

#include "restante/actors/connection.hpp"

#include <utility>

namespace restante::actors {

namespace {

/// The initial capacity of a batch, because a growing vector moves its elements.
constexpr std::size_t gathered_at_least = 16;

} // namespace

/// Asks a topic for an operation that changes nothing in the connection.
template <class Command>
requires(facts_of<Command>.goes_to == reach::topic) void connection::ask(Command& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::perform(command what, completion done, std::size_t bytes) {
  under_way op{std::move(done), bytes, static_cast<std::uint32_t>(parts_of(what)), {}};
  if (phase_ != phase::attached) {
    refuse(op, {errc::stale_connection, {}});
    return;
  }
  if (inbox_->has_new_rights())
    take_rights(); // the new rights may have come before this operation
  // Puts are gathered; anything else goes out behind the puts asked for before it.
  if (!std::holds_alternative<put_notification>(what))
    flush();
  if (const auto code = model::may_ask(setup_.how, what); code != errc::none)
    return refuse(op, {code, {}});
  std::visit([&](auto& m) { ask(m, std::move(op)); }, what);
}

operation_number connection::number(under_way op, std::uint32_t parts, duration extra) {
  return number_until(turn_ + environment_->bounds.operation_deadline + extra, std::move(op),
                      parts);
}

operation_number connection::number_until(instant deadline, under_way op, std::uint32_t parts) {
  credit_used_ += op.credit;
  bytes_used_ += op.bytes;
  arm(deadline);
  return operations_.begin(std::move(op), parts, deadline);
}

void connection::ask(put_notification& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  if (is_too_fast())
    return refuse(op, {errc::overloaded, {}});
  m.op = number(std::move(op));
  gather(std::move(m));
}

void connection::ask(put_many& m, under_way op) {
  const auto rules = admission();
  if (auto bad = rules.admit(m))
    return refuse(op, std::move(*bad));
  op.more = model::put_outcomes{m.targets};
  const auto first = number(std::move(op), static_cast<std::uint32_t>(m.targets.size()));
  for (std::size_t part = 0; part < m.targets.size(); ++part) {
    const auto op_of_part = first + part;
    auto bad = rules.admit_target(m.targets[part]);
    if (!bad && is_too_fast())
      bad = failure{errc::overloaded, {}};
    if (bad) {
      refuse_part(op_of_part, std::move(*bad));
      continue;
    }
    auto put = m.each;
    put.op = op_of_part;
    put.to.client = m.targets[part];
    gather(std::move(put));
  }
}

void connection::gather(put_notification m) {
  if (gathered_.empty())
    gathered_.resize(environment_->routing.slots());
  m.route = environment_->routing.route(m.to.ns, m.to.client);
  auto& puts = gathered_[environment_->routing.slot(m.route)].puts;
  if (puts.empty())
    puts.reserve(gathered_at_least);
  puts.push_back(std::move(m));
}

void connection::flush() {
  for (std::size_t slot = 0; slot < gathered_.size(); ++slot) {
    auto& batch = gathered_[slot];
    if (!batch.puts.empty()) {
      dialect::tell(this, environment_->client_shards()[slot], std::exchange(batch, {}));
    }
  }
  gathered_ = {};
}

template <class Message>
void connection::to_trace(Message& m, under_way op, duration extra) {
  m.question.op = number(std::move(op), 1, extra);
  dialect::tell(this, environment_->client_shard(m.question.trace.route()), std::move(m));
}

void connection::ask(get_status& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  to_trace(m, std::move(op));
}

void connection::ask(record_reply& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  to_trace(m, std::move(op));
}

void connection::ask(await_reply& m, under_way op) {
  // This operation may take hours: it must not hold up operations that take microseconds.
  op.credit = 0;
  op.bytes = 0;
  if (auto bad = admission().admit(m, operations_.size()))
    return refuse(op, std::move(*bad));
  op.more = m.question;
  to_trace(m, std::move(op), m.timeout);
}

void connection::ask(drain_queue& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(get_pending& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(purge_expired& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  op.more = model::purge_total{};
  const auto& shards = environment_->client_shards();
  m.op = number(std::move(op), static_cast<std::uint32_t>(shards.size()));
  for (const auto& shard : shards)
    dialect::tell(this, shard, m);
}

void connection::ask(ack_notifications& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  m.epoch = epoch_;
  m.op = number(std::move(op));
  to_own_client(m);
}

void connection::ask(set_entry& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  // A lost key still counts against the limit of keys until the sink has got the news of the loss,
  // which waits while the sink is full.
  const auto untold = feed_.untold_losses(m.at, m.key);
  const auto present = now();
  const auto reserved =
      leases_.reserve_beside(untold, m.at, m.key, admission().lease_end(m, present), present);
  if (reserved.code != errc::none)
    return refuse(op, {reserved.code, {}});
  m.lease = reserved.lease;
  op.more = asked_lease{m.at, m.key, m.lease};
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(clear_entry& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  leases_.cleared(m.at, m.key);
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(list_entries& m, under_way op) {
  if (m.at.topic.empty()) // no topic has an empty name: the list is empty
    return finish(std::move(op), entries_view{});
  ask<list_entries>(m, std::move(op));
}

void connection::ask(subscribe_topic& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  const auto reserved = feed_.topics().ask(m.at.topic);
  if (reserved == model::added::full)
    return refuse(op, {errc::too_many_subscriptions, {}});
  if (reserved == model::added::fresh)
    op.more = asked_subscription{m.at.topic};
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(unsubscribe_topic& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  feed_.topics().leave(m.at.topic);
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(watch_client& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  const auto reserved = feed_.clients().ask(m.client.client);
  if (reserved == model::added::full)
    return refuse(op, {errc::too_many_watches, {}});
  if (reserved == model::added::fresh)
    op.more = asked_watch{m.client.client};
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(unwatch_client& m, under_way op) {
  if (auto bad = admission().admit(m))
    return refuse(op, std::move(*bad));
  feed_.clients().leave(m.client.client);
  m.op = number(std::move(op));
  to_client(m.client, m);
}

} // namespace restante::actors
