#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

/// Ops that only a connected client can carry out.
const std::set<std::string, std::less<>> needs_client = {
    "notify.ack",        "ephemeral.set", "ephemeral.clear", "topic.subscribe",
    "topic.unsubscribe", "topic.publish", "client.watch",    "client.unwatch",
};

json id_of(const json& line, std::uint64_t number) {
  if (auto i = line.find("id"); i != line.end() && (i->is_string() || i->is_number()))
    return *i;
  return number;
}

} // namespace

const std::map<std::string, reference::operation, std::less<>>& reference::operations() {
  static const std::map<std::string, operation, std::less<>> table = {
      {"connect", &reference::connect},
      {"disconnect", &reference::disconnect},
      {"cut", &reference::cut},
      {"notify.put", &reference::put},
      {"notify.put_many", &reference::put_many},
      {"notify.drain", &reference::drain},
      {"notify.ack", &reference::ack},
      {"notify.status", &reference::status},
      {"notify.reply", &reference::reply},
      {"notify.await", &reference::await},
      {"notify.pending", &reference::pending},
      {"notify.purge", &reference::purge},
      {"ephemeral.set", &reference::set},
      {"ephemeral.clear", &reference::clear},
      {"ephemeral.list", &reference::list},
      {"topic.subscribe", &reference::subscribe},
      {"topic.unsubscribe", &reference::unsubscribe},
      {"topic.publish", &reference::publish},
      {"client.watch", &reference::watch},
      {"client.unwatch", &reference::unwatch},
      {"client.list", &reference::list_clients},
      {"topic.list", &reference::list_topics},
      {"advance", &reference::advance},
      {"crash", &reference::crash},
  };
  return table;
}

std::vector<json> reference::text(std::string_view text, std::uint64_t number) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text.front() == '#')
    return {};
  return line(read_exact(text).value_or(nullptr), number);
}

std::vector<json> reference::line(const json& request, std::uint64_t number) {
  out_.clear();
  id_ = id_of(request, number);
  bool answer_last = false;
  json answer;
  try {
    auto fields = carry_out(request);
    retire_topics();
    answer_last = request["op"] == "advance";
    if (fields)
      answer = answered(id_, *fields);
  } catch (const refusal& why) {
    answer = refused(id_, why.code);
  }
  if (!answer.is_null())
    out_.insert(answer_last ? out_.end() : out_.begin(), std::move(answer));
  return std::exchange(out_, {});
}

/// The identity is checked before the fields: first the op, then the asking client, then the
/// values.
reference::outcome reference::carry_out(const json& line) {
  if (!line.is_object())
    throw refusal{"bad_frame"};
  auto op = line.find("op");
  if (op == line.end() || !op->is_string())
    throw refusal{"unknown_op"};
  const auto& name = op->get_ref<const std::string&>();
  auto run = operations().find(name);
  if (run == operations().end())
    throw refusal{"unknown_op"};
  request fields{line, bounds_};
  if (auto id = line.find("id"); id != line.end() && !id->is_string() && !id->is_number())
    throw refusal{"invalid_argument"};
  caller who;
  if (fields.has("ns"))
    who.ns = fields.text("ns");
  if (who.ns.size() > bounds_.id_bytes_max)
    throw refusal{"invalid_argument"};
  if (fields.has("as")) {
    who.as = fields.text("as");
    auto space = tenants_.find(who.ns);
    if (space == tenants_.end())
      throw refusal{"stale_connection"};
    auto acting = space->second.clients.find(*who.as);
    if (acting == space->second.clients.end() || !acting->second.link ||
        !acting->second.link->attached)
      throw refusal{"stale_connection"};
  } else if (needs_client.contains(name)) {
    throw refusal{"stale_connection"};
  }
  return (this->*run->second)(who, fields);
}

std::vector<json> reference::end() {
  out_.clear();
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      if (!each.link || !each.link->attached)
        continue;
      end_connection(ns, name);
      tell_watchers(ns, name, false);
    }
  }
  retire_topics();
  return std::exchange(out_, {});
}

