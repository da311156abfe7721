#include "restante/actors/protocol/virtual_time.hpp"

#if RESTANTE_CAF_1
#include <caf/detail/actor_system_access.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler.hpp>

#include <algorithm>
#include <deque>
#include <map>
#else
#include <caf/scheduler/test_coordinator.hpp>

#include <utility>
#endif

namespace restante {

#if RESTANTE_CAF_1

namespace {

class manual_clock : public caf::actor_clock {
public:
  time_point now() const noexcept override { return now_; }

  using caf::actor_clock::schedule;
  caf::disposable schedule(time_point at, caf::action what) override {
    alarms_.emplace(at, what);
    return std::move(what).as_disposable();
  }

  std::optional<time_point> next() {
    drop_disposed();
    return alarms_.empty() ? std::nullopt : std::optional{alarms_.begin()->first};
  }

  void ring() {
    drop_disposed();
    if (alarms_.empty())
      return;
    auto [at, what] = *alarms_.begin();
    alarms_.erase(alarms_.begin());
    now_ = std::max(now_, at);
    what.run();
  }

  void set(time_point at) { now_ = std::max(now_, at); }

private:
  void drop_disposed() {
    while (!alarms_.empty() && alarms_.begin()->second.disposed())
      alarms_.erase(alarms_.begin());
  }

  time_point now_{duration_type{1}};
  std::multimap<time_point, caf::action> alarms_;
};

class manual_scheduler : public caf::scheduler {
public:
  explicit manual_scheduler(manual_clock& clock) : clock_{clock} {}

  void schedule(caf::resumable* job) override { jobs_.push_back(job); }
  void delay(caf::resumable* job) override { jobs_.push_back(job); }
  void start() override {}
  void stop() override {
    while (!jobs_.empty())
      run(0);
  }

  std::size_t size() const { return jobs_.size(); }
  manual_clock& clock() { return clock_; }

  void run(std::size_t index) {
    std::swap(jobs_[0], jobs_[index]);
    auto* job = jobs_.front();
    jobs_.pop_front();
    switch (job->resume(this, 1)) {
    case caf::resumable::resume_later:
      jobs_.push_front(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break;
    default:
      caf::intrusive_ptr_release(job);
      break;
    }
  }

private:
  manual_clock& clock_;
  std::deque<caf::resumable*> jobs_;
};

class manual_system : public caf::actor_system {
public:
  explicit manual_system(caf::actor_system_config& config)
      : caf::actor_system{config, &set_up, nullptr} {}

private:
  static void set_up(caf::actor_system& system, caf::actor_system_config&, void*) {
    caf::detail::actor_system_access access{system};
    auto clock = std::make_unique<manual_clock>();
    auto scheduler = std::make_unique<manual_scheduler>(*clock);
    access.clock(std::move(clock));
    access.scheduler(std::move(scheduler));
  }
};

class controls : public virtual_time {
public:
  explicit controls(manual_scheduler& scheduler) : scheduler_{scheduler} {}

  std::size_t runnable() const override { return scheduler_.size(); }
  void step(std::size_t index) override { scheduler_.run(index); }
  time_point now() const override { return scheduler_.clock().now(); }
  std::optional<time_point> next_alarm() const override { return scheduler_.clock().next(); }
  void ring_next() override { scheduler_.clock().ring(); }
  void advance_to(time_point at) override { scheduler_.clock().set(at); }

private:
  manual_scheduler& scheduler_;
};

} // namespace

std::shared_ptr<virtual_time> virtual_time::of(caf::actor_system& system) {
  auto* scheduler = dynamic_cast<manual_scheduler*>(&system.scheduler());
  return scheduler != nullptr ? std::make_shared<controls>(*scheduler) : nullptr;
}

void virtual_time::configure(caf::actor_system_config&) {}

std::unique_ptr<caf::actor_system> virtual_time::make_system(caf::actor_system_config& config) {
  return std::make_unique<manual_system>(config);
}

#else

namespace {

class controls : public virtual_time {
public:
  explicit controls(caf::scheduler::test_coordinator& coordinator) : coordinator_{coordinator} {}

  std::size_t runnable() const override { return coordinator_.jobs.size(); }

  void step(std::size_t index) override {
    std::swap(coordinator_.jobs[0], coordinator_.jobs[index]);
    coordinator_.try_run_once();
  }

  time_point now() const override { return coordinator_.clock().now(); }

  std::optional<time_point> next_alarm() const override {
    const auto& alarms = coordinator_.clock().schedule();
    return alarms.empty() ? std::nullopt : std::optional{alarms.begin()->first};
  }

  void ring_next() override { coordinator_.trigger_timeout(); }

  void advance_to(time_point at) override {
    if (at > now())
      coordinator_.advance_time(at - now());
  }

private:
  caf::scheduler::test_coordinator& coordinator_;
};

} // namespace

std::shared_ptr<virtual_time> virtual_time::of(caf::actor_system& system) {
  auto* coordinator = dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler());
  return coordinator != nullptr ? std::make_shared<controls>(*coordinator) : nullptr;
}

void virtual_time::configure(caf::actor_system_config& config) {
  config.set("scheduler.policy", caf::atom("testing"));
}

std::unique_ptr<caf::actor_system> virtual_time::make_system(caf::actor_system_config& config) {
  return std::make_unique<caf::actor_system>(config);
}

#endif

} // namespace restante
