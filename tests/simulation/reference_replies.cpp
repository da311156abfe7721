#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

json view_of(const notification& what) {
  const char* state = what.replied_at     ? "replied"
                      : what.delivered_at ? "delivered"
                      : what.offered      ? "offered"
                                          : "queued";
  json result{{"trace", what.trace},
              {"from", what.what.from},
              {"to", what.to},
              {"pack", what.what.pack},
              {"suit", what.what.suit},
              {"state", state},
              {"created_at_ms", ms_of(what.created_at)},
              {"expires_at_ms", ms_of(what.expires_at)},
              {"delivered", what.delivered_at.has_value()}};
  if (what.due_at)
    result["due_at_ms"] = ms_of(*what.due_at);
  if (what.delivered_at)
    result["delivered_at_ms"] = ms_of(*what.delivered_at);
  result["replied"] = what.replied_at.has_value();
  if (what.replied_at) {
    result["reply"] = what.reply;
    result["replied_at_ms"] = ms_of(*what.replied_at);
  }
  result["attempts"] = what.attempts;
  return result;
}

/// The trace that a line names; an impossible trace becomes the empty trace.
std::string reference::trace_of(const request& fields) const {
  auto text = fields.text("trace");
  if (text.empty())
    throw refusal{"invalid_argument"};
  if (text.front() != '$')
    return {};
  auto known = traces_.find(text.substr(1));
  return known == traces_.end() ? std::string{} : known->second;
}

notification& reference::find(const std::string& ns, const std::string& trace) {
  for (auto& [name, each] : tenants_[ns].clients)
    for (auto& record : each.records)
      if (record.trace == trace)
        return record;
  throw refusal{"not_found"};
}

/// N6.
reference::outcome reference::status(const caller& who, const request& fields) {
  auto trace = trace_of(fields);
  const auto& record = find(who.ns, trace);
  if (who.as && record.to != *who.as && record.what.from != *who.as)
    throw refusal{"forbidden"};
  return json{{"notification", restante::simulation::view_of(record)}};
}

/// N7.
reference::outcome reference::reply(const caller& who, const request& fields) {
  auto trace = trace_of(fields);
  auto value = fields.value("reply");
  if (write_exact(value).size() > bounds_.body_bytes_max)
    throw refusal{"payload_too_large"};
  auto& record = find(who.ns, trace);
  if (who.as && record.to != *who.as)
    throw refusal{"forbidden"};
  if (!record.what.suit)
    throw refusal{"not_a_suit"};
  auto first = !record.replied_at;
  record.reply = value;
  record.replied_at = now_;
  if (first)
    tell_sender(who.ns, record, "replied");
  for (const auto& waiting : std::exchange(record.waiters, {}))
    out_.push_back(answered(waiting.id, {{"reply", value}, {"replied_at_ms", ms_of(now_)}}));
  return json{{"notification", restante::simulation::view_of(record)}};
}

/// N13.
reference::outcome reference::await(const caller& who, const request& fields) {
  auto trace = trace_of(fields);
  auto timeout_ms = fields.integer("timeout_ms");
  auto& record = find(who.ns, trace);
  if (who.as && record.what.from != *who.as)
    throw refusal{"forbidden"};
  if (!record.what.suit)
    throw refusal{"not_a_suit"};
  if (record.replied_at)
    return json{{"reply", record.reply}, {"replied_at_ms", ms_of(*record.replied_at)}};
  if (timeout_ms <= 0)
    throw refusal{"timeout"};
  if (record.waiters.size() >= bounds_.waiters_per_trace_max)
    throw refusal{"too_many_waiters"};
  record.waiters.push_back({id_, who.as, saturating_add(now_, nanoseconds_of(timeout_ms))});
  return std::nullopt;
}

void reference::time_out_waiters() {
  for (auto& [ns, space] : tenants_) {
    for (auto& [name, each] : space.clients) {
      for (auto& record : each.records) {
        for (const auto& waiting : record.waiters)
          if (now_ >= waiting.deadline)
            out_.push_back(refused(waiting.id, "timeout"));
        std::erase_if(record.waiters,
                      [&](const waiter& waiting) { return now_ >= waiting.deadline; });
      }
    }
  }
}

} // namespace restante::simulation
