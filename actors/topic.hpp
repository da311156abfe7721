#pragma once

#include "restante/actors/child.hpp"
#include "restante/actors/model/entries.hpp"
#include "restante/actors/peers.hpp"
#include "restante/actors/relay.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace restante::actors {

/// One topic in use: owns its keys and the numbering of its stream, and tells every subscriber each
/// change in the order of the stream. State and event change in one step (spec E10).
class topic : public dialect::shared_behavior<topic, topic_actor::base> {
public:
  topic(caf::actor_config& config, child_seed seed);

  behavior_type make_behavior() override;
  void on_exit() override;

  /// An owner or subscriber is gone. The topic sends owner_gone in its name through the shard: it
  /// arrives after all other messages of the peer (spec E12).
  void peer_down(const caf::actor_addr& who);

private:
  /// Beyond this many subscribers, relays tell the rest (see relay.hpp).
  static constexpr std::size_t told_directly_max = 256;
  static constexpr std::size_t relays_max = 4;

  struct subscriber {
    caf::strong_actor_ptr handle;
    relay_actor by; ///< null: told directly
  };

  template <class... Commands>
  static behavior_type make_handlers(type_list<Commands...>);
  template <class Message>
  void guarded(Message& m);

  void on(const set_entry& m);
  void on(const clear_entry& m);
  void on(const list_entries& m);
  void on(const subscribe_topic& m);
  void on(const unsubscribe_topic& m);
  void on(const publish_message& m);
  void on(const get_topic_usage& m);
  void on(const owner_gone& m);
  void on(const child_due& m);

  /// Tells the change to subscribers, the publisher hook and former owners. False when the hook
  /// failed; the change stands in any case (spec E15).
  bool tell(model::entries_effects effects);
  bool tell_publisher(const topic_events& events);
  void tell_subscribers(const topic_events& events);
  void add_subscriber(peer_number number, const caf::strong_actor_ptr& handle);
  void remove_subscriber(peer_number number);
  const relay_actor& relay_for(peer_number number);
  entries_view view(operation_number op, view_reason reason);
  void forget_if_unused(peer_number peer);
  void fail(const std::exception& what);
  void refuse(operation_number op, errc code);
  void answer_change(operation_number op, bool is_published);
  template <class Answer>
  void answer(Answer what);
  bool is_idle() const { return entries_.empty() && subscribers_.empty() && peers_.empty(); }

  instant now() const { return environment_->now(clock()); }
  const topic_shard_actor& shard() const { return environment_->topic_shard(duties_.route()); }

  environment_ptr environment_;
  std::shared_ptr<model::account> memory_;
  child_duties<topic_shard_actor> duties_;
  const topic_address at_;
  const epoch_number epoch_;
  model::entries entries_;
  peers peers_;
  std::map<peer_number, subscriber> subscribers_; ///< in the order in which they came
  std::vector<relay_actor> relays_;               ///< none while there are few subscribers
  bool has_failed_ = false;
};

} // namespace restante::actors
