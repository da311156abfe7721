// What is asked of a connection: checked, numbered, sent to the shard it concerns.

#include "restante/actors/connection.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <utility>

namespace restante::actors {

namespace {

/// Room for a few from the start: growing moves what is there.
constexpr std::size_t gathered_at_least = 16;

} // namespace

void connection::perform(command what, completion done, std::size_t bytes) {
  under_way op{std::move(done), bytes, static_cast<std::uint32_t>(parts_of(what)), {}};
  if (phase_ != phase::attached) {
    refuse(op, {errc::stale_connection, {}});
    return;
  }
  if (inbox_->has_new_rights())
    take_rights(); // said before this was asked for, perhaps
  // Puts are gathered; anything else goes out behind the puts asked for before it.
  if (!std::holds_alternative<put_notification>(what))
    flush();
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

failure connection::check(put_notification& m) {
  m.by = who();
  if (is_client()) {
    if (!m.from.empty() && m.from != setup_.client.client) {
      return {errc::forbidden, "from is not this connection's client"};
    }
    m.from = setup_.client.client;
    m.to.ns = setup_.client.ns;
  } else {
    if (m.from.empty())
      m.from = server_name;
    m.want = receipts::none; // receipts go to a client, and this is none
  }
  if (auto bad = check_id("to", m.to.client))
    return *bad;
  if (auto bad = check_namespace(m.to.ns))
    return *bad;
  if (auto bad = check_id("from", m.from))
    return *bad;
  if (!m.message_id.empty()) {
    if (auto bad = check_id("message_id", m.message_id))
      return *bad;
  }
  if (!m.collapse_key.empty()) {
    if (auto bad = check_id("collapse_key", m.collapse_key))
      return *bad;
  }
  return {};
}

void connection::ask(put_notification& m, under_way op) {
  if (auto bad = check(m); bad.code != errc::none)
    return refuse(op, std::move(bad));
  if (!may_put(m.to.client))
    return refuse(op, {errc::forbidden, {}});
  if (auto bad = check_value("pack", m.pack))
    return refuse(op, std::move(*bad));
  if (is_client() && !put_rate_.allows(now()))
    return refuse(op, {errc::overloaded, {}});
  m.op = number(std::move(op));
  gather(std::move(m));
}

void connection::ask(put_many& m, under_way op) {
  if (m.targets.size() > put_many_targets_max)
    return refuse(op, {errc::too_many_targets, {}});
  if (m.targets.empty())
    return refuse(op, {errc::invalid_argument, "targets is empty"});
  m.each.to.client = "x"; // each target is checked by itself
  if (auto bad = check(m.each); bad.code != errc::none)
    return refuse(op, std::move(bad));
  if (auto bad = check_value("pack", m.each.pack))
    return refuse(op, std::move(*bad));

  many_outcomes outcomes;
  for (const auto& target : m.targets) {
    outcomes.push_back({target, errc::unknown_outcome, {}, {}});
  }
  op.more = std::move(outcomes);
  const auto first = number(std::move(op), static_cast<std::uint32_t>(m.targets.size()));
  for (std::size_t part = 0; part < m.targets.size(); ++part) {
    const auto op_of_part = first + part;
    auto bad = check_id("to", m.targets[part]);
    if (!bad && !may_put(m.targets[part]))
      bad = failure{errc::forbidden, {}};
    if (!bad && is_client() && !put_rate_.allows(now()))
      bad = failure{errc::overloaded, {}};
    if (bad) {
      settle_part(op_of_part, {m.targets[part], bad->code, bad->detail, {}});
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

void connection::identify(trace_question& m) {
  m.by = who();
  m.asker = setup_.client.client;
  m.asked_up_to = 0;
  if (is_client())
    m.ns = setup_.client.ns;
}

template <class Message>
void connection::by_trace(Message& m, under_way op, duration extra) {
  identify(m.question);
  if (!m.question.trace)
    return refuse(op, {errc::not_found, {}});
  if (auto bad = check_namespace(m.question.ns))
    return refuse(op, std::move(*bad));
  m.question.op = number(std::move(op), 1, extra);
  dialect::tell(this, environment_->client_shard(m.question.trace.route()), std::move(m));
}

void connection::ask(get_status& m, under_way op) {
  by_trace(m, std::move(op));
}

void connection::ask(record_reply& m, under_way op) {
  if (auto bad = check_value("reply", m.value))
    return refuse(op, std::move(*bad));
  by_trace(m, std::move(op));
}

void connection::ask(await_reply& m, under_way op) {
  op.credit = 0; // it may take hours: it must not hold up what takes microseconds
  op.bytes = 0;
  if (operations_.size() >= subscriptions_max + credit_max()) {
    return refuse(op, {errc::overloaded, {}});
  }
  m.timeout = std::max(m.timeout, duration{0});
  identify(m.question);
  op.more = m.question;
  by_trace(m, std::move(op), m.timeout);
}

void connection::ask(drain_queue& m, under_way op) {
  if (is_client())
    return refuse(op, {errc::forbidden, {}});
  if (auto bad = check_address(m.client))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(get_pending& m, under_way op) {
  if (is_client()) {
    if (!m.client.client.empty() && m.client.client != setup_.client.client) {
      return refuse(op, {errc::forbidden, {}});
    }
    m.client = setup_.client;
  }
  if (auto bad = check_address(m.client))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(purge_expired& m, under_way op) {
  if (is_client())
    return refuse(op, {errc::forbidden, {}});
  if (auto bad = check_namespace(m.ns))
    return refuse(op, std::move(*bad));
  op.more = std::uint64_t{0};
  const auto& shards = environment_->client_shards();
  m.op = number(std::move(op), static_cast<std::uint32_t>(shards.size()));
  for (const auto& shard : shards)
    dialect::tell(this, shard, m);
}

void connection::ask(ack_notifications& m, under_way op) {
  if (!is_attachment())
    return refuse(op, {errc::stale_connection, {}});
  if (m.traces.size() > credit_max())
    return refuse(op, {errc::invalid_argument, {}});
  m.client = setup_.client;
  m.epoch = epoch_;
  m.op = number(std::move(op));
  to_client(setup_.client, m);
}

void connection::ask(set_entry& m, under_way op) {
  if (!is_attachment())
    return refuse(op, {errc::stale_connection, {}});
  m.at.ns = setup_.client.ns;
  m.client = setup_.client.client;
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  if (auto bad = check_id("key", m.key))
    return refuse(op, std::move(*bad));
  if (!may_write(m.at.topic, m.key))
    return refuse(op, {errc::forbidden, {}});
  if (auto bad = check_size("payload", m.payload.size(), ephemeral_bytes_max)) {
    return refuse(op, std::move(*bad));
  }
  const auto wanted = m.ttl.count() > 0 ? m.ttl : environment_->bounds.lease_default;
  const auto until = now() + std::min(wanted, lease_max);
  const auto held = leases_.size();
  const auto lease = leases_.reserve(m.at, m.key, until, now());
  if (!lease)
    return refuse(op, {errc::too_many_keys, {}});
  const auto untold = feed_.untold_losses(m.at, m.key);
  if (leases_.size() > held && untold > 0 &&
      leases_.size() + untold > environment_->bounds.keys_per_client) {
    // What a full sink was not told of it has lost takes a place too, until it has been.
    leases_.refused(m.at, m.key, *lease);
    return refuse(op, {errc::overloaded, {}});
  }
  m.lease = *lease;
  op.more = asked_lease{m.at, m.key, *lease};
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(clear_entry& m, under_way op) {
  if (!is_attachment())
    return refuse(op, {errc::stale_connection, {}});
  m.at.ns = setup_.client.ns;
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  if (auto bad = check_id("key", m.key))
    return refuse(op, std::move(*bad));
  if (!may_write(m.at.topic, m.key))
    return refuse(op, {errc::forbidden, {}});
  leases_.cleared(m.at, m.key);
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(list_entries& m, under_way op) {
  if (is_client())
    m.at.ns = setup_.client.ns;
  if (m.at.topic.empty()) { // the reference's answer: nothing is there
    entries_view nothing;
    return finish(std::move(op), std::move(nothing));
  }
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  if (!may_read(m.at.topic))
    return refuse(op, {errc::forbidden, {}});
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(subscribe_topic& m, under_way op) {
  m.at.ns = setup_.client.ns;
  m.reason = view_reason::subscribe;
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  if (!may_read(m.at.topic))
    return refuse(op, {errc::forbidden, {}});
  const auto place = feed_.topics().ask(m.at.topic);
  if (place == model::added::full)
    return refuse(op, {errc::too_many_subscriptions, {}});
  if (place == model::added::fresh)
    op.more = asked_subscription{m.at.topic};
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(unsubscribe_topic& m, under_way op) {
  m.at.ns = setup_.client.ns;
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  feed_.topics().leave(m.at.topic);
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(publish_message& m, under_way op) {
  if (!is_attachment())
    return refuse(op, {errc::stale_connection, {}});
  m.at.ns = setup_.client.ns;
  m.client = setup_.client.client;
  if (auto bad = check_address(m.at))
    return refuse(op, std::move(*bad));
  if (!may_publish(m.at.topic))
    return refuse(op, {errc::forbidden, {}});
  if (auto bad = check_value("data", m.data))
    return refuse(op, std::move(*bad));
  m.op = number(std::move(op));
  to_topic(m.at, m);
}

void connection::ask(watch_client& m, under_way op) {
  m.client.ns = setup_.client.ns;
  if (auto bad = check_address(m.client))
    return refuse(op, std::move(*bad));
  if (!may_watch(m.client.client))
    return refuse(op, {errc::forbidden, {}});
  const auto place = feed_.clients().ask(m.client.client);
  if (place == model::added::full)
    return refuse(op, {errc::too_many_watches, {}});
  if (place == model::added::fresh)
    op.more = asked_watch{m.client.client};
  m.op = number(std::move(op));
  to_client(m.client, m);
}

void connection::ask(unwatch_client& m, under_way op) {
  m.client.ns = setup_.client.ns;
  if (auto bad = check_address(m.client))
    return refuse(op, std::move(*bad));
  feed_.clients().leave(m.client.client);
  m.op = number(std::move(op));
  to_client(m.client, m);
}

} // namespace restante::actors
