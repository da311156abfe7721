#include "restante/actors/protocol/configure_node.hpp"
#include "restante/broker/api/configure.hpp"
#include "restante/clients/cpp/connector.hpp"
#include "restante/clients/cpp/node_client.hpp"

#include <chrono>
#include <thread>

namespace restante::remoting {

namespace {

/// The actors of a peer have little work: one thread is enough for them, in addition to CAF's
/// threads for the network.
constexpr std::size_t peer_threads = 1;

/// How long node clients may take to end.
constexpr std::chrono::seconds stop_patience{2};

/// An actor system that a `remote` made for itself.
struct own_system {
  explicit own_system(const remote_options& how) {
    configure(config, peer_threads);
    configure_node(config, how.ping_interval);
    made = std::make_unique<caf::actor_system>(config);
    made->await_actors_before_shutdown(false);
  }

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> made;
};

class node_connector final : public remote::connector {
public:
  node_connector(std::shared_ptr<const remote_options> how, broker_url to,
                 caf::actor_system* theirs)
      : connector{how}, own_{theirs != nullptr ? nullptr : std::make_unique<own_system>(*how)},
        system_{theirs != nullptr ? *theirs : *own_->made},
        shared_{std::make_shared<node_shared_state>()} {
    if (!system_.has_middleman())
      throw std::invalid_argument{"the actor system was made without configure_node"};
    shared_->how = std::move(how);
    shared_->to = std::move(to);
    time_ = virtual_time::of(system_);
  }

  ~node_connector() override {
    // The last handle may be dropped in a callback, which runs in a thread of the system that ends
    // here.
    if (own_)
      std::thread{[own = std::move(own_)]() mutable { own.reset(); }}.detach();
  }

protected:
  void start_transport(const std::shared_ptr<link>& what) override {
    const auto by = std::make_shared<node_transport>(shared_, system_, what);
    what->use_transport(by);
    by->begin();
  }

  void shut_down() override {
    for (const auto& one : living())
      one->depart(departure::at_once);
    const auto limit = std::chrono::steady_clock::now() + stop_patience;
    while (!time_ && shared_->clients.load() > 0 && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }

private:
  std::unique_ptr<own_system> own_;
  caf::actor_system& system_;
  std::shared_ptr<node_shared_state> shared_;
};

} // namespace

std::shared_ptr<remote::connector> make_node_connector(std::shared_ptr<const remote_options> how,
                                                       broker_url to, caf::actor_system* theirs) {
  return std::make_shared<node_connector>(std::move(how), std::move(to), theirs);
}

} // namespace restante::remoting
