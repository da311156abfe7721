// Questions of HTTP requests to the broker, and the memory that the responses take.

#include "restante/broker/gateway/http_session.hpp"
#include "restante/broker/gateway/large_answers.hpp"

#include <utility>

namespace restante::gateway {

namespace {

constexpr std::string_view answer_type = "application/json";

} // namespace

void http_session::ask(asked_operation what, credentials who) {
  is_answering_ = true;
  const auto needs = answer_bytes_of(what.what);
  const bool must_wait = waits_for_room(what.what);
  asked_ = std::make_unique<open_question>(open_question{std::move(who), std::move(what), needs});
  if (must_wait)
    begin_asked();
  else
    submit_asked(nullptr);
}

/// Waits for the permit of a large answer, and for room if the size of the answer is known.
void http_session::begin_asked() {
  const auto self = std::static_pointer_cast<http_session>(shared_from_this());
  auto permit = shared_->output->begin(
      asked_->needs, known_, self,
      [thread = io_thread_, waiting = std::weak_ptr{self}](model::output_permit_ptr later) {
        thread->run([waiting, later = std::move(later)]() mutable {
          if (const auto open = waiting.lock(); open && open->asked_)
            open->submit_asked(std::move(later));
        });
      });
  if (permit)
    submit_asked(std::move(permit));
}

namespace {

http::status status_of_answer(const answer_value& value, http::status success) {
  if (const auto* wrong = std::get_if<failure>(&value))
    return status_of(wrong->code);
  const auto* put = std::get_if<put_receipt>(&value);
  return put != nullptr && put->result == put_result::duplicate ? http::status::ok : success;
}

/// Takes room for a response from the budget and returns its size; 0 when the response needs no
/// room. Nothing when there is no room.
std::optional<std::size_t> take_room(model::output_budget& budget, const std::string& content,
                                     model::output_permit* permit, bool must_be_kept) {
  const auto bytes = content.capacity();
  if (bytes <= model::output_free_bytes)
    return 0;
  if (permit != nullptr ? permit->take(bytes) : budget.try_take(bytes))
    return bytes;
  if (!must_be_kept)
    return std::nullopt;
  budget.take(bytes);
  return bytes;
}

} // namespace

void http_session::submit_asked(model::output_permit_ptr permit) {
  auto what = asked_->what.what;
  auto done = [self = std::static_pointer_cast<http_session>(shared_from_this()),
               budget = shared_->output, success = asked_->what.success,
               ignored = asked_->what.ignored, must_be_kept = !again(what),
               permit](answer_value&& value) mutable {
    const auto* wrong = std::get_if<failure>(&value);
    auto content = content_of(value, ignored);
    content.shrink_to_fit();
    const auto charged = take_room(*budget, content, permit.get(), must_be_kept);
    permit.reset();
    const auto thread = self->io_thread_;
    if (!charged) {
      thread->run([self = std::move(self), bytes = content.size()] { self->put_off(bytes); });
      return;
    }
    const bool will_run = thread->run(
        [self = std::move(self), status = status_of_answer(value, success),
         content = std::move(content), charged = *charged,
         may_retry = wrong != nullptr && row_of(wrong->code).may_retry == retry::yes]() mutable {
          self->on_answer(status, std::move(content), charged, may_retry);
        });
    if (!will_run)
      budget->give_back(*charged);
  };
  permit.reset();
  const auto& who = asked_->who;
  if (who.who == identity::server) {
    shared_->broker.server().submit(std::move(what), std::move(done));
    return;
  }
  asking_.emplace(shared_->broker.open_visitor({who.ns, who.client}, who.rights));
  asking_->submit(std::move(what), std::move(done));
}

void http_session::on_answer(http::status status, std::string content, std::size_t charged,
                             bool may_retry) {
  charged_ += charged;
  is_answering_ = false;
  asking_.reset();
  asked_.reset();
  if (is_finished_) {
    give_back_output();
    return;
  }
  if (may_retry) {
    also("Retry-After", "1");
  }
  respond(status, std::move(content), answer_type);
}

/// Keeps the operation whose answer, of this size, had no room. It is submitted again when there is
/// room.
void http_session::put_off(std::size_t bytes) {
  asking_.reset();
  if (is_finished_ || !asked_)
    return;
  asked_->what.what = *again(asked_->what.what);
  asked_->needs = bytes;
  begin_asked();
}

/// Takes the rest of the response's size from the budget.
void http_session::count_output(const std::string& content) {
  if (charged_ > 0 || content.size() <= model::output_free_bytes)
    return;
  charged_ = content.size();
  shared_->output->take(charged_);
}

void http_session::give_back_output() {
  if (charged_ == 0)
    return;
  if (!is_finished_)
    known_ = model::reader::proven;
  shared_->output->give_back(std::exchange(charged_, 0));
}

bool http_session::keeps_others_waiting(steady_time now) {
  const bool is_old = behind_.is_old(now, charged_, 0, stream_->sent(), shared_->how.write_timeout);
  return is_old && shared_->output->is_contended();
}

void http_session::lose_stalled() {
  shared_->count.lost_stalled.fetch_add(1);
  finish();
}

} // namespace restante::gateway
