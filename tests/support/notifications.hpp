#pragma once

#include "restante/broker/testing/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

/// A put of text from the given sender.
inline put_request text_to(std::string to, std::string_view pack, duration ttl = duration{0}) {
  return {.to = std::move(to), .pack = body::bytes(pack), .ttl = ttl};
}

inline put_request suit_to(std::string to, std::string_view pack, duration ttl = duration{0}) {
  return {
      .to = std::move(to), .pack = body::bytes(pack), .kind = notification_kind::suit, .ttl = ttl};
}

/// The packs of delivered or drained notifications, in order.
template <class Notifications>
std::vector<std::string> packs_of(const Notifications& all) {
  std::vector<std::string> packs;
  for (const auto& one : all)
    packs.emplace_back(one.pack.view());
  return packs;
}

using packs = std::vector<std::string>;

/// The steps of one trace that a sender was told, in order.
inline std::vector<notification_state> states_of(const captured& seen, const trace_id& trace) {
  std::vector<notification_state> states;
  for (const auto& step : seen.steps()) {
    if (step.trace == trace)
      states.push_back(step.state);
  }
  return states;
}

/// A world and its server identity, with short helpers. `at` sets the seed of the schedule.
class NotificationWorld : public ::testing::Test {
protected:
  /// The world; made on first use, so that a test may set `how` and `seed` before.
  world& w() {
    if (!world_)
      world_ = std::make_unique<world>(how, seed);
    return *world_;
  }

  /// For a world that uses members of the test until its end.
  void end_world() { world_.reset(); }

  server_identity& server() { return w().server(); }

  template <class T>
  outcome<T> of(const answer<T>& what) {
    return w().outcome_of(what);
  }

  /// A put by the server identity that must be accepted.
  put_receipt put(put_request what) { return must(of(server().put(std::move(what)))); }

  template <class T>
  static T must(const outcome<T>& what) {
    if (!what) {
      ADD_FAILURE() << "refused: " << to_string(what.code()) << " " << what.error().text();
      return {};
    }
    return *what;
  }

  std::uint64_t pending(const std::string& client) {
    return must(of(server().pending(client))).pending;
  }

  packs drain(const std::string& client) {
    return packs_of(must(of(server().drain(client))).notifications);
  }

  errc status_code(const trace_id& trace) { return of(server().status(trace)).code(); }
  notification_view status(const trace_id& trace) {
    return must(of(server().status(trace))).notification;
  }

  /// A client that acknowledges automatically.
  client explicitly(std::string name, std::uint32_t max_inflight = inflight_max) {
    return w().connect({.client = std::move(name),
                        .acks = ack_mode::explicit_by_peer,
                        .max_inflight = max_inflight});
  }

  /// Lets every outstanding alarm ring: nothing may be left then.
  void expect_quiet() {
    w().pass(std::chrono::hours{48});
    EXPECT_EQ(w().next_alarm(), std::nullopt);
  }

  options how;
  std::optional<std::uint64_t> seed;

private:
  std::unique_ptr<world> world_;
};

} // namespace restante::testing
