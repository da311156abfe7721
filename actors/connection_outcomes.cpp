// The outcomes of a connection's operations.

#include "restante/actors/connection.hpp"
#include "restante/actors/protocol/callback_scope.hpp"
#include "restante/actors/protocol/shown_times.hpp"

#include <utility>

namespace restante::actors {

void connection::on(const put_receipts& m) {
  for (const auto& receipt : m.receipts)
    settle_put(receipt);
}

void connection::settle_put(const put_receipt& m) {
  auto* op = operations_.find(m.op);
  if (op == nullptr)
    return;
  if (auto* outcomes = std::get_if<model::put_outcomes>(&op->more)) {
    outcomes->accepted(operations_.part_of(m.op), m);
    end_part_of_put(m.op);
  } else {
    settle(m);
  }
}

void connection::on(const operation_failed& m) {
  auto* op = operations_.find(m.op);
  if (op == nullptr) {
    // Only a connect has no number, so this refusal is of the connect.
    if (m.op == 0 && phase_ == phase::connecting)
      end(end_reason::refused, m.code);
    return;
  }
  if (std::holds_alternative<model::put_outcomes>(op->more)) {
    refuse_part(m.op, {m.code, m.detail});
    return;
  }
  if (listing_of(m.op) != nullptr) { // a shard or a child failed: the list leaves it out
    part_of_listing_came(m.op);
    return;
  }
  if (const auto* asked = std::get_if<asked_lease>(&op->more)) {
    if (m.code == errc::publisher_failed) { // the change stands (spec E15)
      accepted(*asked, now() + lease_max);
    } else {
      leases_.refused(asked->at, asked->key, asked->lease);
    }
  }
  if (const auto* asked = std::get_if<asked_subscription>(&op->more))
    feed_.topics().refused(asked->topic);
  if (const auto* asked = std::get_if<asked_watch>(&op->more))
    feed_.clients().leave(asked->client);
  if (const auto* asked = std::get_if<asked_resync>(&op->more)) {
    if (feed_.topics().resync_failed(asked->topic))
      postpone_resync();
  }
  auto ended = operations_.finish(m.op);
  give_back_credit(*ended);
  finish(std::move(*ended), failure{m.code, m.detail});
}

void connection::accepted(const asked_lease& asked, instant until) {
  leases_.accepted(asked.at, asked.key, asked.lease, until);
  const auto before = feed_.loss_bytes();
  feed_.regained(asked.at, asked.key);
  count_losses(before);
}

void connection::on(const entry_receipt& m) {
  if (const auto* op = operations_.find(m.op)) {
    if (const auto* asked = std::get_if<asked_lease>(&op->more)) {
      accepted(*asked, m.expires_at);
    }
  }
  settle(m);
}

void connection::on(const purge_receipt& m) {
  auto* op = operations_.find(m.op);
  if (op == nullptr)
    return;
  std::get<model::purge_total>(op->more).add(m);
  if (auto ended = operations_.finish_part(m.op)) {
    give_back_credit(*ended);
    const auto all = std::get<model::purge_total>(ended->more).receipt();
    finish(std::move(*ended), all);
  }
}

void connection::refuse_part(operation_number number, failure why) {
  auto* op = operations_.find(number);
  if (op == nullptr)
    return;
  if (why.code == errc::overloaded)
    count_overloaded();
  std::get<model::put_outcomes>(op->more).refused(operations_.part_of(number), std::move(why));
  end_part_of_put(number);
}

void connection::end_part_of_put(operation_number number) {
  if (auto ended = operations_.finish_part(number)) {
    give_back_credit(*ended);
    auto all = std::get<model::put_outcomes>(std::move(ended->more)).receipt();
    finish(std::move(*ended), std::move(all));
  }
}

void connection::count_overloaded() {
  environment_->count.refused_overloaded.fetch_add(1, std::memory_order_relaxed);
}

void connection::finish(under_way op, answer_value value) {
  if (const auto* bad = std::get_if<failure>(&value); bad && bad->code == errc::overloaded)
    count_overloaded();
  if (const auto ahead = environment_->wall_ahead(clock()); ahead.count() != 0)
    shift_times(value, ahead);
  try {
    const callback_scope inside;
    if (op.done)
      op.done(std::move(value));
  } catch (...) {
    owner_threw("a completion");
    if (is_client()) {
      end(end_reason::sink_failed); // only this connection ends (C7); the server identity goes on
      return;
    }
  }
  if (inbox_ && phase_ == phase::attached) {
    if (inbox_->has_waiting() || inbox_->departed() != departure::none)
      take_operations();
  }
}

void connection::refuse(under_way& op, failure why) {
  if (auto* outcomes = std::get_if<model::put_outcomes>(&op.more);
      outcomes != nullptr && why.code == errc::unknown_outcome) {
    auto so_far = std::move(*outcomes).receipt(); // some targets may have answered
    finish(std::move(op), std::move(so_far));
    return;
  }
  finish(std::move(op), std::move(why));
}

} // namespace restante::actors
