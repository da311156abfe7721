#include "restante/tests/simulation/generator.hpp"

#include <algorithm>
#include <string>

namespace restante::simulation {

/// Mostly a connected client.
std::string generator::client() {
  auto there = world_.connected(space_);
  return there.empty() || percent(10) ? any(clients_) : any(there);
}

json generator::begin(const char* op, by who) {
  json line{{"op", op}};
  if (who == by::client || percent(70))
    line["as"] = client();
  return line;
}

/// Prefers a late put, which may still be alive.
const generator::sent* generator::recent(const std::vector<sent>& of) {
  if (of.empty())
    return nullptr;
  auto back = percent(80) ? std::min<std::size_t>(5, of.size()) : of.size();
  return &of[of.size() - 1 - below(back)];
}

std::string generator::trace() {
  const auto* one = recent(puts_);
  return one && !percent(2) ? "$" + one->id : "$never";
}

/// Names `what`, mostly in the namespace and with the name of `who`, the client concerned. An empty
/// `who` is the server identity.
void generator::name(json& line, const sent& what, const std::string& who) {
  line["trace"] = "$" + what.id;
  if (percent(15))
    return;
  space_ = what.ns;
  line.erase("as");
  if (!who.empty() && !percent(15))
    line["as"] = who;
}

/// Integers, integral floats, default values and enormous values.
json generator::ttl(std::int64_t usual_max) {
  auto kind = below(100);
  if (kind < 80)
    return between(1, usual_max);
  if (kind < 88)
    return between(-1, 0);
  if (kind < 92)
    return exact_number(std::to_string(between(1, usual_max)) + ".0");
  if (kind < 94)
    return exact_number("1e30");
  if (kind < 96)
    return INT64_MAX;
  return between(usual_max, 4'000'000);
}

/// Values that a careless broker would return in a changed form.
json generator::value() {
  switch (below(10)) {
  case 0:
    return nullptr;
  case 1:
    return exact_number("1.10");
  case 2:
    return exact_number("123456789012345678901234567890");
  case 3:
    return {{"z", 1},
            {"a", {{"trace", "not mine"}, {"deep", json::array({1, exact_number("2.50e0")})}}}};
  case 4:
    return "ü \" \\ \n \u0001";
  case 5:
    return json::array({true, json::object(), json::array(), -1, UINT64_MAX});
  default:
    return below(1000);
  }
}

json generator::put() {
  auto line = begin("notify.put", by::anyone);
  auto id = "p" + std::to_string(++ids_);
  line["id"] = id;
  line["to"] = any(targets_);
  line["pack"] = value();
  if (percent(40))
    line["suit"] = percent(95);
  if (percent(60))
    line["ttl_ms"] = ttl(3'000);
  if (percent(25))
    line["message_id"] = "m" + std::to_string(below(3));
  if (percent(13))
    line["collapse_key"] = "c" + std::to_string(below(2));
  if (percent(13))
    line["delay_ms"] = ttl(1'500);
  if (percent(12))
    line["at_cap"] = percent(70) ? "reject" : "evict";
  if (percent(line.contains("collapse_key") ? 80 : 40))
    line["receipts"] = percent(95);
  if (!line.contains("as") && percent(30))
    line["from"] = any(clients_);
  if (line.contains("collapse_key"))
    keyed_.emplace_back(space_, line);
  if (keyed_.size() > 4)
    keyed_.erase(keyed_.begin());
  sent one{space_, id, line.value("as", ""), line["to"]};
  if (line.contains("suit"))
    suits_.push_back(one);
  puts_.push_back(std::move(one));
  return line;
}

/// Repeats the sender, target and collapse key of an earlier put, which is queued, scheduled,
/// offered or long gone.
json generator::put_newer() {
  if (keyed_.empty())
    return put();
  auto [space, line] = any(keyed_);
  space_ = space;
  auto id = "p" + std::to_string(++ids_);
  line["id"] = id;
  line["pack"] = value();
  line.erase("message_id");
  line.erase("delay_ms");
  if (percent(20))
    line["delay_ms"] = ttl(1'500);
  sent one{space_, id, line.value("as", ""), line["to"]};
  if (line.contains("suit"))
    suits_.push_back(one);
  puts_.push_back(std::move(one));
  return line;
}

json generator::put_many() {
  auto line = put();
  // `$ID` refers to the answer of a single put.
  if (line.contains("suit"))
    suits_.pop_back();
  puts_.pop_back();
  line["op"] = "notify.put_many";
  line.erase("to");
  json targets = json::array();
  for (const auto& target : targets_)
    if (percent(70))
      targets.push_back(target);
  if (percent(10) || targets.empty())
    targets.push_back("");
  // A target is named twice where both puts fit into window and queue; see the header.
  if (percent(10) && bounds_.queue_max > 1'000 && targets[0] != "") {
    targets.push_back(targets[0]);
    line.erase("collapse_key");
  }
  line["targets"] = targets;
  return line;
}

json generator::drain() {
  return {{"op", "notify.drain"}, {"client", any(targets_)}};
}

/// Mostly by the client that got the offer; other acks are late or unfounded.
json generator::ack() {
  if (offers_.empty() || percent(15)) {
    auto line = begin("notify.ack", by::client);
    line["trace"] = trace();
    return line;
  }
  const auto& one = any(offers_);
  space_ = one.ns;
  // The reference's symbol of a put is `$ID`; others cannot be named.
  auto named = one.trace.find_first_of("#@") == std::string::npos ? one.trace : trace();
  return {{"op", "notify.ack"}, {"as", one.to}, {"trace", named}};
}

json generator::status() {
  auto line = begin("notify.status", by::anyone);
  line["trace"] = trace();
  if (const auto* one = recent(puts_))
    name(line, *one, percent(50) ? one->from : one->to);
  return line;
}

json generator::reply() {
  auto line = begin("notify.reply", by::anyone);
  line["trace"] = trace();
  if (const auto* one = recent(suits_))
    name(line, *one, one->to);
  line["reply"] = value();
  return line;
}

json generator::await() {
  auto line = begin("notify.await", by::anyone);
  line["trace"] = trace();
  if (const auto* one = recent(suits_))
    name(line, *one, one->from);
  line["timeout_ms"] = ttl(2'000);
  return line;
}

json generator::pending() {
  auto line = begin("notify.pending", by::anyone);
  if (!line.contains("as") || percent(20))
    line["client"] = any(targets_);
  return line;
}

json generator::purge() {
  return {{"op", "notify.purge"}};
}

json generator::set() {
  auto line = begin("ephemeral.set", by::client);
  line["topic"] = any(topics_);
  line["key"] = any(keys_);
  if (percent(70))
    line["payload"] = percent(90) ? "eyJ4IjoxfQ==" : "";
  if (percent(70))
    line["ttl_ms"] = ttl(3'000);
  return line;
}

json generator::clear() {
  auto line = begin("ephemeral.clear", by::client);
  line["topic"] = any(topics_);
  line["key"] = any(keys_);
  return line;
}

json generator::list() {
  auto line = begin("ephemeral.list", by::anyone);
  line["topic"] = any(topics_);
  return line;
}

json generator::subscribe() {
  auto line = begin("topic.subscribe", by::client);
  line["topic"] = any(topics_);
  return line;
}

json generator::unsubscribe() {
  auto line = begin("topic.unsubscribe", by::client);
  line["topic"] = any(topics_);
  return line;
}

json generator::publish() {
  auto line = begin("topic.publish", by::client);
  line["topic"] = any(topics_);
  line["data"] = value();
  return line;
}

json generator::watch() {
  auto line = begin("client.watch", by::client);
  line["client"] = any(clients_);
  return line;
}

/// Small pages, so that there are several pages.
json generator::list_of(const char* op, by who, const std::vector<std::string>& ids) {
  json line{{"op", op}};
  if (who == by::client)
    line["as"] = client();
  if (percent(30))
    line["prefix"] = percent(70) ? any(ids) : any(std::vector<std::string>{"", "r", "ö", "h", "e"});
  if (percent(50))
    line["after"] = percent(80) ? any(ids) : "c";
  if (percent(80))
    line["limit"] = percent(90) ? between(1, 3) : any(std::vector<std::int64_t>{0, 256, 257, -1});
  return line;
}

json generator::list_clients() {
  return list_of("client.list", percent(5) ? by::client : by::anyone, clients_);
}

json generator::list_topics() {
  return list_of("topic.list", percent(60) ? by::client : by::anyone, topics_);
}

json generator::unwatch() {
  auto line = begin("client.unwatch", by::client);
  line["client"] = any(clients_);
  return line;
}

} // namespace restante::simulation
