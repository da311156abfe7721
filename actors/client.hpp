#pragma once

#include "restante/actors/child.hpp"
#include "restante/actors/model/client_queue.hpp"
#include "restante/actors/peers.hpp"
#include "restante/actors/protocol/tell_connection.hpp"

#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace restante::actors {

/// One client: owns its notifications, knows its current connection, offers notifications and
/// handles acks, and tells its watchers. It exists while there is something to remember, and is
/// reached only through its shard.
///
/// With a journal, each change takes two steps: it is staged and sent to the journal; it takes
/// effect and is answered when it is on disk (spec D1). One commit of a client is on its way at a
/// time; operations that arrive in between are parked and go together into the next commit.
class client : public dialect::shared_behavior<client, client_with_journal::base> {
public:
  client(caf::actor_config& config, child_seed seed);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// A peer ended without a message: a crashed connection.
  void peer_down(const caf::actor_addr& who);

private:
  /// Whether the current connection takes offers.
  enum class phase : std::uint8_t { attached, detached, leaving };

  /// The current connection, and the connection that waits to take over.
  struct attachment {
    peer_number connection = 0;
    epoch_number epoch = 0;
    trace_id token;
    std::uint32_t window = 0;
    phase now = phase::attached;
    peer_number newcomer = 0; ///< 0: none
    std::unique_ptr<client_connected> newcomer_request;
  };

  // Operations that are answered when their commit is done.
  struct staged_put {
    caf::strong_actor_ptr who;
    put_receipt receipt;
  };
  struct staged_acks {
    caf::strong_actor_ptr who;
    operation_number op = 0;
    std::vector<trace_id> traces;
    ack_result result = ack_result::in_time;
  };
  struct staged_reply {
    caf::strong_actor_ptr who;
    record_reply what;
    instant at;
  };
  struct staged_drain {
    caf::strong_actor_ptr who;
    operation_number op = 0;
    std::vector<trace_id> traces;
  };
  using staged_operation = std::variant<staged_put, staged_acks, staged_reply, staged_drain>;

  /// An answer that a commit has confirmed, held back until the effects have been sent.
  struct held_answer {
    caf::strong_actor_ptr who;
    std::variant<put_receipts, ack_receipt, status_view, drain_view> what;
  };
  using held_answers = std::vector<held_answer>;

  /// An operation that came while a commit was on its way.
  struct parked_operation {
    caf::strong_actor_ptr who;
    std::variant<put_batch, ack_notifications, record_reply, drain_queue, get_pending> what;
  };

  /// Exists while a commit is staged or on its way.
  struct commit {
    bool is_on_its_way = false;
    instant at; ///< when its deliveries were acknowledged
    std::vector<staged_operation> staged;
    std::deque<parked_operation> parked;
  };

  template <class... Commands>
  static behavior_type make_handlers(type_list<Commands...>);

  /// `guarded` handles a message from the shard, `guarded_inside` a message that did not come
  /// through the shard. No exception leaves them.
  template <class Message>
  void guarded(Message& m);
  template <class Message>
  void guarded_inside(Message& m);
  template <class Message>
  bool try_on(Message& m);

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
  void on(const restore_notifications& m);
  void on(const restore_done& m);
  void on(const changes_committed& m);
  void on(const changes_failed& m);

  // With a journal.
  template <class Message>
  void stage_or_park(const Message& m);
  bool must_wait(const parked_operation& m) const;
  void stage(const caf::strong_actor_ptr& who, const put_batch& m);
  void stage(const caf::strong_actor_ptr& who, const ack_notifications& m);
  void stage(const caf::strong_actor_ptr& who, const record_reply& m);
  void stage(const caf::strong_actor_ptr& who, const drain_queue& m);
  void stage(const caf::strong_actor_ptr& who, const get_pending& m);
  std::vector<staged_operation>& staged();
  void committed(const staged_put& m, row_number& row, held_answers& into);
  void committed(const staged_acks& m, row_number& row, held_answers& into);
  void committed(const staged_reply& m, row_number& row, held_answers& into);
  void committed(const staged_drain& m, row_number& row, held_answers& into);
  void failed(const staged_put& m, errc code);
  void failed(const staged_acks& m, errc code);
  void failed(const staged_reply& m, errc code);
  void failed(const staged_drain& m, errc code);
  void end_commit();
  void tell_journal();
  void tell_journal_at_last();
  bool has_journal() const { return environment_->has_journal(); }
  std::uint32_t open_window() const;

  bool is_current(epoch_number epoch) const;
  presence present() const { return current_ ? presence::connected : presence::absent; }
  bool knows_or_passes_on(const trace_question& asked, auto& m);
  void make_current(peer_number connection, const client_connected& m);
  void end_attachment();
  void offer();
  void send_offers();
  void tell_records();
  void tell_watchers(presence state);
  void forget_watcher(peer_number number);
  void tell_effects();
  void tell_waiters();
  void answer_waiter(const model::waiter_answer& what);
  void refuse(operation_number op, errc code);
  void refuse_to(const caf::strong_actor_ptr& who, operation_number op, errc code);
  template <class Answer>
  void answer(Answer what) {
    answer_to(dialect::sender_of(this), std::move(what));
  }
  template <class Answer>
  void answer_to(const caf::strong_actor_ptr& who, Answer what) {
    if (who)
      tell_connection(this, who, std::move(what));
  }
  void settle();
  void count_waiting();
  bool is_idle() const;

  instant now() const { return environment_->now(clock()); }
  const client_shard_actor& shard() const { return environment_->client_shard(duties_.route()); }

  environment_ptr environment_;
  std::shared_ptr<model::account> memory_;
  child_duties<client_shard_actor> duties_;
  model::client_queue queue_;
  model::queue_effects effects_;
  std::unique_ptr<attachment> current_;
  std::unique_ptr<peers> peers_;
  std::unique_ptr<std::set<peer_number>> watchers_; ///< null: none
  std::unique_ptr<commit> commit_;
  std::uint64_t counted_waiting_ = 0; ///< this client's part of `broker_counts::waiting`
  bool has_told_records_ = false;     ///< the shard knows that there are delivered records
  bool has_failed_ = false;
};

} // namespace restante::actors
