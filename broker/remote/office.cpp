#include "restante/broker/remote/office.hpp"

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

} // namespace

remote::office::office(std::shared_ptr<const remote_options> how) : how_{std::move(how)} {
  if (sodium_init() < 0)
    throw std::runtime_error{"no random numbers on this machine"};
}

remote::office::opened remote::office::open(remoting::attach_wish as, ack_mode acks,
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
  bool is_late = false;
  {
    const std::lock_guard lock{mutex_};
    is_late = is_stopped_;
    if (links_.size() >= prune_at_) {
      std::erase_if(links_, [](const auto& weak) { return weak.expired(); });
      prune_at_ = 2 * links_.size() + 64;
    }
    links_.push_back(made.at);
  }
  carry(made.at);
  if (is_late)
    made.at->depart(departure::at_once);
  return made;
}

std::vector<std::shared_ptr<remoting::link>> remote::office::living() {
  std::vector<std::shared_ptr<remoting::link>> found;
  const std::lock_guard lock{mutex_};
  for (const auto& weak : links_) {
    if (auto one = weak.lock(); one && !one->is_over())
      found.push_back(std::move(one));
  }
  return found;
}

void remote::office::stop() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(is_stopped_, true))
      return;
  }
  for (const auto& one : living())
    one->depart(departure::left);
  const auto limit = std::chrono::steady_clock::now() + how_->close_timeout;
  while (!time_ && !living().empty() && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  shut_down();
}

} // namespace restante
