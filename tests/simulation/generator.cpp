#include "restante/tests/simulation/generator.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

std::vector<std::string> some(const std::vector<std::string>& of, std::size_t count) {
  return {of.begin(), of.begin() + static_cast<std::ptrdiff_t>(std::min(count, of.size()))};
}

} // namespace

generator::generator(std::uint64_t seed, const limits& bounds)
    : bounds_{bounds}, random_{seed}, world_{bounds} {
  spaces_ = {"", "", "", "", "", "", "", "acme"};
  clients_ = some({"ada", "bob", "cyd", "dön", "eve", "{fay}"}, 2 + below(5));
  targets_ = some(clients_, 2 + below(3));
  if (percent(30))
    targets_.push_back("nobody");
  topics_ = some({"room", "hall/1", "ö\n"}, 1 + below(3));
  keys_ = some({"typing", "Zed", "ä", "k", "kk", "\u0001", "z"}, 2 + below(6));
  // The emphasis of a script differs from seed to seed.
  auto mail = static_cast<unsigned>(1 + below(4));
  auto state = static_cast<unsigned>(1 + below(4));
  auto come_and_go = static_cast<unsigned>(1 + below(3));
  choices_ = {
      {&generator::pass_time, 30},          {&generator::connect, 8 * come_and_go},
      {&generator::leave, 6 * come_and_go}, {&generator::resume, 3 * come_and_go},
      {&generator::broken_line, 4},         {&generator::crash, bounds.has_journal ? 6U : 0U},
      {&generator::put, 14 * mail},         {&generator::put_many, 2 * mail},
      {&generator::put_newer, 3 * mail},    {&generator::drain, 1 * mail},
      {&generator::ack, 8 * mail},          {&generator::status, 4 * mail},
      {&generator::reply, 4 * mail},        {&generator::await, 4 * mail},
      {&generator::pending, 2 * mail},      {&generator::purge, 1 * mail},
      {&generator::set, 12 * state},        {&generator::clear, 4 * state},
      {&generator::list, 4 * state},        {&generator::subscribe, 6 * state},
      {&generator::unsubscribe, 1 * state}, {&generator::publish, 3 * state},
      {&generator::watch, 3 * come_and_go}, {&generator::unwatch, 1 * come_and_go},
      {&generator::list_clients, 2 * mail}, {&generator::list_topics, 2 * state},
  };
}

script generator::write(std::size_t lines) {
  unsigned total = 0;
  for (const auto& each : choices_)
    total += each.weight;
  while (lines_.size() < lines) {
    space_ = any(spaces_);
    if (percent(1)) {
      append_raw(broken_text());
      continue;
    }
    if (percent(1)) {
      burst();
      continue;
    }
    auto at = below(total);
    for (const auto& each : choices_) {
      if (at < each.weight) {
        append((this->*each.write)());
        break;
      }
      at -= each.weight;
    }
  }
  lines_.resize(lines);
  return std::move(lines_);
}

void generator::append(json line) {
  if (!space_.empty())
    line["ns"] = space_;
  append_raw(write_exact(line));
}

void generator::append_raw(const std::string& text) {
  lines_.push_back(text);
  for (const auto& output : world_.text(text, lines_.size())) {
    now_ms_ = output["t"].get<std::int64_t>();
    if (output.contains("frame") && output["frame"]["_orama"] == "notify.deliver")
      offers_.push_back({space_, output["to"], output["frame"]["trace"]});
  }
  if (offers_.size() > 8)
    offers_.erase(offers_.begin(), offers_.end() - 8);
}

/// Repeats an operation often enough to reach a cap, and one past the cap.
void generator::burst() {
  auto repeat = [this](std::size_t times, const json& line) {
    for (std::size_t i = 0; i < std::min<std::size_t>(times, 10); ++i) {
      auto each = line;
      each["id"] = "b" + std::to_string(++ids_);
      if (line["op"] == "ephemeral.set")
        each["key"] = "cap" + std::to_string(i);
      append(each);
    }
  };
  switch (below(3)) {
  case 0:
    repeat(bounds_.queue_max + 2, put());
    break;
  case 1:
    repeat(bounds_.keys_per_client_max + 2, set());
    break;
  default:
    auto id = "s" + std::to_string(++ids_);
    append({{"op", "notify.put"}, {"id", id}, {"to", any(targets_)}, {"pack", 1}, {"suit", true}});
    repeat(bounds_.waiters_per_trace_max + 2,
           {{"op", "notify.await"}, {"trace", "$" + id}, {"timeout_ms", between(1, 500)}});
    break;
  }
}

