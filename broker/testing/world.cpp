#include "restante/broker/testing/world.hpp"

#include "restante/actors/protocol/caf_config.hpp"

#include <utility>

namespace restante::testing {

namespace {

class capturing_sink : public sink {
public:
  explicit capturing_sink(std::shared_ptr<captured> seen) : seen_{std::move(seen)} {}

  void attached(const connect_receipt& receipt) override { seen_->connects.push_back(receipt); }

  flow take(const push& what) override {
    seen_->pushes.push_back(what);
    return flow::taken;
  }

  void ended(const goodbye& why) override { seen_->end = why; }

private:
  std::shared_ptr<captured> seen_;
};

template <class Wanted, class Held = Wanted, class Pick>
std::vector<Wanted> pick_all(const std::vector<push>& pushes, Pick pick) {
  std::vector<Wanted> found;
  for (const auto& one : pushes) {
    if (const auto* held = std::get_if<Held>(&one))
      pick(found, *held);
  }
  return found;
}

template <class Wanted>
std::vector<Wanted> all_of(const std::vector<push>& pushes) {
  return pick_all<Wanted>(pushes, [](auto& into, const Wanted& one) { into.push_back(one); });
}

} // namespace

std::vector<offered_notification> captured::deliveries() const {
  return pick_all<offered_notification, delivery>(
      pushes, [](auto& into, const delivery& one) { into.push_back(one.notification); });
}

std::vector<topic_event> captured::events() const {
  return pick_all<topic_event, topic_events>(pushes, [](auto& into, const topic_events& one) {
    into.insert(into.end(), one.batch().events.begin(), one.batch().events.end());
  });
}

std::vector<entries_view> captured::snapshots() const {
  return all_of<entries_view>(pushes);
}
std::vector<client_presence> captured::presences() const {
  return all_of<client_presence>(pushes);
}
std::vector<notification_step> captured::steps() const {
  return all_of<notification_step>(pushes);
}
std::vector<entry_ended> captured::lost() const {
  return all_of<entry_ended>(pushes);
}

client::client(connection link, std::shared_ptr<captured> seen)
    : link_{std::move(link)}, seen_{std::move(seen)} {}

world::world(options how, std::optional<std::uint64_t> shuffle)
    : config_{std::make_unique<caf::actor_system_config>()} {
  dialect::add_message_types(*config_);
  virtual_time::configure(*config_);
  system_ = virtual_time::make_system(*config_);
  time_ = virtual_time::of(*system_);
  if (!how.seed)
    how.seed = shuffle.value_or(1);
  if (!how.started_at)
    how.started_at = instant{1};
  started_at_ = *how.started_at;
  origin_ = time_->now();
  how_ = std::move(how);
  if (shuffle) {
    random_.seed(*shuffle);
    is_shuffled_ = true;
  }
  start();
  settle();
}

void world::start() {
  broker_ = std::make_unique<restante::broker>(*system_, how_);
  time_ = broker_->server().time();
  if (is_shuffled_)
    time_->pick = [this](std::size_t n) { return random_() % n; };
}

void world::restart(const std::function<void()>& between) {
  restart_unsettled(between);
  settle();
}

void world::restart_unsettled(const std::function<void()>& between) {
  if (between)
    between();
  stop();
  time_->settle();
  how_.started_at = now();
  how_.seed = *how_.seed + 1; // the same seed would make the same traces again
  start();
}

world::~world() {
  stop();
  time_->settle();
}

client world::connect(connect_options who) {
  auto made = connect_unsettled(std::move(who));
  settle();
  return made;
}

client world::connect_unsettled(connect_options who) {
  auto seen = std::make_shared<captured>();
  auto link = broker_->connect(std::move(who), std::make_unique<capturing_sink>(seen));
  return {std::move(link), std::move(seen)};
}

void world::settle() {
  time_->settle();
}

bool world::step() {
  const auto n = time_->runnable();
  if (n > 0)
    time_->step(time_->pick(n));
  return n > 0;
}

void world::pass(duration span, const std::function<void()>& at_each) {
  settle();
  const auto until = time_->now() + span;
  while (const auto next = time_->next_alarm()) {
    if (*next > until)
      break;
    time_->ring_next();
    settle();
    if (at_each)
      at_each();
  }
  time_->advance_to(until);
  settle();
}

instant world::now() const {
  return started_at_ + std::chrono::duration_cast<duration>(time_->now() - origin_);
}

std::optional<instant> world::next_alarm() const {
  const auto next = time_->next_alarm();
  if (!next)
    return std::nullopt;
  return started_at_ + std::chrono::duration_cast<duration>(*next - origin_);
}

void world::stop() {
  broker_->stop();
}

} // namespace restante::testing
