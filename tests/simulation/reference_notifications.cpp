#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

bool is_queued(const notification& what) {
  return !what.delivered_at && !what.in_flight && !what.scheduled;
}

bool have_the_same_key(const notification& one, const put_fields& other) {
  return one.what.collapse_key && one.what.collapse_key == other.collapse_key &&
         one.what.from == other.from;
}

} // namespace

put_fields reference::read_put(const caller& who, const request& fields) const {
  put_fields result;
  result.pack = fields.value("pack");
  result.suit = fields.flag("suit");
  result.ttl_ms = fields.integer("ttl_ms", 0);
  result.message_id = fields.optional_id("message_id");
  result.receipts = fields.flag("receipts") && who.as;
  auto from = fields.optional_id("from");
  result.collapse_key = fields.optional_id("collapse_key");
  result.delay_ms = fields.integer("delay_ms", 0);
  auto policy = fields.has("at_cap") ? fields.text("at_cap") : "";
  if (fields.has("at_cap") && policy != "evict" && policy != "reject")
    throw refusal{"invalid_argument"};
  result.rejected_at_cap = policy.empty() ? bounds_.rejects_at_cap : policy == "reject";
  result.from = from.value_or(who.as.value_or("server"));
  return result;
}

reference::outcome reference::put(const caller& who, const request& fields) {
  // Whatever the outcome, `$ID` stands for this put now, and for nothing if the put is refused.
  const auto id = id_.is_string() ? id_.get<std::string>() : write_exact(id_);
  const bool is_again = named_.contains(id);
  named_.insert(id);
  traces_.erase(id);
  auto to = fields.id("to");
  auto what = read_put(who, fields);
  if (who.as && what.from != *who.as)
    throw refusal{"forbidden"};
  if (write_exact(what.pack).size() > bounds_.body_bytes_max)
    throw refusal{"payload_too_large"};
  auto symbol = "$" + id;
  if (is_again)
    symbol += "@" + std::to_string(++accepted_);
  auto answer = store(who, to, symbol, what);
  traces_[id] = answer["trace"].get<std::string>();
  return answer;
}

reference::outcome reference::put_many(const caller& who, const request& fields) {
  auto targets = fields.value("targets");
  if (!targets.is_array() || targets.empty())
    throw refusal{"invalid_argument"};
  auto what = read_put(who, fields);
  if (targets.size() > bounds_.put_many_max)
    throw refusal{"too_many_targets"};
  if (who.as && what.from != *who.as)
    throw refusal{"forbidden"};
  if (write_exact(what.pack).size() > bounds_.body_bytes_max)
    throw refusal{"payload_too_large"};
  auto id = id_.is_string() ? id_.get<std::string>() : write_exact(id_);
  json outcomes = json::array();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    json row{{"to", targets[i]}, {"ok", true}};
    try {
      if (!targets[i].is_string() || !is_id(targets[i].get<std::string>(), bounds_))
        throw refusal{"invalid_argument"};
      auto symbol = "$" + id + "#" + std::to_string(i) + "@" + std::to_string(++accepted_);
      row.update(store(who, targets[i].get<std::string>(), symbol, what));
    } catch (const refusal& why) {
      row["ok"] = false;
      row["error"] = error_value(why.code);
    }
    outcomes.push_back(std::move(row));
  }
  return json{{"outcomes", std::move(outcomes)}};
}

/// N4: the trace of the evicted notification, if one was evicted.
std::string reference::make_room(const std::string& ns, client& target, const put_fields& what) {
  if (undelivered(target) < bounds_.queue_max)
    return {};
  auto oldest = std::find_if(target.records.begin(), target.records.end(), is_queued);
  if (what.rejected_at_cap || oldest == target.records.end())
    throw refusal{"target_full"};
  auto trace = oldest->trace;
  finish(ns, target, oldest, "evicted");
  return trace;
}

