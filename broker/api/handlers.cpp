#include "restante/broker/api/handlers.hpp"

#include "restante/actors/protocol/thrown_log.hpp"

#include <utility>

namespace restante {

namespace {

class callback_sink : public sink {
public:
  explicit callback_sink(handlers what) : what_{std::move(what)} {}

  void attached(const connect_receipt& receipt) override {
    if (what_.on_connected)
      call_named("handler on_connected", what_.on_connected, receipt);
  }

  void interrupted(const goodbye& why) override {
    if (what_.on_interrupted)
      call_named("handler on_interrupted", what_.on_interrupted, why);
  }

  flow take(const push& what) override {
    std::visit([this](const auto& it) { call(it); }, what);
    return flow::taken;
  }

  void ended(const goodbye& why) override {
    if (what_.on_end)
      call_named("handler on_end", what_.on_end, why);
  }

private:
  void call(const delivery& it) {
    if (what_.on_notification)
      call_named("handler on_notification", what_.on_notification, it.notification);
  }
  void call(const topic_events& it) {
    if (!what_.on_event)
      return;
    const auto& batch = it.batch();
    for (const auto& event : batch.events)
      call_named("handler on_event", what_.on_event, batch.at, event);
  }
  void call(const entries_view& it) {
    if (what_.on_snapshot)
      call_named("handler on_snapshot", what_.on_snapshot, it);
  }
  void call(const entry_ended& it) {
    if (what_.on_lost)
      call_named("handler on_lost", what_.on_lost, it);
  }
  void call(const client_presence& it) {
    if (what_.on_presence)
      call_named("handler on_presence", what_.on_presence, it);
  }
  void call(const notification_step& it) {
    if (what_.on_receipt)
      call_named("handler on_receipt", what_.on_receipt, it);
  }

  handlers what_;
};

/// The connection monitors the actor (`watched`). Unconfirmed pushes count as queued output: a slow
/// actor is resynchronised, and a dead actor is a lost sink.
class actor_sink : public sink {
public:
  explicit actor_sink(sink_actor out) : out_{std::move(out)} {}

  void attached(const connect_receipt& receipt) override { send(receipt); }

  flow take(const push& what) override {
    std::visit([this](const auto& it) { send(it); }, what);
    return flow::waiting;
  }

  void ended(const goodbye& why) override {
    send(why);
    connection_ = nullptr;
  }

  caf::strong_actor_ptr watched() const override {
    return caf::actor_cast<caf::strong_actor_ptr>(out_);
  }

  void set_connection(const caf::strong_actor_ptr& connection) override {
    connection_ = connection;
  }

private:
  template <class Message>
  void send(const Message& what) {
    dialect::tell_in_name_of(connection_, out_, what);
  }

  sink_actor out_;
  caf::strong_actor_ptr connection_;
};

class announcing_sink : public sink {
public:
  announcing_sink(std::unique_ptr<sink> to, answer<connect_receipt> connected)
      : to_{std::move(to)}, connected_{std::move(connected)} {}

  void attached(const connect_receipt& receipt) override {
    to_->attached(receipt);
    fulfil(receipt);
  }

  void opened(const std::weak_ptr<connection_endpoint>& at) override { to_->opened(at); }
  void interrupted(const goodbye& why) override { to_->interrupted(why); }

  flow take(const push& what) override { return to_->take(what); }

  void ended(const goodbye& why) override {
    const auto code = why.code != errc::none               ? why.code
                      : why.reason == end_reason::shutdown ? errc::shutting_down
                                                           : errc::stale_connection;
    try {
      fulfil(failure{code, {}});
    } catch (...) {
      to_->ended(why); // even when a callback of `connected` throws
      throw;
    }
    to_->ended(why);
  }

  caf::strong_actor_ptr watched() const override { return to_->watched(); }
  void set_connection(const caf::strong_actor_ptr& who) override { to_->set_connection(who); }

private:
  void fulfil(const outcome<connect_receipt>& how) {
    call_named("a completion of `connected`", [this, &how] { connected_.fulfil(how); });
  }

  std::unique_ptr<sink> to_;
  answer<connect_receipt> connected_;
};

} // namespace

std::unique_ptr<sink> make_sink(handlers what) {
  return std::make_unique<callback_sink>(std::move(what));
}

std::unique_ptr<sink> make_sink(sink_actor out) {
  return std::make_unique<actor_sink>(std::move(out));
}

std::unique_ptr<sink> announcing(std::unique_ptr<sink> to, answer<connect_receipt> connected) {
  return std::make_unique<announcing_sink>(std::move(to), std::move(connected));
}

} // namespace restante
