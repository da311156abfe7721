#pragma once

#include "restante/actors/child.hpp"
#include "restante/actors/model/postbox.hpp"
#include "restante/actors/peers.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace restante::actors {

/// One client: owns what waits for it, knows the connection that is current, offers and
/// hears acks, tells those who watch it. Exists while there is something to remember, and
/// is reached through its shard only.
class client : public dialect::shared_behavior<client, client_actor::base> {
public:
  client(caf::actor_config& config, child_seed seed);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// A peer is gone without saying so: a crashed connection.
  void peer_down(const caf::actor_addr& who);

private:
  /// Whether the current connection takes offers.
  enum class phase : std::uint8_t { attached, detached, leaving };

  /// The connection that counts, and the one that waits for its place.
  struct attachment {
    peer_number connection = 0;
    epoch_number epoch = 0;
    trace_id token;
    std::uint32_t window = 0;
    phase now = phase::attached;
    peer_number newcomer = 0; ///< 0: none
    std::unique_ptr<client_connected> newcomer_words;
  };

  template <class Message>
  void guarded(Message& m);

  void on(const put_batch& m);
  void put(const put_notification& m, put_receipts& into);
  void on(const get_status& m);
  void on(const record_reply& m);
  void on(const await_reply& m);
  void on(const cancel_await& m);
  void on(const drain_queue& m);
  void on(const get_pending& m);
  void on(const ack_notifications& m);
  void on(const notification_step& m);
  void on(const client_connected& m);
  void on(const connection_resumed& m);
  void on(const connection_detached& m);
  void on(const client_disconnected& m);
  void on(const watch_client& m);
  void on(const unwatch_client& m);
  void on(const child_due& m);
  void on(const trim_records& m);

  bool is_current(epoch_number epoch) const;
  presence present() const { return current_ ? presence::connected : presence::absent; }
  bool knows_or_passes_on(const trace_question& asked, auto& m);
  void make_current(peer_number connection, const client_connected& m);
  void end_attachment();
  void offer();
  void tell_watchers(presence state);
  void tell_news();
  void answer_waiter(const model::waiter_answer& what);
  void refuse(operation_number op, errc code);
  template <class Answer>
  void answer(Answer what) {
    if (const auto sender = dialect::sender_of(this)) {
      dialect::tell_peer(this, sender, std::move(what));
    }
  }
  void settle();
  void count_waiting();
  bool is_idle() const;

  instant now() const { return world_->now(clock()); }
  const client_shard_actor& shard() const { return world_->client_shard(duties_.route()); }

  environment_ptr world_;
  std::shared_ptr<model::account> memory_;
  child_duties<client_shard_actor> duties_;
  model::postbox box_;
  model::postbox_news news_;
  std::unique_ptr<attachment> current_;
  std::unique_ptr<peers> peers_;
  std::vector<peer_number> watchers_;
  std::uint64_t counted_waiting_ = 0; ///< what of `counters::waiting` is this client's
  bool has_failed_ = false;
};

} // namespace restante::actors
