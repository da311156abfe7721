// The loads of `restante bench`.

#include "restante/broker/cli/bench_load.hpp"

namespace restante::cli {

namespace {

/// A load in which each sender has `pipeline` puts in progress.
class sender_load : public load {
public:
  using load::load;

  void go() override {
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      for (std::uint32_t n = 0; n < how_.pipeline; ++n)
        send(i);
    }
  }

protected:
  /// Sends another put of a sender, unless the load is over.
  virtual void send(std::size_t i) = 0;

  std::vector<connection*> senders_;
};

/// Puts to absent receivers. Measures from the put to its answer.
class put_load final : public sender_load {
public:
  using sender_load::sender_load;
  ~put_load() override { close(); }

private:
  void make_connections() override {
    for (std::uint32_t i = 0; i < how_.connections; ++i) {
      receivers_.push_back(name_of("absent", i));
      senders_.push_back(&add_connection(name_of("sender", i), {}));
    }
  }

  void send(std::size_t i) override {
    if (is_halted() || tally_.trouble())
      return;
    ++under_way_;
    const auto begin = clock::now();
    senders_[i]->put(request_to(receivers_[i]), [this, i, begin](outcome<put_receipt> how) {
      --under_way_;
      if (how)
        tally_.done.add(clock::now() - begin);
      else
        tally_.refuse(how.error());
      send(i);
    });
  }
};

/// Puts to connected receivers. Measures from the put to its delivery.
class round_load final : public sender_load {
public:
  using sender_load::sender_load;
  ~round_load() override { close(); }

private:
  void make_connections() override {
    for (std::uint32_t i = 0; i < how_.connections; ++i) {
      receivers_.push_back(name_of("receiver", i));
      senders_.push_back(&add_connection(name_of("sender", i), {}));
      handlers what;
      what.on_notification = [this, i](const offered_notification& note) { received(i, note); };
      add_connection(receivers_.back(), std::move(what));
    }
  }

  void received(std::size_t i, const offered_notification& note) {
    const auto begin = stamp_of(note.pack);
    if (!begin || note.attempts > 1)
      return; // a notification of another program, or one that was counted already
    --under_way_;
    tally_.done.add(clock::now() - *begin);
    send(i);
  }

  void send(std::size_t i) override {
    if (is_halted() || tally_.trouble())
      return;
    ++under_way_;
    senders_[i]->put(request_to(receivers_[i]), [this, i](outcome<put_receipt> how) {
      if (how)
        return; // its delivery counts instead
      --under_way_;
      tally_.refuse(how.error());
      send(i);
    });
  }
};

/// One publisher, and all other connections subscribe. Measures from the publish to each delivery.
class fan_out_load final : public load {
public:
  using load::load;
  ~fan_out_load() override { close(); }

  void go() override {
    for (const auto& one : subscribed_)
      need_subscribed(one);
    for (std::uint32_t n = 0; n < how_.pipeline; ++n)
      send();
  }

private:
  void make_connections() override {
    topic_ = name_of("topic", 0);
    publisher_ = &add_connection(name_of("publisher", 0), {});
    for (std::uint32_t i = 0; i < how_.connections; ++i) {
      handlers what;
      what.on_event = [this](const topic_address&, const topic_event& event) { received(event); };
      subscribed_.push_back(
          add_connection(name_of("subscriber", i), std::move(what)).subscribe(topic_));
    }
  }

  void need_subscribed(const answer<entries_view>& one) {
    const auto how = one.get(tally_.limits.timeout);
    if (!how)
      throw failure_at(tally_.limits, how.error(), tally_.limits.timeout);
  }

  void received(const topic_event& event) {
    if (const auto begin = stamp_of(event.payload)) {
      --under_way_;
      tally_.done.add(clock::now() - *begin);
    }
  }

  void send() {
    if (is_halted() || tally_.trouble())
      return;
    under_way_ += how_.connections;
    publisher_->submit(publish_message{0, {{}, topic_}, {}, stamped()},
                       [this](answer_value&& value) {
                         if (const auto* why = std::get_if<failure>(&value)) {
                           under_way_ -= how_.connections;
                           tally_.refuse(*why);
                         }
                         send();
                       });
  }

  std::string topic_;
  connection* publisher_ = nullptr;
  std::vector<answer<entries_view>> subscribed_;
};

} // namespace

const std::vector<std::string>& load_modes() {
  static const std::vector<std::string> all{"put", "round", "fan-out"};
  return all;
}

std::unique_ptr<load> make_load(const load_flags& how) {
  if (how.mode == "round")
    return std::make_unique<round_load>(how);
  if (how.mode == "fan-out")
    return std::make_unique<fan_out_load>(how);
  return std::make_unique<put_load>(how);
}

} // namespace restante::cli