/// Mostly a short time, often exactly to a deadline or close to it, rarely a very long time.
json generator::pass_time() {
  auto ms = between(0, 250);
  auto kind = below(100);
  auto deadlines = world_.deadlines_ms();
  std::int64_t horizon = kind == 0 ? 100'000'000 : 4'000;
  std::erase_if(deadlines,
                [&](auto deadline) { return deadline < now_ms_ || deadline > now_ms_ + horizon; });
  if (kind < 40 && !deadlines.empty())
    ms = std::max<std::int64_t>(0, any(deadlines) - now_ms_ + between(-1, 1));
  else if (kind < 48)
    ms = 0;
  else if (kind < 53)
    ms = between(250, 6'000);
  else if (kind == 53)
    ms = between(60'000, 70'000);
  else if (kind == 54)
    ms = percent(50) ? 31 * 60'000 : 25 * 3'600'000;
  return {{"op", "advance"}, {"ms", ms}};
}

/// Mostly a client that is not connected; otherwise the connect is a takeover.
json generator::connect() {
  auto there = world_.connected(space_);
  auto who = any(clients_);
  for (int i = 0; i < 3 && std::find(there.begin(), there.end(), who) != there.end(); ++i)
    who = any(clients_);
  json line{{"op", "connect"}, {"client", who}};
  if (percent(70))
    line["ack"] = percent(80) ? "explicit" : "auto";
  if (percent(50))
    line["max_inflight"] = percent(90) ? between(1, 4) : between(60, 1'000);
  if (percent(50))
    line["resume_window_ms"] = percent(90) ? between(1, 4'000) : between(-1, 1'000'000);
  if (percent(15))
    line["resume"] = percent(80);
  return line;
}

json generator::crash() {
  return {{"op", "crash"}};
}

json generator::resume() {
  auto line = connect();
  line["resume"] = true;
  return line;
}

/// A window that would end at the deadline of another window is not begun, so that no two windows
/// end together: the connection leaves cleanly instead.
json generator::leave() {
  json line{{"op", percent(60) ? "cut" : "disconnect"}, {"client", any(clients_)}};
  if (line["op"] == "cut") {
    auto trial = world_;
    auto before = trial.deadlines_ms();
    auto probe = line;
    if (!space_.empty())
      probe["ns"] = space_;
    trial.line(probe, 0);
    auto after = trial.deadlines_ms();
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    std::vector<std::int64_t> added;
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(added));
    for (auto deadline : added)
      if (std::binary_search(before.begin(), before.end(), deadline))
        line["op"] = "disconnect";
  }
  return line;
}

/// Each of these lines is answered with an error, or with something harmless.
json generator::broken_line() {
  auto who = any(clients_);
  const std::vector<json> lines = {
      {{"op", "notify.putt"}, {"to", who}, {"pack", 1}},
      {{"op", "notify.put"}, {"to", ""}, {"pack", 1}},
      {{"op", "notify.put"}, {"pack", 1}},
      {{"op", "notify.put"}, {"to", who}},
      {{"op", "notify.put"}, {"to", std::string(257, 'x')}, {"pack", 1}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"suit", "yes"}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"ttl_ms", exact_number("1.5")}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"ttl_ms", "10"}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"message_id", ""}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"collapse_key", ""}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"collapse_key", std::string(257, 'x')}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"delay_ms", "5"}},
      {{"op", "notify.put"}, {"to", who}, {"pack", 1}, {"at_cap", "standard"}},
      {{"op", "notify.put"}, {"to", who}, {"pack", std::string(65'535, 'x')}},
      {{"op", "notify.put"}, {"as", who}, {"from", "mallory"}, {"to", who}, {"pack", 1}},
      {{"op", "notify.put"}, {"as", "ghost"}, {"to", who}, {"pack", 1}},
      {{"op", "notify.put"}, {"as", 7}, {"to", who}, {"pack", 1}},
      {{"op", "notify.put_many"}, {"targets", json::array()}, {"pack", 1}},
      {{"op", "notify.put_many"}, {"targets", who}, {"pack", 1}},
      {{"op", "notify.put_many"},
       {"targets", json(std::vector<std::string>(1'025, "t"))},
       {"pack", 1}},
      {{"op", "notify.ack"}, {"trace", "$p1"}},
      {{"op", "notify.ack"}, {"as", who}},
      {{"op", "notify.ack"}, {"as", who}, {"trace", ""}},
      {{"op", "notify.status"}, {"trace", "nonsense"}},
      {{"op", "notify.status"}, {"trace", "00000000000000000000000000000000"}},
      {{"op", "notify.status"}, {"trace", "$never"}},
      {{"op", "notify.status"}, {"trace", ""}},
      {{"op", "notify.reply"}, {"trace", trace()}},
      {{"op", "notify.reply"}, {"trace", "$never"}, {"reply", 1}},
      {{"op", "notify.await"}, {"trace", trace()}},
      {{"op", "notify.await"}, {"trace", "$never"}, {"timeout_ms", 10}},
      {{"op", "notify.pending"}},
      {{"op", "notify.drain"}},
      {{"op", "notify.drain"}, {"as", who}, {"client", who}},
      {{"op", "notify.purge"}, {"as", who}},
      {{"op", "ephemeral.set"}, {"topic", topics_[0]}, {"key", "k"}},
      {{"op", "ephemeral.set"}, {"as", who}, {"topic", topics_[0]}, {"key", ""}},
      {{"op", "ephemeral.set"}, {"as", who}, {"topic", ""}, {"key", "k"}},
      {{"op", "ephemeral.set"},
       {"as", who},
       {"topic", topics_[0]},
       {"key", "k"},
       {"payload", "YQ"}},
      {{"op", "ephemeral.set"},
       {"as", who},
       {"topic", topics_[0]},
       {"key", "k"},
       {"payload", "Y*=="}},
      {{"op", "ephemeral.set"},
       {"as", who},
       {"topic", topics_[0]},
       {"key", "k"},
       {"payload", std::string(21'848, 'A')}},
      {{"op", "ephemeral.clear"}, {"as", who}, {"topic", topics_[0]}},
      {{"op", "ephemeral.clear"}, {"topic", topics_[0]}, {"key", "k"}},
      {{"op", "ephemeral.list"}},
      {{"op", "ephemeral.list"}, {"topic", ""}},
      {{"op", "ephemeral.list"}, {"topic", "unknown"}},
      {{"op", "topic.subscribe"}, {"topic", topics_[0]}},
      {{"op", "topic.subscribe"}, {"as", who}},
      {{"op", "topic.publish"}, {"as", who}, {"topic", topics_[0]}},
      {{"op", "topic.publish"},
       {"as", who},
       {"topic", topics_[0]},
       {"data", std::string(65'535, 'x')}},
      {{"op", "topic.list"}, {"limit", 0}},
      {{"op", "topic.list"}, {"as", who}, {"limit", 257}},
      {{"op", "topic.list"}, {"prefix", 1}},
      {{"op", "topic.list"}, {"after", std::string(257, 'x')}},
      {{"op", "client.list"}, {"as", who}, {"limit", 0}},
      {{"op", "client.list"}, {"as", who}, {"limit", "many"}},
      {{"op", "client.list"}, {"prefix", std::string(257, 'x')}},
      {{"op", "client.watch"}, {"client", who}},
      {{"op", "client.watch"}, {"as", who}, {"client", 1}},
      {{"op", "connect"}},
      {{"op", "connect"}, {"client", who}, {"max_inflight", 0}},
      {{"op", "connect"}, {"client", who}, {"ack", "maybe"}},
      {{"op", "connect"}, {"client", who}, {"resume", 3}},
      {{"op", "cut"}, {"client", "nobody at all"}},
      {{"op", "advance"}},
      {{"op", "advance"}, {"ms", -1}},
      {{"op", "advance"}, {"ms", "1"}},
  };
  return any(lines);
}

std::string generator::broken_text() {
  const std::vector<std::string> texts = {
      "{\"op\":\"advance\",\"ms\":1",
      "nonsense",
      "[]",
      "\"advance\"",
      "null",
      "",
      "# a comment",
      "{\"op\":\"advance\",\"ms\":1} {}",
      "{\"op\":\"notify.put\",\"to\":\"bob\",\"pack\":\"\xff\xfe\"}",
      "{\"op\":\"notify.put\",\"to\":\"bob\",\"pack\":" + std::string(200, '[') +
          std::string(200, ']') + "}",
  };
  return any(texts);
}

std::uint64_t generator::below(std::uint64_t bound) {
  return random_() % bound; // the bias does no harm, and every standard library gives equal results
}

std::int64_t generator::between(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
}

bool generator::percent(unsigned chance) {
  return below(100) < chance;
}

} // namespace restante::simulation