/// N1, N2, N4, N14, N15, N16.
json reference::store(const caller& who, const std::string& to, const std::string& symbol,
                      const put_fields& what) {
  auto& target = tenants_[who.ns].clients[to];
  for (const auto& record : target.records) {
    if (what.message_id && record.what.message_id == what.message_id &&
        record.what.from == what.from)
      return {{"trace", record.trace},
              {"created_at_ms", ms_of(record.created_at)},
              {"expires_at_ms", ms_of(record.expires_at)},
              {"accepted", bounds_.has_journal ? "disk" : "memory"},
              {"duplicate", true}};
  }
  // The notification that is replaced frees the place that the new one needs.
  auto older = std::find_if(target.records.begin(), target.records.end(), [&](const auto& each) {
    return !each.delivered_at && !each.in_flight && have_the_same_key(each, what);
  });
  std::string evicted;
  std::string collapsed;
  if (older != target.records.end()) {
    collapsed = older->trace;
    finish(who.ns, target, older, "collapsed");
  } else {
    evicted = make_room(who.ns, target, what);
  }
  auto& added = target.records.emplace_back();
  added.trace = symbol;
  added.to = to;
  added.what = what;
  added.number = ++target.accepted;
  added.created_at = now_;
  auto ttl_ms = what.ttl_ms > 0 ? what.ttl_ms : bounds_.notification_ttl_ms;
  added.expires_at = saturating_add(now_, nanoseconds_of(ttl_ms));
  if (what.delay_ms > 0)
    added.due_at = saturating_add(now_, nanoseconds_of(what.delay_ms));
  added.scheduled = added.due_at.has_value();
  json answer{{"trace", symbol},
              {"created_at_ms", ms_of(added.created_at)},
              {"expires_at_ms", ms_of(added.expires_at)},
              {"accepted", bounds_.has_journal ? "disk" : "memory"}};
  if (!evicted.empty())
    answer["evicted"] = evicted;
  if (!collapsed.empty())
    answer["collapsed"] = collapsed;
  tell_sender(who.ns, added, "queued");
  offer(who.ns, to);
  return answer;
}

/// N10, N11: from the head of the queue, as far as the window allows.
void reference::offer(const std::string& ns, const std::string& to) {
  auto& target = tenants_[ns].clients[to];
  if (!target.link || !target.link->attached)
    return;
  auto out =
      static_cast<std::size_t>(std::count_if(target.records.begin(), target.records.end(),
                                             [](const auto& each) { return each.in_flight; }));
  while (out < target.link->window) {
    auto next = std::find_if(target.records.begin(), target.records.end(), is_queued);
    if (next == target.records.end())
      return;
    auto& record = *next;
    record.in_flight = true;
    ++record.attempts;
    push(ns, to,
         {{"_orama", "notify.deliver"},
          {"trace", record.trace},
          {"from", record.what.from},
          {"pack", record.what.pack},
          {"suit", record.what.suit},
          {"created_at_ms", ms_of(record.created_at)},
          {"expires_at_ms", ms_of(record.expires_at)},
          {"attempts", record.attempts}});
    if (!std::exchange(record.offered, true))
      tell_sender(ns, record, "offered");
    if (target.link->acks_itself)
      deliver(ns, target, record);
    else
      ++out;
  }
}

void reference::deliver(const std::string& ns, client& target, notification& what) {
  what.in_flight = false;
  what.delivered_at = now_;
  what.delivered_rank = ++target.deliveries;
  tell_sender(ns, what, "delivered");
  auto oldest = target.records.end();
  std::size_t delivered = 0;
  for (auto i = target.records.begin(); i != target.records.end(); ++i) {
    if (!i->delivered_at)
      continue;
    ++delivered;
    if (oldest == target.records.end() || i->delivered_rank < oldest->delivered_rank)
      oldest = i;
  }
  if (delivered > bounds_.delivered_max)
    forget(target, oldest);
}

/// N12: the end of a notification. Its trace is unknown from here on.
void reference::finish(const std::string& ns, client& target, notifications::iterator which,
                       const char* state) {
  tell_sender(ns, *which, state);
  forget(target, which);
}

