#pragma once

#include "restante/actors/model/announcement.hpp"
#include "restante/actors/model/operations.hpp"
#include "restante/actors/protocol/backoff.hpp"
#include "restante/actors/protocol/connection_endpoint.hpp"
#include "restante/actors/protocol/credit.hpp"
#include "restante/actors/protocol/refused_acks.hpp"
#include "restante/actors/protocol/sink.hpp"
#include "restante/actors/protocol/thrown_log.hpp"
#include "restante/broker/api/answer.hpp"
#include "restante/clients/cpp/remote_options.hpp"
#include "restante/clients/cpp/transport.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace restante::remoting {

/// One attachment at a broker in another process, over any transport. Operations wait here for
/// their turn and their answers. After a loss the link reconnects, repeats the operations that may
/// be repeated, and restores the subscriptions and watches that were lost.
///
/// Any thread submits operations. Everything else happens in the thread or actor of the transport.
/// Sinks and completions are called there too, one at a time.
class link final : public connection_endpoint, public std::enable_shared_from_this<link> {
public:
  struct setup {
    attach_options as;
    ack_mode acks = ack_mode::automatic;
    std::unique_ptr<sink> out;
    answer<connect_receipt> connected;
    std::shared_ptr<const remote_options> how;
    std::string name;       ///< random, for unique message ids
    std::uint64_t seed = 0; ///< for the pauses
  };

  explicit link(setup with);

  /// Must be called before anything else.
  void use_transport(std::shared_ptr<transport> by);

  // --- from any thread ---

  void submit(command what, completion done) override;
  void depart(departure how) override;
  void confirm(std::size_t n = 1) override;
  connection_actor actor() const override;

  /// Whether the link has ended and accepts nothing more.
  bool is_over() const;

  // --- for its transport, in the thread or actor of the transport ---

  void begin();
  void woken();
  void attached(const connect_receipt& receipt, connection_actor at = {});
  void pushed(const push& what);
  void answered(operation_number op, answer_value&& value);

  /// An acknowledgement was refused.
  void ack_refused(const trace_id& trace, errc why);

  /// The operation with that number; null when no operation waits under that number.
  const command* asked_under(operation_number op);

  void disconnected(const disconnect_reason& how);
  void rang();

  /// The transport's thread or actor ends, so the link ends too.
  void abandon();

private:
  enum class phase : std::uint8_t { opening, attached, away, leaving, ended };

  /// Whether the caller asked for an operation, or the link restores what a lost connection had.
  enum class purpose : std::uint8_t { asked_for, restoring };

  /// An operation, from its submission to its outcome.
  struct asked {
    command what;
    completion done;
    instant deadline;
    operation_credit cost;
    purpose why = purpose::asked_for;
    std::uint64_t sequence = 0; ///< order of sending, once it was sent
    bool is_repeated = false;   ///< refused temporarily and sent again
  };

  /// A push that the sink has taken and not confirmed.
  struct given {
    std::size_t bytes = 0; ///< zero: not a push of the transport
    trace_id trace;        ///< to acknowledge afterwards; zero: none
    std::uint64_t attachment = 0;
  };

  // link.cpp: operations
  void take_inbox();
  void pump();
  bool has_room_for(const asked& next) const;
  asked take_next();
  void let_go(const asked& next);
  void finish(asked&& op, answer_value&& value);
  void finish_or_repeat(asked&& op, answer_value&& value);
  bool must_repeat(const asked& op, const answer_value& value) const;
  void repeat_due();
  bool is_given_up(const asked& op) const;
  void tell_operator(const std::string& line) const;
  void note(const asked& op, const answer_value& value);
  void fail(asked&& op, errc code);
  void shorten_await(asked& next) const;
  void expire();
  void sort_out(std::deque<asked>& from, errc code, std::vector<std::pair<asked, errc>>& late);
  void arm();
  instant now() const;

  // link_phases.cpp: connecting, losing the connection, leaving
  void hand_out(const push& what, std::size_t bytes);
  void confirm_one();
  void interrupted(const disconnect_reason& how);
  void keep_repeatable();
  void restore();
  void ask_again(command what);
  void restored(const asked& op, const answer_value& value);
  void announce(const outcome<connect_receipt>& how);
  void leave_when_done();
  void end(const goodbye& why, const failure& detail);
  void fail_all(const failure& why);
  void owner_threw(std::string_view what);

  struct notify {
    void operator()(transport* by) const { by->notify(); }
  };

  const std::shared_ptr<const remote_options> how_;
  const log_hook log_;
  thrown_log thrown_;
  std::shared_ptr<transport> transport_;
  std::unique_ptr<sink> sink_;
  const answer<connect_receipt> connected_;
  const ack_mode acks_;
  const std::string name_;
  attach_options options_;

  // Written by any thread.
  mutable std::mutex mutex_;
  std::vector<asked> inbox_;
  std::size_t waiting_parts_ = 0; ///< of the operations in the inbox and in `queue_`
  std::uint64_t waiting_bytes_ = 0;
  std::size_t confirmed_ = 0;
  departure departed_ = departure::none;
  errc shut_ = errc::none;
  model::announcement<transport*, notify>
      told_; ///< the transport, which calls `woken` in its own thread or actor
  connection_actor actor_;

  // Used only in the transport's thread or actor.
  phase phase_ = phase::opening;
  std::deque<asked> queue_;
  std::deque<asked> again_;  ///< sent before, so these go out before `queue_`
  std::vector<asked> later_; ///< refused temporarily; at `later_at_` they go to `again_`
  instant later_at_ = instant::never();
  backoff later_pauses_;
  refused_acks refused_acks_;
  model::operations<asked> under_way_;
  operation_credit used_;
  std::deque<given> unconfirmed_;
  std::uint64_t attachments_ = 0;
  std::set<std::string> subscriptions_;
  std::set<std::string> watches_;
  std::uint64_t message_ids_ = 0;
  std::uint64_t last_sequence_ = 0;
  instant first_waiting_ = instant::never(); ///< no waiting operation has an earlier deadline
  backoff pauses_;
  instant reopen_at_ = instant::never();
  instant armed_for_ = instant::never();
  instant lost_since_ = instant::never();
  bool is_pumping_ = false;
};

} // namespace restante::remoting
