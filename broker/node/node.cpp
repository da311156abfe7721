#include "restante/broker/node/node.hpp"

#include "restante/actors/protocol/caf_node.hpp"
#include "restante/broker/node/node_listener.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>
#include <thread>
#include <utility>

namespace restante {

namespace {

/// How long `stop` waits for its actors to end.
constexpr std::chrono::seconds stop_patience{2};

bool is_loopback(const std::string& address) {
  if (address == "localhost")
    return true;
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

std::string url_of(const node_options& how) {
  return "caf://" + how.address + ":" + std::to_string(how.port);
}

} // namespace

class node::state {
public:
  state(broker& broker, node_options how)
      : shared_{std::make_shared<nodes::shared_state>(broker)}, how_{std::move(how)} {
    if (!how_.trusted_network && !is_loopback(how_.address))
      throw std::runtime_error{"a node trusts its peers: " + url_of(how_) +
                               " is only listened on with node_trusted_network"};
    auto& system = broker.system();
    if (!system.has_middleman())
      throw std::runtime_error{"the actor system was made without configure_node"};
    listener_ = caf::actor_cast<node_listener_actor>(system.spawn<nodes::node_listener>(shared_));
    const auto address = how_.address == "localhost" ? "127.0.0.1" : how_.address;
    const auto bound = dialect::publish(listener_, how_.port, address);
    if (!bound) {
      caf::anon_send_exit(listener_, caf::exit_reason::user_shutdown);
      throw std::runtime_error{"cannot listen on " + url_of(how_) + ": " +
                               (bound.error() ? system.render(bound.error()) : "no port")};
    }
    port_ = *bound;
  }

  std::uint16_t port() const { return port_; }
  std::size_t peers() const { return shared_->sessions.load(); }
  void refuse_newcomers() { shared_->is_closing.store(true); }

  void stop() {
    if (!listener_)
      return;
    refuse_newcomers();
    dialect::unpublish(listener_);
    // The listener was published, so CAF keeps it alive until it is ended explicitly.
    caf::anon_send_exit(std::exchange(listener_, {}), caf::exit_reason::user_shutdown);
    const auto limit = std::chrono::steady_clock::now() + stop_patience;
    while (shared_->sessions.load() > 0 && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(std::chrono::microseconds{200});
  }

private:
  std::shared_ptr<nodes::shared_state> shared_;
  node_options how_;
  node_listener_actor listener_;
  std::uint16_t port_ = 0;
};

node::node(broker& broker, node_options how)
    : state_{std::make_unique<state>(broker, std::move(how))} {}

node::~node() {
  state_->stop();
}

std::uint16_t node::port() const {
  return state_->port();
}

std::size_t node::peers() const {
  return state_->peers();
}

void node::refuse_newcomers() {
  state_->refuse_newcomers();
}

void node::stop() {
  state_->stop();
}

} // namespace restante