void reference::forget(client& target, notifications::iterator which) {
  for (const auto& waiting : which->waiters)
    out_.push_back(refused(waiting.id, "not_found"));
  target.records.erase(which);
}

void reference::expire_notifications() {
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      for (auto i = each.records.begin(); i != each.records.end();) {
        auto record = i++;
        if (now_ > record->expires_at) {
          ++space.expired;
          finish(ns, each, record, "expired");
        }
      }
    }
  }
}

/// N10, N16: a notification that becomes due is the youngest of the queue; several that become due
/// keep the order of acceptance.
void reference::queue_due_ones() {
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      notifications due;
      for (auto i = each.records.begin(); i != each.records.end();) {
        auto record = i++;
        if (!record->scheduled || now_ < *record->due_at)
          continue;
        record->scheduled = false;
        due.splice(due.end(), each.records, record);
      }
      each.records.splice(each.records.end(), due);
    }
  }
}

/// N11, N15: an offered notification returns to its place, unless something newer has its key.
void reference::return_offered(const std::string& ns, const std::string& to) {
  auto& target = tenants_[ns].clients[to];
  for (auto i = target.records.begin(); i != target.records.end();) {
    auto record = i++;
    if (!std::exchange(record->in_flight, false))
      continue;
    auto is_newer = [&](const notification& each) {
      return !each.delivered_at && each.number > record->number &&
             have_the_same_key(each, record->what);
    };
    if (std::any_of(target.records.begin(), target.records.end(), is_newer)) {
      if (record->what.from == to && !target.link)
        told_late_.push_back(*record);
      finish(ns, target, record, "collapsed");
    }
  }
}

void reference::tell_sender(const std::string& ns, const notification& what, const char* state) {
  if (what.what.receipts)
    push(ns, what.what.from,
         {{"_orama", "notify.receipt"},
          {"trace", what.trace},
          {"to", what.to},
          {"state", state},
          {"at_ms", ms_of(now_)}});
}

reference::outcome reference::drain(const caller& who, const request& fields) {
  auto name = fields.id("client");
  if (who.as)
    throw refusal{"forbidden"};
  auto& target = tenants_[who.ns].clients[name];
  std::vector<notification*> drained;
  for (auto& record : target.records)
    if (!record.delivered_at && !record.scheduled)
      drained.push_back(&record);
  // The answer shows the state of each after all are marked.
  json views = json::array();
  for (auto* record : drained) {
    record->in_flight = false;
    record->delivered_at = now_;
    views.push_back(restante::simulation::view_of(*record));
    record->delivered_at.reset();
  }
  for (auto* record : drained)
    deliver(who.ns, target, *record);
  return json{{"notifications", std::move(views)}};
}

/// N11. An ack for a notification that is not offered to this connection is late.
reference::outcome reference::ack(const caller& who, const request& fields) {
  auto trace = trace_of(fields);
  auto& self = tenants_[who.ns].clients[*who.as];
  for (auto& record : self.records) {
    if (record.trace == trace && record.in_flight) {
      deliver(who.ns, self, record);
      offer(who.ns, *who.as);
      return json::object();
    }
  }
  return json{{"late", true}};
}

reference::outcome reference::pending(const caller& who, const request& fields) {
  auto named = fields.optional_id("client");
  if (!named && !who.as)
    throw refusal{"invalid_argument"};
  if (who.as && named && *named != *who.as)
    throw refusal{"forbidden"};
  const auto& clients = tenants_[who.ns].clients;
  auto target = clients.find(named ? *named : *who.as);
  return json{{"pending", target == clients.end() ? 0 : undelivered(target->second)}};
}

reference::outcome reference::purge(const caller& who, const request&) {
  if (who.as)
    throw refusal{"forbidden"};
  return json{{"removed", std::exchange(tenants_[who.ns].expired, 0)}};
}

std::size_t reference::undelivered(const client& of) const {
  return static_cast<std::size_t>(std::count_if(
      of.records.begin(), of.records.end(), [](const auto& each) { return !each.delivered_at; }));
}

} // namespace restante::simulation