reference::outcome reference::advance(const caller&, const request& fields) {
  auto ms = fields.integer("ms");
  if (ms < 0)
    throw refusal{"invalid_argument"};
  auto goal = saturating_add(now_, nanoseconds_of(ms));
  for (auto due = next_deadline(); due && *due <= goal; due = next_deadline()) {
    now_ = std::max(now_, *due);
    ring();
    retire_topics();
  }
  now_ = goal;
  return json::object();
}

/// D1, D2: the broker has crashed and another broker has its disk. Connections, awaits and all
/// ephemeral state are gone. Receipts of expired notifications are not stored (N8).
reference::outcome reference::crash(const caller&, const request&) {
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      each.link.reset();
      for (auto& record : each.records)
        record.waiters.clear();
    }
    for (auto& [name, each] : space.clients) {
      return_offered(ns, name);
      rank_deliveries(each);
    }
    space.topics.clear();
    space.expired = 0;
  }
  return std::nullopt;
}

/// The disk stores the instants of deliveries; deliveries at one instant are in the order of
/// acceptance.
void reference::rank_deliveries(client& of) {
  std::vector<notification*> delivered;
  for (auto& record : of.records) {
    if (record.delivered_at)
      delivered.push_back(&record);
  }
  std::ranges::sort(delivered, {}, [](const auto* one) {
    return std::pair{*one->delivered_at, one->number};
  });
  of.deliveries = 0;
  for (auto* one : delivered)
    one->delivered_rank = ++of.deliveries;
}

/// Handles everything that is due now. Free window places are filled last, so that nothing is
/// offered that ends at this instant.
void reference::ring() {
  time_out_waiters();
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      if (each.link && !each.link->attached && now_ >= each.link->deadline) {
        end_connection(ns, name);
        tell_watchers(ns, name, false);
      }
    }
  }
  expire_notifications();
  queue_due_ones();
  expire_entries();
  for (auto& [ns, space] : tenants_)
    for (auto& [name, each] : space.clients)
      offer(ns, name);
}

std::optional<instant> reference::next_deadline() const {
  auto first = never;
  for (const auto& [ns, space] : tenants_) {
    for (const auto& [name, each] : space.clients) {
      if (each.link)
        first = std::min(first, each.link->deadline);
      for (const auto& record : each.records) {
        first = std::min(first, saturating_add(record.expires_at, 1));
        if (record.scheduled)
          first = std::min(first, *record.due_at);
        for (const auto& waiting : record.waiters)
          first = std::min(first, waiting.deadline);
      }
    }
    for (const auto& [name, each] : space.topics)
      for (const auto& [key, value] : each.entries)
        first = std::min(first, saturating_add(value.expires_at, 1));
  }
  if (first == never)
    return std::nullopt;
  return first;
}

std::vector<std::int64_t> reference::deadlines_ms() const {
  std::vector<std::int64_t> result;
  auto add = [&](instant deadline) {
    if (deadline != never)
      result.push_back(ms_of(deadline));
  };
  for (const auto& [ns, space] : tenants_) {
    for (const auto& [name, each] : space.clients) {
      if (each.link)
        add(each.link->deadline);
      for (const auto& record : each.records) {
        add(record.expires_at);
        if (record.scheduled)
          add(*record.due_at);
        for (const auto& waiting : record.waiters)
          add(waiting.deadline);
      }
    }
    for (const auto& [name, each] : space.topics)
      for (const auto& [key, value] : each.entries)
        add(value.expires_at);
  }
  return result;
}

json reference::refused(const json& id, const char* code) const {
  return {{"t", ms_of(now_)}, {"id", id}, {"ok", false}, {"error", error_value(code)}};
}

json reference::answered(const json& id, const json& fields) const {
  json result{{"t", ms_of(now_)}, {"id", id}, {"ok", true}};
  result.update(fields);
  return result;
}

void reference::push(const std::string& ns, const std::string& name, json frame) {
  const auto& clients = tenants_[ns].clients;
  auto i = clients.find(name);
  if (i == clients.end() || !i->second.link || !i->second.link->attached)
    return;
  json result{{"t", ms_of(now_)}, {"to", name}};
  if (!ns.empty())
    result["ns"] = ns;
  result["frame"] = std::move(frame);
  out_.push_back(std::move(result));
}

} // namespace restante::simulation
