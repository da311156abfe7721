// A connection whose output goes to an actor of this program. The actor confirms each push after it
// has handled it. The program's own message types have ids of their own, beside Restante's.

#include "restante/broker/api/broker.hpp"

#include <future>
#include <iostream>
#include <memory>
#include <string>

/// A message type of this program: how many notifications were handled.
struct handled {
  int count = 0;
};

template <class Inspector>
auto inspect(Inspector& f, handled& x) {
  return f(x.count);
}

// CAF's ids for a program's own types start here. Restante's are 10,000 to 10,999.
CAF_BEGIN_TYPE_ID_BLOCK(my_program, first_custom_type_id)
CAF_ADD_TYPE_ID(my_program, (handled))
CAF_END_TYPE_ID_BLOCK(my_program)

using namespace restante;

namespace {

using counter_actor = dialect::typed<caf::result<void>(handled)>;

/// Fulfils the promise at the third notification.
counter_actor::behavior_type counter(counter_actor::pointer,
                                     std::shared_ptr<std::promise<int>> third) {
  return {[third](const handled& m) {
    if (m.count == 3)
      third->set_value(m.count);
  }};
}

/// Bob's sink. A confirmed delivery is acknowledged; an unconfirmed delivery comes again when the
/// sink ends.
class mail_sink : public sink_actor::base {
public:
  mail_sink(caf::actor_config& config, counter_actor tells)
      : sink_actor::base{config}, tells_{std::move(tells)} {}

  behavior_type make_behavior() override {
    return {
        [](const connect_receipt&) {}, // not confirmed
        [this](const delivery& m) {
          std::cout << "bob reads: " + std::string{m.notification.pack.view()} + '\n';
          dialect::tell(this, tells_, handled{++count_});
          confirm(this);
        },
        [this](const topic_events&) { confirm(this); },
        [this](const entries_view&) { confirm(this); },
        [this](const entry_ended&) { confirm(this); },
        [this](const client_presence&) { confirm(this); },
        [this](const notification_step&) { confirm(this); },
        [this](const goodbye&) { quit(); }, // not confirmed
    };
  }

private:
  counter_actor tells_;
  int count_ = 0;
};

} // namespace

int main() {
  caf::actor_system_config config;
  configure<caf::id_block::my_program>(config, 2); // this program's types, and Restante's
  caf::actor_system system{config};
  broker broker{system};

  auto third = std::make_shared<std::promise<int>>();
  auto sink = system.spawn<mail_sink>(system.spawn(counter, third));
  auto bob = broker.connect({.client = "bob"}, caf::actor_cast<sink_actor>(sink));
  for (const auto* pack : {"call me", "call again", "never mind"})
    broker.server().put({.to = "bob", .pack = body::bytes(pack)}).get();

  std::cout << third->get_future().get() << " are handled\n";
  bob.disconnect(); // its goodbye ends the sink
}
