// Requests whose answers may be large: one answer at a time is made, and it is kept only if there
// is room.

#include "restante/broker/gateway/large_answers.hpp"
#include "restante/broker/gateway/ws_session.hpp"
#include "restante/broker/gateway/ws_sink.hpp"
#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/writer.hpp"

#include <utility>

namespace restante::gateway {

namespace {

/// Undoes a subscription whose snapshot was dropped. The repeated request subscribes again.
void undo(const command& what, const std::weak_ptr<connection_endpoint>& at) {
  const auto* subscribed = std::get_if<subscribe_topic>(&what);
  const auto link = subscribed != nullptr ? at.lock() : nullptr;
  if (link)
    link->submit(unsubscribe_topic{0, subscribed->at}, [](answer_value&&) {});
}

/// Puts the answer into the outbox, or puts the request off.
void answer_large(outbox& outbox, large_request asked, std::string frame, bool must_be_kept,
                  std::uint64_t most, model::output_permit& permit) {
  auto next = again(asked.what);
  if (must_be_kept || !next) {
    outbox.answer(std::move(frame), asked.cost);
    return;
  }
  const auto bytes = frame.size();
  if (outbox.try_answer(std::move(frame), asked.cost, most, &permit))
    return;
  undo(asked.what, outbox.confirm_at);
  asked.what = std::move(*next);
  asked.needs = bytes;
  outbox.put_off(std::move(asked));
}

} // namespace

void ws_session::submit_small(command what, reply_to to, operation_credit cost) {
  auto next = again(what);
  if (!next) {
    link_->submit(std::move(what), [outbox = outbox_, to = std::move(to), cost,
                                    write = rest_](answer_value&& value) {
      outbox->answer(reply_frame(to, write(value)), cost);
    });
    return;
  }
  large_request asked{std::move(*next), std::move(to), cost, 0};
  link_->submit(std::move(what),
                [outbox = outbox_, asked = std::move(asked), write = rest_,
                 most = shared_->broker.bounds().output_bytes](answer_value&& value) mutable {
                  auto frame = reply_frame(asked.to, write(value));
                  const auto bytes = frame.size();
                  if (outbox->try_answer(std::move(frame), asked.cost, most))
                    return;
                  asked.needs = bytes;
                  outbox->put_off(std::move(asked));
                });
}

void ws_session::submit_large(large_request what) {
  if (!large_)
    large_ = std::make_unique<large_requests>();
  what.needs = answer_bytes_of(what.what);
  large_->waiting.push_back(std::move(what));
  begin_large();
}

/// An answer that had no room is requested again only after its own reader has made some room.
void ws_session::begin_large() {
  if (!large_ || large_->is_under_way || phase_ != phase::connected)
    return;
  if (large_->waiting.empty()) {
    large_.reset();
    return;
  }
  const auto needs = large_->waiting.front().needs;
  const auto& bounds = shared_->broker.bounds();
  if (outbox_->unsent() > (needs > 0 ? model::output_free_bytes : bounds.output_bytes))
    return;
  large_->is_under_way = true;
  // The permit does not come through the outbox: the session takes nothing from there while the
  // socket is full, and then all other sockets would wait for an unused permit.
  const auto self = std::static_pointer_cast<ws_session>(shared_from_this());
  auto permit = shared_->output->begin(
      needs, outbox_->known(), outbox_,
      [thread = io_thread_, waiting = std::weak_ptr{self}](model::output_permit_ptr later) {
        thread->run([waiting, later = std::move(later)]() mutable {
          if (const auto open = waiting.lock())
            open->start_large(std::move(later));
        });
      });
  if (permit)
    start_large(std::move(permit));
}

void ws_session::start_large(model::output_permit_ptr permit) {
  if (!large_ || large_->waiting.empty() || phase_ != phase::connected)
    return;
  auto asked = std::move(large_->waiting.front());
  large_->waiting.pop_front();
  auto what = asked.what;
  link_->submit(
      std::move(what),
      [outbox = outbox_, asked = std::move(asked), write = rest_, permit = std::move(permit),
       most = shared_->broker.bounds().output_bytes](answer_value&& value) mutable {
        auto frame = reply_frame(asked.to, write(value));
        const bool is_refusal = std::holds_alternative<failure>(value);
        answer_large(*outbox, std::move(asked), std::move(frame), is_refusal, most, *permit);
        permit.reset();
        outbox->large_done();
      });
}

/// Handles the result that the outbox reports for a large request.
void ws_session::take_large_result() {
  if (!batch_.put_off.empty() && !large_)
    large_ = std::make_unique<large_requests>();
  for (auto& one : batch_.put_off)
    large_->waiting.push_back(std::move(one));
  batch_.put_off.clear();
  if (large_ && batch_.is_large_done)
    large_->is_under_way = false;
}

/// Refuses the waiting large requests: the connection has ended.
void ws_session::refuse_large(errc why) {
  const auto left = std::exchange(large_, nullptr);
  if (!left)
    return;
  for (const auto& one : left->waiting)
    write(reply_frame(one.to, json::refusal({why, {}})));
}

} // namespace restante::gateway
