#pragma once

#include "restante/actors/environment.hpp"
#include "restante/actors/model/admission.hpp"
#include "restante/actors/model/alarm_grid.hpp"
#include "restante/actors/model/lease_table.hpp"
#include "restante/actors/model/listing.hpp"
#include "restante/actors/model/operations.hpp"
#include "restante/actors/model/push_feed.hpp"
#include "restante/actors/model/put_outcomes.hpp"
#include "restante/actors/model/rate.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace restante::actors {

/// The client that connects, and how it connects.
struct connection_setup {
  attachment_kind how = attachment_kind::attached;
  client_address client; ///< unused by the server identity
  inbox_options served;
  trace_id resume; ///< the token of a connection to resume; zero: none
};

using connection_self =
    connection_actor::extend_with<connection_inside, typed<accepts<connection_due>>>;

/// One attachment of a client, a visitor, or the server identity. It turns operations into messages
/// to shards, remembers them until their outcomes come, owns the client's keys, acknowledges what
/// its sink has taken, and tells topics and clients when it ends.
class connection : public dialect::shared_behavior<connection, connection_self::base> {
public:
  connection(caf::actor_config& config, environment_ptr environment, std::shared_ptr<inbox> at,
             connection_setup setup);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// The actor that was the sink is gone.
  void peer_down(const caf::actor_addr& who);

private:
  enum class phase : std::uint8_t { connecting, attached, detached, resuming, ended };

  /// A reservation in the lease table that the outcome confirms or releases.
  struct asked_lease {
    topic_address at;
    std::string key;
    lease_number lease = 0;
  };

  /// A reserved subscription or watch that a refusal releases.
  struct asked_subscription {
    std::string topic;
  };
  struct asked_watch {
    std::string client;
  };

  /// A fresh snapshot that the connection has asked for by itself.
  struct asked_resync {
    std::string topic;
  };

  using listing_ptr = std::unique_ptr<model::listing>;

  /// The data kept for an operation until its outcome comes.
  struct under_way {
    completion done;
    std::size_t bytes = 0;
    std::uint32_t credit = 1;
    std::variant<std::monostate, asked_lease, model::put_outcomes, model::purge_total,
                 trace_question, asked_subscription, asked_watch, asked_resync, listing_ptr>
        more;
  };

  // connection.cpp: how a connection begins, wakes up and ends
  void begin();
  void on(const inbox_ready&);
  void on(const connection_due& m);
  void on(const client_attached& m);
  void on(const resume_connection& m);
  void on(const connection_resumed&);
  void on(const taken_over&);
  void on(const push_taken&);
  void attach_sink(attach_result how, std::uint64_t pending);
  void take_confirmed();
  void take_operations();
  void leave_when_done();
  void ask_for_the_last();
  void lose_sink();
  void hold_without_sink();
  void end(end_reason reason, errc code = errc::none);
  void fail_all(errc code);
  void cancel_awaits();
  void arm(instant at);
  void owner_threw(std::string_view what);
  std::function<void()> tell_of_completions();

  // connection_commands.cpp: operations
  void perform(command what, completion done, std::size_t bytes);
  void ask(put_notification& m, under_way op);
  void ask(put_many& m, under_way op);
  void ask(get_status& m, under_way op);
  void ask(record_reply& m, under_way op);
  void ask(await_reply& m, under_way op);
  void ask(drain_queue& m, under_way op);
  void ask(get_pending& m, under_way op);
  void ask(purge_expired& m, under_way op);
  void ask(ack_notifications& m, under_way op);
  void ask(set_entry& m, under_way op);
  void ask(clear_entry& m, under_way op);
  void ask(list_entries& m, under_way op);
  void ask(subscribe_topic& m, under_way op);
  void ask(unsubscribe_topic& m, under_way op);
  void ask(watch_client& m, under_way op);
  void ask(unwatch_client& m, under_way op);
  void ask(list_clients& m, under_way op);
  void ask(list_topics& m, under_way op);
  template <class Command>
  requires(facts_of<Command>.goes_to == reach::topic) void ask(Command& m, under_way op);
  operation_number number(under_way op, std::uint32_t parts = 1, duration extra = {});
  operation_number number_until(instant deadline, under_way op, std::uint32_t parts);
  void gather(put_notification m);
  void flush();
  template <class Message>
  void to_client(const client_address& address, Message m) {
    const auto route = environment_->routing.route(address.ns, address.client);
    dialect::tell(this, environment_->client_shard(route), std::move(m));
  }
  /// The token carries the route of this connection's client, so the address is not hashed again.
  template <class Message>
  void to_own_client(Message m) {
    dialect::tell(this, environment_->client_shard(token_.route()), std::move(m));
  }
  template <class Message>
  void to_topic(const topic_address& at, Message m) {
    const auto route = environment_->routing.route(at.ns, at.topic);
    dialect::tell(this, environment_->topic_shard(route), std::move(m));
  }
  template <class Message>
  void to_trace(Message& m, under_way op, duration extra = {});

