#include "restante/broker/gateway/listener.hpp"

#include <boost/asio/ip/address.hpp>

#include <stdexcept>

namespace restante::gateway {

namespace {

using listeners = std::vector<std::shared_ptr<listener>>;
using io_threads = std::vector<std::shared_ptr<io_thread>>;

/// How many ports are tried. A port that is free for one address family may be in use for the
/// other.
constexpr int attempts_max = 16;

bool is_family_missing(error_code why) {
  return why == net::error::address_family_not_supported ||
         why == boost::system::errc::address_not_available;
}

void check_authentication(const gateway_options& how, bool is_loopback) {
  if (is_loopback || how.tokens || how.insecure)
    return;
  throw std::runtime_error{
      "will not listen on " + how.address +
      " without authentication: configure tokens, or say that it may be insecure"};
}

/// Listens on both loopback addresses, on one port. Throws the last error, unless it only means
/// that this machine lacks the address family.
listeners listen_on_loopback(const std::shared_ptr<shared_state>& in, const io_threads& threads) {
  listeners made;
  std::optional<listen_error> missing;
  auto port = in->how.port;
  for (const auto* name : {"127.0.0.1", "::1"}) {
    const auto address = net::ip::make_address(name);
    try {
      made.push_back(std::make_shared<listener>(in, threads, tcp::endpoint{address, port}));
      port = made.back()->port();
    } catch (const listen_error& failed) {
      if (!is_family_missing(failed.why()))
        throw;
      missing.emplace(failed);
    }
  }
  if (made.empty())
    throw listen_error{*missing};
  if (missing)
    in->log(severity::info, "listening_on_one_family", {{"reason", missing->what()}});
  return made;
}

} // namespace

listeners listen_at(const std::shared_ptr<shared_state>& in, const io_threads& threads) {
  const auto& how = in->how;
  if (how.address != "localhost") {
    error_code bad;
    const auto address = net::ip::make_address(how.address, bad);
    if (bad)
      throw std::runtime_error{"cannot listen on " + how.address + ": it is no IP address"};
    check_authentication(how, address.is_loopback());
    return {std::make_shared<listener>(in, threads, tcp::endpoint{address, how.port})};
  }
  for (int attempt = 1;; ++attempt) {
    try {
      return listen_on_loopback(in, threads);
    } catch (const listen_error& failed) {
      if (how.port != 0 || failed.why() != net::error::address_in_use || attempt == attempts_max)
        throw;
    }
  }
}

} // namespace restante::gateway
