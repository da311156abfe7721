#pragma once

#include "restante/actors/model/client_queue.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace restante::model {

/// The contents of a journal on disk.
class disk_rows {
public:
  /// Stores the changes and returns the row of the first put.
  row_number keep(const journal_changes& changes) {
    const auto first = last_ + 1;
    for (auto put : changes.puts) {
      put.row = ++last_;
      rows_[put.row] = std::move(put);
    }
    for (const auto& one : changes.offered)
      change(one.row, [&](auto& kept) { kept.attempts = one.attempts; });
    for (const auto row : changes.delivered)
      change(row, [&](auto& kept) { kept.delivered_at = changes.delivered_at; });
    for (const auto& one : changes.replies) {
      change(one.row, [&](auto& kept) {
        kept.reply = one.value;
        kept.replied_at = one.replied_at;
      });
    }
    for (const auto row : changes.gone)
      rows_.erase(row);
    return first;
  }

  std::map<row_number, kept_notification> rows() const { return rows_; }

private:
  template <class Change>
  void change(row_number row, Change how) {
    if (const auto found = rows_.find(row); found != rows_.end())
      how(found->second);
  }

  std::map<row_number, kept_notification> rows_;
  row_number last_ = 0;
};

/// A client queue of `bob` in namespace `ns`, a clock that a test moves, and the effects for other
/// actors. The test parameter decides where the queue keeps accepted notifications. With a journal,
/// each step is a separate commit, so that all rules are tested in both modes.
class ClientQueueTest : public ::testing::TestWithParam<kept_in> {
protected:
  explicit ClientQueueTest(limits how = {}) : bounds{how} {}

  virtual bool has_journal() const { return GetParam() == kept_in::disk; }

  /// Makes the journal commit the staged changes.
  void commit(std::uint32_t window = 0) {
    row_number row = 0;
    if (queue().has_changes(window, now, effects))
      row = disk.keep(queue().take_changes(window, now, effects));
    queue().settle_offers();
    for (; staged_puts > 0; --staged_puts)
      queue().commit_put(row, now, effects);
  }

  /// Simulates a crash: the queue is restored from the disk.
  void restart() {
    drop();
    for (const auto& [row, kept] : disk.rows()) {
      if (kept.expires_at >= now)
        queue().restore(kept);
    }
    queue().end_restore(now, effects);
    commit();
  }

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
    const trace_id trace{0xb0b, ++last_trace};
    if (!has_journal())
      return queue().put(m, trace, now, effects);
    auto result = queue().stage_put(m, trace, now, effects);
    const auto* receipt = std::get_if<put_receipt>(&result);
    if (receipt != nullptr && receipt->result == put_result::accepted)
      ++staged_puts;
    commit();
    return result;
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
    return queue().status(question(trace, std::move(asker)), now, effects);
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
    const auto asked = question(trace, std::move(asker));
    const auto what = body::bytes(value);
    if (!has_journal())
      return queue().reply(asked, what, now, effects);
    if (const auto code = queue().stage_reply(asked, what, now, effects); code != errc::none)
      return code;
    commit();
    return queue().commit_reply(asked, what, now, now, effects);
  }

  std::vector<offered_notification> offers(std::uint32_t window = 64) {
    commit(has_journal() ? window : 0);
    return queue().offer(window, now, effects);
  }

  std::vector<std::string> offer(std::uint32_t window = 64) {
    std::vector<std::string> packs;
    for (const auto& one : offers(window))
      packs.emplace_back(one.pack.view());
    return packs;
  }

  std::vector<std::string> drain() {
    std::vector<std::string> packs;
    for (const auto& one : drained())
      packs.emplace_back(one.pack.view());
    return packs;
  }

  std::vector<notification_view> drained() {
    if (!has_journal())
      return queue().drain(now, effects);
    const auto traces = queue().stage_drain(now, effects);
    commit();
    return queue().commit_drain(traces, now, now, effects);
  }

  ack_result ack(const trace_id& trace) {
    if (!has_journal())
      return queue().ack(trace, now, effects);
    const auto result = queue().stage_ack(trace, now, effects);
    commit();
    if (result == ack_result::in_time)
      queue().commit_ack(trace, now, effects);
    return result;
  }
  std::size_t pending() { return queue().pending(now, effects); }

  std::vector<notification_state> states() const {
    std::vector<notification_state> all;
    for (const auto& step : effects.steps)
      all.push_back(step.state);
    return all;
  }

  /// Made on first use, so that a test may set `bounds` and `memory` before.
  client_queue& queue() {
    if (!queue_) {
      queue_ = std::make_unique<client_queue>(client_address{"ns", "bob"}, bounds, *memory);
      if (has_journal())
        queue_->use_journal(7);
    }
    return *queue_;
  }

  /// Ends the client queue. All its counted memory must be given back.
  void drop() { queue_.reset(); }

  using packs = std::vector<std::string>;

  limits bounds;
  std::shared_ptr<account> memory = std::make_shared<account>("ns", std::uint64_t{1} << 30);
  instant now{1'000'000'000};
  queue_effects effects;
  std::uint64_t last_trace = 0;
  std::size_t staged_puts = 0;
  disk_rows disk;

private:
  std::unique_ptr<client_queue> queue_;
};

} // namespace restante::model
