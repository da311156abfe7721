// How connections attach to a client, leave it, take it over and resume (spec C1, C2, C4, C5).

#include "restante/actors/client.hpp"
#include "restante/actors/protocol/tell_connection.hpp"

#include <utility>

namespace restante::actors {

bool client::is_current(epoch_number epoch) const {
  return current_ && current_->epoch == epoch;
}

void client::on(const client_connected& m) {
  if (!peers_)
    peers_ = std::make_unique<peers>();
  const auto sender = dialect::sender_of(this);
  const auto peer = peers_->hold(this, sender);
  if (!current_) {
    make_current(peer, m);
    tell_watchers(presence::connected);
    return;
  }
  const bool resumes = m.resume && m.resume == current_->token && current_->now != phase::leaving;
  if (current_->newcomer != 0) {
    // The earlier newcomer never became current. It owns nothing, so nothing needs to wait for its
    // end.
    tell_connection(this, peers_->handle_of(current_->newcomer), taken_over{});
    peers_->release(this, current_->newcomer);
  }
  current_->newcomer = peer;
  current_->newcomer_request = std::make_unique<client_connected>(m);
  const auto current = peers_->handle_of(current_->connection);
  if (resumes) {
    tell_connection_as(this, sender, current, resume_connection{m.inbox});
  } else {
    current_->now = phase::leaving;
    tell_connection(this, current, taken_over{});
  }
}

void client::on(const connection_resumed& m) {
  if (!is_current(m.epoch) || current_->now == phase::leaving)
    return;
  current_->now = phase::attached;
  current_->window = m.inflight;
  if (current_->newcomer != 0 && current_->newcomer_request->inbox == m.inbox) {
    peers_->release(this, std::exchange(current_->newcomer, 0));
  }
  // Deliveries that the old sink may have lost come again, with higher `attempts`.
  queue_.return_offered(now(), effects_);
  const auto to = peers_->handle_of(current_->connection);
  tell_connection(this, to, client_attached{m.epoch, queue_.pending(now(), effects_)});
  offer();
}

void client::on(const connection_detached& m) {
  if (is_current(m.epoch) && current_->now == phase::attached)
    current_->now = phase::detached;
}

void client::on(const client_disconnected& m) {
  if (!is_current(m.epoch))
    return;
  end_attachment();
}

void client::make_current(peer_number connection, const client_connected& m) {
  current_ = std::make_unique<attachment>();
  current_->connection = connection;
  current_->epoch = m.epoch;
  current_->token = m.token;
  current_->window = m.inflight;
  const auto to = peers_->handle_of(connection);
  tell_connection(this, to, client_attached{m.epoch, queue_.pending(now(), effects_)});
  tell_effects();
  offer();
}

void client::end_attachment() {
  queue_.return_offered(now(), effects_);
  const auto ended = std::exchange(current_, nullptr);
  peers_->release(this, ended->connection);
  if (ended->newcomer != 0) {
    // Watchers see neither a disconnect nor a connect (spec C2).
    make_current(ended->newcomer, *ended->newcomer_request);
  } else {
    tell_watchers(presence::absent);
  }
}

void client::offer() {
  send_offers();
  tell_effects();
}

/// Offers every notification that may be offered. A caller that answers a put sends the offers
/// first: the receiver of that answer may stop the broker, and a connection must get the offer of
/// everything that was accepted before it ends (spec C6).
void client::send_offers() {
  if (!current_ || current_->now != phase::attached)
    return;
  auto out = queue_.offer(current_->window, now(), effects_);
  if (!out.empty()) {
    tell_connection(this, peers_->handle_of(current_->connection),
                    offer_notifications{current_->epoch, std::move(out)});
  }
}

void client::on(const watch_client& m) {
  if (!peers_)
    peers_ = std::make_unique<peers>();
  const auto sender = dialect::sender_of(this);
  if (!watchers_)
    watchers_ = std::make_unique<std::set<peer_number>>();
  if (!watchers_->contains(peers_->number_of(sender)))
    watchers_->insert(peers_->hold(this, sender));
  answer(operation_done{m.op});
  answer(client_presence{queue_.owner().client, present()});
}

void client::on(const unwatch_client& m) {
  const auto known = peers_ ? peers_->number_of(dialect::sender_of(this)) : 0;
  forget_watcher(known);
  answer(operation_done{m.op});
}

/// Does nothing if the peer does not watch.
void client::forget_watcher(peer_number number) {
  if (!watchers_ || watchers_->erase(number) == 0)
    return;
  peers_->release(this, number);
  if (watchers_->empty())
    watchers_.reset();
}

void client::tell_watchers(presence state) {
  if (!watchers_)
    return;
  for (const auto watcher : *watchers_) {
    tell_connection(this, peers_->handle_of(watcher),
                    client_presence{queue_.owner().client, state});
  }
}

void client::peer_down(const caf::actor_addr& who) {
  const auto gone = peers_ ? peers_->number_of(who) : 0;
  if (gone == 0)
    return;
  forget_watcher(gone);
  for (auto waits = queue_.forget_waiter(gone); waits > 0; --waits)
    peers_->release(this, gone);
  if (current_ && current_->newcomer == gone) {
    current_->newcomer = 0;
    peers_->release(this, gone);
  }
  if (current_ && current_->connection == gone) {
    // This message goes through the shard, so it arrives after everything that the connection has
    // sent.
    dialect::tell(this, shard(), client_disconnected{queue_.owner(), current_->epoch});
  }
  duties_.ask_to_go(this, shard(), is_idle());
}

} // namespace restante::actors
