#include "restante/actors/protocol/virtual_time.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <utility>

namespace restante {

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

} // namespace restante
