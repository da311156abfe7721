#pragma once

#include "restante/actors/model/postbox.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {

/// A postbox of `bob` in namespace `ns`, a clock that a test moves, and what was told to others.
class PostboxTest : public testing::Test {
protected:
  explicit PostboxTest(limits how = {}) : bounds{how} {}

  /// A put as a connection sends it: `pack`, to bob, from alice.
  static put_notification asked(std::string pack, duration ttl = duration{0}) {
    put_notification m;
    m.to = {"ns", "bob"};
    m.from = "alice";
    m.pack = body::bytes(pack);
    m.ttl = ttl;
    return m;
  }

  static put_notification suit(std::string pack, duration ttl = duration{0}) {
    auto m = asked(std::move(pack), ttl);
    m.kind = notification_kind::suit;
    return m;
  }

  std::variant<put_receipt, errc> try_put(const put_notification& m) {
    return box().put(m, trace_id{0xb0b, ++last_trace}, now, news);
  }

  /// The receipt of a put that must be accepted.
  put_receipt put(const put_notification& m) {
    auto result = try_put(m);
    if (const auto* code = std::get_if<errc>(&result)) {
      ADD_FAILURE() << "refused: " << to_string(*code);
      return {};
    }
    return std::get<put_receipt>(result);
  }

  put_receipt put(std::string pack, duration ttl = duration{0}) {
    return put(asked(std::move(pack), ttl));
  }

  errc refusal(const put_notification& m) {
    const auto result = try_put(m);
    const auto* code = std::get_if<errc>(&result);
    return code != nullptr ? *code : errc::none;
  }

  static trace_question question(const trace_id& trace, std::string asker = {}) {
    trace_question q;
    q.ns = "ns";
    q.trace = trace;
    q.by = asker.empty() ? identity::server : identity::client;
    q.asker = std::move(asker);
    return q;
  }

  std::variant<notification_view, errc> try_status(const trace_id& trace, std::string asker = {}) {
    return box().status(question(trace, std::move(asker)), now, news);
  }

  notification_view status(const trace_id& trace) {
    const auto result = try_status(trace);
    const auto* seen = std::get_if<notification_view>(&result);
    if (seen == nullptr)
      ADD_FAILURE() << "no status: " << to_string(std::get<errc>(result));
    return seen != nullptr ? *seen : notification_view{};
  }

  errc code_of(const std::variant<notification_view, errc>& result) {
    const auto* code = std::get_if<errc>(&result);
    return code != nullptr ? *code : errc::none;
  }

  std::variant<notification_view, errc> reply(const trace_id& trace, std::string value,
                                              std::string asker = "bob") {
    return box().reply(question(trace, std::move(asker)), body::bytes(value), now, news);
  }

  std::vector<std::string> offer(std::uint32_t window = 64) {
    std::vector<std::string> packs;
    for (const auto& one : box().offer(window, now, news))
      packs.emplace_back(one.pack.view());
    return packs;
  }

  std::vector<std::string> drain() {
    std::vector<std::string> packs;
    for (const auto& one : box().drain(now, news))
      packs.emplace_back(one.pack.view());
    return packs;
  }

  ack_result ack(const trace_id& trace) { return box().ack(trace, now, news); }
  std::size_t pending() { return box().pending(now, news); }

  std::vector<notification_state> states() const {
    std::vector<notification_state> all;
    for (const auto& step : news.steps)
      all.push_back(step.state);
    return all;
  }

  /// Made on first use, so that a test may set `bounds` and `memory` before.
  postbox& box() {
    if (!box_)
      box_ = std::make_unique<postbox>(client_address{"ns", "bob"}, bounds, *memory);
    return *box_;
  }

  /// Ends the postbox: what it kept must be given back.
  void drop() { box_.reset(); }

  using packs = std::vector<std::string>;

  limits bounds;
  std::shared_ptr<account> memory = std::make_shared<account>("ns", std::uint64_t{1} << 30);
  instant now{1'000'000'000};
  postbox_news news;
  std::uint64_t last_trace = 0;

private:
  std::unique_ptr<postbox> box_;
};

} // namespace restante::model
