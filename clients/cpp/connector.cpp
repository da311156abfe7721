#include "restante/clients/cpp/connector.hpp"

#include "restante/actors/protocol/callback_scope.hpp"

#include <sodium.h>

#include <array>
#include <chrono>
#include <cstring>
#include <thread>

namespace restante {

namespace {

template <std::size_t N>
std::array<unsigned char, N> random_bytes() {
  std::array<unsigned char, N> drawn{};
  randombytes_buf(drawn.data(), drawn.size());
  return drawn;
}

std::string random_name() {
  const auto drawn = random_bytes<9>();
  constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(9, variant)> text{};
  sodium_bin2base64(text.data(), text.size(), drawn.data(), drawn.size(), variant);
  return std::string{text.data()} + ".";
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  std::memcpy(&seed, random_bytes<sizeof seed>().data(), sizeof seed);
  return seed;
}

/// The transport of a link that is made after the connector was stopped.
class nowhere final : public remoting::transport {
public:
  void notify() override {}
  remoting::steady_time now() const override { return std::chrono::steady_clock::now(); }
  remoting::transport_capacity capacity() const override { return {}; }
  void open(const remoting::attach_options&) override {}
  void send(std::span<const remoting::outgoing>) override {}
  void acknowledge(const trace_id&) override {}
  void done(std::size_t) override {}
  void sign_off() override {}
  void cut() override {}
  void ring_at(remoting::steady_time) override {}
  void retire() override {}
};

} // namespace

remote::connector::connector(std::shared_ptr<const remote_options> how) : how_{std::move(how)} {
  if (sodium_init() < 0)
    throw std::runtime_error{"no random numbers on this machine"};
}

remote::connector::opened remote::connector::open(remoting::attach_options as, ack_mode acks,
                                                  std::unique_ptr<sink> out) {
  opened made{nullptr, answer<connect_receipt>{time_}};
  remoting::link::setup with;
  with.as = std::move(as);
  with.acks = acks;
  with.out = std::move(out);
  with.connected = made.connected;
  with.how = how_;
  with.name = random_name();
  with.seed = random_seed();
  made.at = std::make_shared<remoting::link>(std::move(with));
  if (!take_in(made.at)) {
    made.at->use_transport(std::make_shared<nowhere>());
    made.at->abandon();
  }
  return made;
}

/// False when the connector was stopped: its transports have ended or are about to end.
bool remote::connector::take_in(const std::shared_ptr<remoting::link>& fresh) {
  const std::lock_guard lock{mutex_};
  if (is_stopped_)
    return false;
  if (links_.size() >= prune_at_) {
    std::erase_if(links_, [](const auto& weak) { return weak.expired(); });
    prune_at_ = 2 * links_.size() + 64;
  }
  links_.push_back(fresh);
  start_transport(fresh);
  return true;
}

std::vector<std::shared_ptr<remoting::link>> remote::connector::living() {
  std::vector<std::shared_ptr<remoting::link>> found;
  const std::lock_guard lock{mutex_};
  for (const auto& weak : links_) {
    if (auto one = weak.lock(); one && !one->is_over())
      found.push_back(std::move(one));
  }
  return found;
}

void remote::connector::stop() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(is_stopped_, true))
      return;
  }
  for (const auto& one : living())
    one->depart(departure::left);
  // A callback may run in the very thread that this would wait for.
  if (callback_scope::is_inside() && !time_)
    std::thread{[self = shared_from_this()] { self->wait_and_shut_down(); }}.detach();
  else
    wait_and_shut_down();
}

void remote::connector::wait_and_shut_down() {
  const auto limit = std::chrono::steady_clock::now() + how_->close_timeout;
  while (!time_ && !living().empty() && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  shut_down();
}

} // namespace restante
