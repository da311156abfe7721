#pragma once

#include "restante/actors/model/rights.hpp"
#include "restante/messages/command.hpp"
#include "restante/messages/limits.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace restante::model {

/// Why a connection of this kind may not ask for this operation, regardless of its content; `none`
/// if it may. This is checked before everything else about the operation.
errc may_ask(attachment_kind how, const command& what);

/// Whether a connection accepts an operation: fills in the client that asks, so that no connection
/// can act as another client, and checks the operation. The checks come in the order of the
/// specification (E1): the parts of ids, rights, sizes. Checks that depend on the present state
/// come later, elsewhere: rates, and room for keys and subscriptions.
///
/// Holds references to its constructor's arguments. The connection itself sets numbers, leases and
/// epochs.
class admission {
public:
  /// `client` is not used by the server identity. Without `allowed` everything is allowed.
  admission(attachment_kind how, const client_address& client, const rights* allowed,
            const limits& bounds)
      : how_{how}, client_{client}, allowed_{allowed}, bounds_{bounds} {}

  using refusal = std::optional<failure>;

  refusal admit(put_notification& m) const;

  /// Admits the request as a whole; each target is admitted by itself.
  refusal admit(put_many& m) const;
  refusal admit_target(const std::string& target) const;

  refusal admit(get_status& m) const;
  refusal admit(record_reply& m) const;

  /// `under_way` is the number of operations of the connection. It is bounded here, because waiting
  /// costs no credit.
  refusal admit(await_reply& m, std::size_t under_way) const;

  refusal admit(drain_queue& m) const;
  refusal admit(get_pending& m) const;
  refusal admit(purge_expired& m) const;
  refusal admit(ack_notifications& m) const;
  refusal admit(set_entry& m) const;
  refusal admit(clear_entry& m) const;
  refusal admit(subscribe_topic& m) const;
  refusal admit(unsubscribe_topic& m) const;
  refusal admit(publish_message& m) const;
  refusal admit(watch_client& m) const;
  refusal admit(unwatch_client& m) const;
  refusal admit(list_clients& m) const;
  refusal admit(list_topics& m) const;

  /// A question to a topic needs the right to read the topic, and no more.
  template <class Command>
  requires(facts_of<Command>.goes_to == reach::topic) refusal admit(Command& m)
  const { return admit_reading(m.at); }

  /// The query to each shard for the topics that this client may read.
  get_ids readable_topics(id_range range) const;

  /// When the lease of a set would end (spec E2).
  instant lease_end(const set_entry& m, instant now) const;

  /// How many operations may be under way at once.
  std::size_t credit_max() const;

private:
  bool is_client() const { return how_ != attachment_kind::serving; }
  identity who() const { return is_client() ? identity::client : identity::server; }

  refusal admit_each(put_notification& m) const;
  refusal admit_question(trace_question& m) const;
  refusal admit_reading(topic_address& at) const;
  refusal admit_writing(const topic_address& at, const std::string& key) const;
  bool may_put(const std::string& to) const { return !allowed_ || allowed_->may_put(to); }
  bool may_read(const std::string& topic) const { return !allowed_ || allowed_->may_read(topic); }

  attachment_kind how_;
  const client_address& client_;
  const rights* allowed_;
  const limits& bounds_;
};

} // namespace restante::model
