#include "restante/tests/remote/link_fixture.hpp"

#include <gtest/gtest.h>

namespace restante::testing {

namespace {

class noting_sink final : public sink {
public:
  explicit noting_sink(std::shared_ptr<sink_notes> into) : into_{std::move(into)} {}

  void attached(const connect_receipt& receipt) override {
    into_->attached.push_back(receipt);
    fail_at(sink_notes::throwing::attached);
  }
  void interrupted(const goodbye& why) override {
    into_->interrupted.push_back(why);
    fail_at(sink_notes::throwing::interrupted);
  }
  flow take(const push& what) override {
    into_->pushes.push_back(what);
    fail_at(sink_notes::throwing::take);
    return into_->takes;
  }
  void ended(const goodbye& why) override {
    into_->ended.push_back(why);
    fail_at(sink_notes::throwing::ended);
  }

private:
  void fail_at(sink_notes::throwing where) const {
    if (into_->throws == where)
      throw std::runtime_error{"a sink that throws"};
  }

  std::shared_ptr<sink_notes> into_;
};

struct in_a_word {
  std::string operator()(const put_notification& m) const {
    return "put " + std::string{m.pack.view()};
  }
  std::string operator()(const put_many& m) const {
    return "put_many " + std::string{m.each.pack.view()};
  }
  std::string operator()(const get_status&) const { return "status"; }
  std::string operator()(const record_reply&) const { return "reply"; }
  std::string operator()(const await_reply&) const { return "await"; }
  std::string operator()(const drain_queue&) const { return "drain"; }
  std::string operator()(const get_pending&) const { return "pending"; }
  std::string operator()(const purge_expired&) const { return "purge"; }
  std::string operator()(const ack_notifications&) const { return "ack"; }
  std::string operator()(const set_entry& m) const { return "set " + m.key; }
  std::string operator()(const clear_entry& m) const { return "clear " + m.key; }
  std::string operator()(const list_entries& m) const { return "list " + m.at.topic; }
  std::string operator()(const subscribe_topic& m) const { return "subscribe " + m.at.topic; }
  std::string operator()(const unsubscribe_topic& m) const { return "unsubscribe " + m.at.topic; }
  std::string operator()(const publish_message& m) const { return "publish " + m.at.topic; }
  std::string operator()(const watch_client& m) const { return "watch " + m.client.client; }
  std::string operator()(const unwatch_client& m) const { return "unwatch " + m.client.client; }
  std::string operator()(const list_clients& m) const { return "clients " + m.range.prefix; }
  std::string operator()(const list_topics& m) const { return "topics " + m.range.prefix; }
};

} // namespace

void fake_transport::send(std::span<const remoting::outgoing> what) {
  ++batches;
  for (const auto& one : what)
    sent.push_back({one.op, *one.what});
}

completion pending_answer::filler() const {
  return [got = got_](answer_value&& value) { got->push_back(std::move(value)); };
}

errc pending_answer::code() const {
  EXPECT_EQ(got_->size(), 1u) << "answered so often";
  if (got_->empty())
    return errc::none;
  const auto* why = std::get_if<failure>(&got_->front());
  return why != nullptr ? why->code : errc::none;
}

remoting::attach_options options_of_ann(attachment_kind how) {
  remoting::attach_options made;
  made.how = how;
  made.client = {"acme", "ann"};
  return made;
}

link_fixture::link_fixture(remote_options how, remoting::attach_options as, ack_mode acks) {
  remoting::link::setup with;
  with.as = std::move(as);
  with.acks = acks;
  with.out = std::make_unique<noting_sink>(notes_);
  with.connected = connected_;
  with.how = std::make_shared<const remote_options>(std::move(how));
  with.name = "name.";
  with.seed = 7;
  link_ = std::make_shared<remoting::link>(std::move(with));
  link_->use_transport(transport_);
  link_->begin();
}

link_fixture::~link_fixture() {
  link_->abandon();
}

pending_answer link_fixture::ask(command what) {
  pending_answer made;
  link_->submit(std::move(what), made.filler());
  settle();
  return made;
}

void link_fixture::attach(attach_result how) {
  connect_receipt receipt;
  receipt.client = {"acme", "ann"};
  receipt.resume = trace_id{1, ++tokens_};
  receipt.result = how;
  link_->attached(receipt);
}

void link_fixture::lose(remoting::reconnect_advice then, goodbye why) {
  link_->disconnected({why, {errc::unreachable, "nobody there"}, then});
}

void link_fixture::settle() {
  while (std::exchange(transport_->is_notified, false))
    link_->woken();
}

void link_fixture::pass(duration span) {
  const auto until = transport_->time + span;
  while (transport_->rings_at && *transport_->rings_at <= until) {
    transport_->time = std::max(transport_->time, *transport_->rings_at);
    transport_->rings_at.reset();
    link_->rang();
    settle();
  }
  transport_->time = until;
}

duration link_fixture::pass_until_opened() {
  const auto began = transport_->time;
  const auto before = transport_->opened.size();
  while (transport_->opened.size() == before && transport_->rings_at)
    pass(std::max(*transport_->rings_at - transport_->time, duration{0}));
  EXPECT_EQ(transport_->opened.size(), before + 1) << "it does not come again";
  return transport_->time - began;
}

void link_fixture::come_again(attach_result how) {
  pass_until_opened();
  attach(how);
}

put_notification put_of(const std::string& pack, const std::string& message_id) {
  put_notification made;
  made.to = {"acme", "bob"};
  made.pack = body::bytes(pack);
  made.message_id = message_id;
  return made;
}

std::vector<std::string> words_of(const std::vector<fake_transport::said>& sent) {
  std::vector<std::string> made;
  for (const auto& one : sent)
    made.push_back(std::visit(in_a_word{}, one.what));
  return made;
}

delivery delivery_of(const trace_id& trace) {
  delivery made;
  made.notification.trace = trace;
  made.notification.from = "bob";
  return made;
}

} // namespace restante::testing
