#include "restante/broker/node/peer_outbox.hpp"

#include <utility>

namespace restante::nodes {

namespace {

/// How many bytes may wait without counting as queued output: a busy peer always has some on the
/// way.
constexpr std::size_t easy_bytes = std::size_t{64} * 1024;

/// The fixed cost of one update on the way, bytes.
constexpr std::size_t word_bytes = 64;

std::size_t size_of_answer(const answer_value& value) {
  if (const auto* view = std::get_if<status_view>(&value))
    return word_bytes + view->notification.pack.size() + view->notification.reply.size();
  if (const auto* reply = std::get_if<reply_view>(&value))
    return word_bytes + reply->value.size();
  if (const auto* many = std::get_if<put_many_receipt>(&value))
    return word_bytes * (1 + many->outcomes.size());
  if (const auto* entries = std::get_if<entries_view>(&value))
    return size_of(push{*entries});
  std::size_t bytes = word_bytes;
  if (const auto* list = std::get_if<clients_view>(&value)) {
    for (const auto& one : list->clients)
      bytes += word_bytes + one.client.size();
  }
  if (const auto* list = std::get_if<topics_view>(&value)) {
    for (const auto& one : list->topics)
      bytes += word_bytes + one.topic.size();
  }
  if (const auto* all = std::get_if<drain_view>(&value)) {
    for (const auto& one : all->notifications)
      bytes += word_bytes + one.pack.size() + one.reply.size();
  }
  return bytes;
}

class peer_sink final : public sink {
public:
  explicit peer_sink(std::shared_ptr<peer_outbox> outbox) : outbox_{std::move(outbox)} {}

  void opened(const std::weak_ptr<connection_endpoint>& at) override { outbox_->confirm_at = at; }
  void attached(const connect_receipt& receipt) override { outbox_->attached(receipt); }
  flow take(const push& what) override { return outbox_->take(what); }
  void ended(const goodbye& why) override { outbox_->end(why); }
  void set_connection(const caf::strong_actor_ptr& who) override { outbox_->set_connection(who); }

private:
  std::shared_ptr<peer_outbox> outbox_;
};

} // namespace

void peer_outbox::belong_to(node_session_actor who) {
  std::unique_lock lock{mutex_};
  told_.belong_to(who);
  if (!who) {
    items_ = {};
    refused_ = {};
    connection_ = nullptr;
  } else if (!items_.empty()) {
    told_.announce(std::move(lock));
  }
}

void peer_outbox::add(item what) {
  std::unique_lock lock{mutex_};
  if (!told_.reader())
    return;
  bytes_ += what.bytes;
  items_.push_back(std::move(what));
  told_.announce(std::move(lock));
}

void peer_outbox::refused(const std::vector<trace_id>& acks) {
  std::unique_lock lock{mutex_};
  if (!told_.reader())
    return;
  refused_.insert(refused_.end(), acks.begin(), acks.end());
  told_.announce(std::move(lock));
}

void peer_outbox::answer(operation_number op, answer_value&& value) {
  if (op == 0)
    return; // no session takes the answer any more
  const auto bytes = size_of_answer(value);
  add({{peer_outcome{op, std::move(value)}}, bytes, false});
}

flow peer_outbox::take(const push& what) {
  const auto bytes = size_of(what);
  bool is_easy = false;
  {
    const std::lock_guard lock{mutex_};
    if (!told_.reader())
      return flow::waiting; // no session takes the push: it stays unconfirmed and is offered again
    is_easy = bytes_ <= easy_bytes;
  }
  add({{peer_push{what}}, bytes, !is_easy});
  return is_easy ? flow::taken : flow::waiting;
}

void peer_outbox::attached(const connect_receipt& receipt) {
  add({{receipt}, word_bytes, false});
}

void peer_outbox::end(const goodbye& why) {
  add({{why}, word_bytes, false});
}

void peer_outbox::set_connection(const caf::strong_actor_ptr& connection) {
  const std::lock_guard lock{mutex_};
  connection_ = connection;
}

peer_outbox::taken peer_outbox::take_all() {
  taken all;
  const std::lock_guard lock{mutex_};
  told_.looked();
  all.items.swap(items_);
  all.refused.swap(refused_);
  all.connection = std::exchange(connection_, nullptr);
  return all;
}

void peer_outbox::done(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  bytes_ -= std::min(bytes, bytes_);
}

std::unique_ptr<sink> make_peer_sink(std::shared_ptr<peer_outbox> outbox) {
  return std::make_unique<peer_sink>(std::move(outbox));
}

} // namespace restante::nodes
