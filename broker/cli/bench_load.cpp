#include "restante/broker/cli/bench_load.hpp"

#include "restante/broker/cli/one_shot_client.hpp"
#include "restante/broker/cli/printing.hpp"

#include <charconv>
#include <thread>
#include <utility>

namespace restante::cli {

namespace {

/// The leftovers of a killed bench expire by themselves, this long after its planned end.
constexpr std::chrono::seconds left_over{60};

} // namespace

void tally::refuse(const failure& why) {
  refused.fetch_add(1);
  if (row_of(why.code).may_retry == retry::no)
    fail(failure_at(limits, why, duration{0}));
}

void tally::fail(const command_failed& why) {
  const std::lock_guard lock{mutex_};
  if (!trouble_)
    trouble_ = why;
}

std::optional<command_failed> tally::trouble() const {
  const std::lock_guard lock{mutex_};
  return trouble_;
}

load::load(const load_flags& how) : how_{how}, prefix_{made_up_client("bench-")} {
  tally_.limits = patience_of(how.broker);
}

void load::open() {
  remote_.emplace(open_remote(remote_options_of(how_.broker)));
  refuse_tokens();
  make_connections();
  for (const auto& one : connections_)
    need(one->connected(), tally_.limits);
}

void load::refuse_tokens() {
  connect_options asked;
  asked.client = name_of("first", 0);
  asked.ns = how_.broker.ns;
  const auto first = remote_->connect(std::move(asked), handlers{});
  const auto who = need(first.connected(), tally_.limits).client.client;
  // With a token all connections would have one client name, and would take each other over.
  if (!who.starts_with(prefix_))
    throw bad_usage("bench needs a broker where clients say who they are, without tokens; this "
                    "one says they are " +
                    printable(who));
}

connection& load::add_connection(const std::string& client, handlers what) {
  connect_options who;
  who.client = client;
  who.ns = how_.broker.ns;
  what.on_end = [this, client](const goodbye& why) {
    if (!is_halted_)
      tally_.fail(end_at(tally_.limits, client, why, {}));
  };
  connections_.push_back(
      std::make_unique<connection>(remote_->connect(std::move(who), std::move(what))));
  return *connections_.back();
}

void load::halt() {
  is_halted_ = true;
  const auto limit =
      clock::now() + std::min<duration>(tally_.limits.timeout, std::chrono::seconds{2});
  while (under_way_ > 0 && clock::now() < limit && !tally_.trouble())
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  tally_.unfinished = under_way_.load();
}

void load::clean_up() {
  connections_.clear();
  if (receivers_.empty())
    return;
  auto operator_ = remote_->open_server();
  std::vector<answer<drain_view>> drained;
  for (const auto& one : receivers_)
    drained.push_back(operator_.drain(one, how_.broker.ns));
  for (const auto& one : drained)
    need(one, tally_.limits);
}

void load::close() {
  is_halted_ = true;
  connections_.clear();
  remote_.reset();
}

body load::stamped() const {
  auto text = "\"" + std::to_string(clock::now().time_since_epoch().count()) + ":";
  if (text.size() + 1 < how_.bytes)
    text.append(how_.bytes - text.size() - 1, 'x');
  return body::json(text += '"');
}

std::optional<load::clock::time_point> load::stamp_of(const body& pack) {
  const auto text = pack.view().substr(pack.empty() ? 0 : 1);
  clock::duration::rep ticks = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), ticks);
  if (read.ec != std::errc{} || read.ptr == text.data() + text.size() || *read.ptr != ':')
    return std::nullopt;
  return clock::time_point{clock::duration{ticks}};
}

std::string load::name_of(const std::string& role, std::uint32_t number) const {
  return prefix_ + "-" + role + "-" + std::to_string(number);
}

put_request load::request_to(const std::string& receiver) const {
  put_request made;
  made.to = receiver;
  made.pack = stamped();
  made.ttl = milliseconds_of(how_.seconds) + left_over;
  return made;
}

} // namespace restante::cli
