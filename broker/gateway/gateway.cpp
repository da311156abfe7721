#include "restante/broker/gateway/gateway.hpp"

#include "restante/broker/gateway/listener.hpp"
#include "restante/broker/gateway/shared_state.hpp"
#include "restante/broker/sockets/io_thread.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

namespace restante::gateway {

namespace {

gateway_options checked(gateway_options how) {
  how.io_threads = std::clamp<std::size_t>(how.io_threads, 1, 64);
  how.ping_interval = std::max(how.ping_interval, std::chrono::milliseconds{10});
  return how;
}

/// Frequent enough that no timeout is exceeded by more than a tenth of a ping interval.
std::chrono::milliseconds round_of(const gateway_options& how) {
  const auto shortest =
      std::min({how.ping_interval / 4, how.handshake_timeout / 4, how.write_timeout / 4,
                how.close_timeout / 2, std::chrono::milliseconds{1000}});
  return std::max(shortest, std::chrono::milliseconds{8});
}

} // namespace

class gateway::state {
public:
  state(broker& broker, gateway_options how)
      : shared_{std::make_shared<shared_state>(broker, checked(std::move(how)))} {
    for (std::size_t i = 0; i < shared_->how.io_threads; ++i)
      threads_.push_back(std::make_shared<io_thread>(round_of(shared_->how)));
    listeners_ = listen_at(shared_, threads_);
    for (const auto& thread : threads_)
      thread->start();
    for (const auto& each : listeners_)
      each->start();
  }

  ~state() { stop(std::chrono::milliseconds{0}); }

  std::uint16_t port() const { return listeners_.front()->port(); }
  shared_state& inside() { return *shared_; }
  const shared_state& inside() const { return *shared_; }

  void refuse_newcomers() {
    shared_->is_closing.store(true);
    for (const auto& each : listeners_)
      each->stop();
  }

  void stop(std::chrono::milliseconds patience) {
    if (std::exchange(is_stopped_, true))
      return;
    refuse_newcomers();
    const auto limit = std::chrono::steady_clock::now() + patience;
    for (const auto& thread : threads_) {
      thread->run([at = thread.get()] {
        for (const auto& handler : at->handlers())
          handler->leave();
      });
    }
    const auto is_empty = [](const auto& thread) { return thread->size() == 0; };
    while (!is_hurried_ && std::chrono::steady_clock::now() < limit &&
           !std::ranges::all_of(threads_, is_empty))
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    for (const auto& thread : threads_)
      thread->stop();
  }

  void hurry() { is_hurried_ = true; }

private:
  std::shared_ptr<shared_state> shared_;
  std::vector<std::shared_ptr<io_thread>> threads_;
  std::vector<std::shared_ptr<listener>> listeners_; ///< at least one
  bool is_stopped_ = false;
  std::atomic<bool> is_hurried_{false};
};

gateway::gateway(broker& broker, gateway_options how)
    : state_{std::make_unique<state>(broker, std::move(how))} {}

gateway::~gateway() = default;

std::uint16_t gateway::port() const {
  return state_->port();
}

void gateway::refuse_newcomers() {
  state_->refuse_newcomers();
}

void gateway::stop() {
  state_->stop(state_->inside().how.close_timeout);
}

void gateway::hurry() {
  state_->hurry();
}

void gateway::take(const gateway_options& how) {
  state_->inside().take(how);
}

std::optional<std::string> gateway::reload_tls() {
  const auto& how = state_->inside().how;
  return reload_tls(how.tls_cert, how.tls_key);
}

std::optional<std::string> gateway::reload_tls(const std::string& cert, const std::string& key) {
  auto& in = state_->inside();
  if (!in.tls())
    return std::nullopt;
  try {
    in.change_tls(make_tls(cert, key));
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

gateway_stats gateway::stats() const {
  return state_->inside().stats();
}

} // namespace restante::gateway