  // connection_listing.cpp: lists of clients and topics
  void begin_listing(model::listing::subject what, get_ids asked, under_way op);
  void ask_for_ids(under_way op);
  void ask_for_details(under_way op);
  void on(ids_view& m);
  void on(const pending_view& m);
  void on(const topic_usage_view& m);
  model::listing* listing_of(operation_number op);
  void part_of_listing_came(operation_number op);
  void finish_listing(under_way op);

  // connection_rights.cpp: rights
  void take_rights();
  model::admission admission() const {
    return {setup_.how, setup_.client, rights_.get(), environment_->bounds};
  }
  /// Counts a put of the owner. Answers whether the owner puts faster than its rate allows.
  bool is_too_fast() { return is_client() && !put_rate_.allows(now()); }

  // connection_outcomes.cpp: outcomes of operations
  template <class Outcome>
  void settle(Outcome m) {
    if (auto op = operations_.finish(m.op)) {
      give_back_credit(*op);
      finish(std::move(*op), std::move(m));
    }
  }
  /// An answer that has no `on` of its own only ends its operation.
  template <class Answer>
  void came(Answer& m) {
    if constexpr (requires { on(m); })
      on(m);
    else
      settle(std::move(m));
  }
  void give_back_credit(const under_way& op) {
    credit_used_ -= op.credit;
    bytes_used_ -= op.bytes;
  }
  void on(const put_receipts& m);
  void settle_put(const put_receipt& m);
  void on(const operation_failed& m);
  void on(const purge_receipt& m);
  void on(const entry_receipt& m);
  void accepted(const asked_lease& asked, instant until);
  void refuse_part(operation_number op, failure why);
  void end_part_of_put(operation_number op);
  void finish(under_way op, answer_value value);
  void refuse(under_way& op, failure why);
  void count_overloaded();

  // connection_output.cpp: deliveries, events, snapshots
  void on(const offer_notifications& m);
  void on(const notification_step& m);
  void on(const topic_events& m);
  void on(const topic_failed& m);
  void on(const entries_view& m);
  void on(const entry_ended& m);
  void on(const client_presence& m);
  flow hand_out(const push& what, const trace_id& trace = {});
  flow show(const push& what);
  void confirmed();
  void on_snapshot(entries_view m);
  void go_on_resyncing();
  void resync_left_out();
  void ask_for_snapshot(const std::string& topic);
  void ask_for_presence(const std::string& client);
  void postpone_resync();
  void count_losses(std::uint64_t bytes_before);
  void ack(std::vector<trace_id> traces);

  template <class... Commands, class... Answers>
  static behavior_type make_handlers(type_list<Commands...>, type_list<Answers...>);
  template <class Query>
  caf::typed_response_promise<answer_to<Query>> asked_by_request(Query& m);

  instant now() const { return environment_->now(clock()); }
  /// Whether the connection acts for a client; otherwise it acts for the server identity.
  bool is_client() const { return setup_.how != attachment_kind::serving; }
  /// Whether this is a client's own connection. Other connections answer `stale_connection` to
  /// operations that need one.
  bool is_attachment() const { return setup_.how == attachment_kind::attached; }
  std::size_t credit_max() const { return admission().credit_max(); }
  connection_self handle() { return caf::actor_cast<connection_self>(this); }

  environment_ptr environment_;
  std::shared_ptr<inbox> inbox_;
  connection_setup setup_;
  std::shared_ptr<const model::rights> rights_; ///< null: all rights
  std::shared_ptr<model::account> memory_;
  trace_id token_;
  epoch_number epoch_ = 0;
  phase phase_ = phase::connecting;
  bool has_asked_for_the_last_ = false;
  bool is_taking_ = false; ///< at this place it needs no extra memory
  caf::strong_actor_ptr sink_actor_;

  model::operations<under_way> operations_;
  std::size_t credit_used_ = 0;
  std::size_t bytes_used_ = 0;
  std::vector<put_batch> gathered_; ///< by slot, within one turn only
  model::rate put_rate_;
  instant turn_; ///< when the operations of this turn were taken

  model::lease_table leases_;
  model::push_feed feed_;
  std::vector<trace_id> taken_; ///< to acknowledge, within one turn only

  model::alarm_grid alarms_;
  instant window_ends_ = instant::never();
};

} // namespace restante::actors
