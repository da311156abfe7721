#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/behavior.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/execution_unit.hpp>
#include <caf/exit_reason.hpp>
#include <caf/expected.hpp>
#include <caf/local_actor.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>
#include <caf/result.hpp>
#include <caf/resumable.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/skip.hpp>
#include <caf/spawn_options.hpp>
#include <caf/system_messages.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_behavior.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <string>
#include <type_traits>
#include <utility>

// All that differs between CAF 0.17.6 and CAF 1.x, so that nothing else asks which one it
// is built with. (CAF 1.1 ships CAF_VERSION as an octal number: only the major tells.)
#if defined(CAF_VERSION_MAJOR) && CAF_VERSION_MAJOR >= 1
#define RESTANTE_CAF_1 1
#else
#define RESTANTE_CAF_1 0
#endif

namespace restante::dialect {

// --- typed interfaces: written as `caf::result<Out>(In)`, the notation of CAF 1.x --------

#if RESTANTE_CAF_1
template <class... Signatures>
using typed = caf::typed_actor<Signatures...>;
#else
template <class Signature>
struct signature_of;
template <class In>
struct signature_of<caf::result<void>(In)> {
  using type = caf::reacts_to<In>;
};
template <class Out, class In>
struct signature_of<caf::result<Out>(In)> {
  using type = typename caf::replies_to<In>::template with<Out>;
};
template <class... Signatures>
using typed = caf::typed_actor<typename signature_of<Signatures>::type...>;
#endif

// --- sending ----------------------------------------------------------------------------

/// Sends in the name of `self`.
template <class Self, class Dest, class Message>
void tell(Self* self, const Dest& to, Message&& message) {
#if RESTANTE_CAF_1
  self->mail(std::forward<Message>(message)).send(to);
#else
  self->send(to, std::forward<Message>(message));
#endif
}

/// Sends in the name of whoever `sender` is: a shard forwards so, and a topic speaks so
/// for a connection that is gone.
template <class Self, class Dest, class Message>
void tell_as(Self* self, const caf::strong_actor_ptr& sender, const Dest& to, Message&& message) {
  auto* receiver = caf::actor_cast<caf::abstract_actor*>(to);
  if (receiver == nullptr)
    return;
#if RESTANTE_CAF_1
  receiver->enqueue(
      caf::make_mailbox_element(sender, caf::make_message_id(), std::forward<Message>(message)),
      self->context());
#else
  receiver->eq_impl(caf::make_message_id(), sender, self->context(),
                    std::forward<Message>(message));
#endif
}

/// The same from outside of any actor's turn.
template <class Dest, class Message>
void tell_in_name_of(const caf::strong_actor_ptr& sender, const Dest& to, Message&& message) {
  auto* receiver = caf::actor_cast<caf::abstract_actor*>(to);
  if (receiver == nullptr)
    return;
#if RESTANTE_CAF_1
  receiver->enqueue(
      caf::make_mailbox_element(sender, caf::make_message_id(), std::forward<Message>(message)),
      nullptr);
#else
  receiver->eq_impl(caf::make_message_id(), sender, nullptr, std::forward<Message>(message));
#endif
}

/// Sends to an actor known only as the sender of an earlier message. The receiver's
/// interface is known by the protocol, not by the compiler.
template <class Self, class Message>
void tell_peer(Self* self, const caf::strong_actor_ptr& to, Message&& message) {
  tell_as(self, self->ctrl(), to, std::forward<Message>(message));
}

/// Sends one message, made once, to many: the receivers share it.
template <class Self>
void tell_shared(Self* self, const caf::strong_actor_ptr& to, const caf::message& message) {
  if (!to)
    return;
#if RESTANTE_CAF_1
  to->get()->enqueue(caf::make_mailbox_element(self->ctrl(), caf::make_message_id(), message),
                     self->context());
#else
  to->enqueue(self->ctrl(), caf::make_message_id(), message, self->context());
#endif
}

template <class Self, class Dest, class Message>
void tell_after(Self* self, std::chrono::nanoseconds delay, const Dest& to, Message&& message) {
#if RESTANTE_CAF_1
  self->mail(std::forward<Message>(message)).delay(delay).send(to);
#else
  self->delayed_send(to, delay, std::forward<Message>(message));
#endif
}

/// Sends from outside of any actor.
template <class Dest, class Message>
void tell_anonymously(const Dest& to, Message&& message) {
#if RESTANTE_CAF_1
  caf::anon_mail(std::forward<Message>(message)).send(to);
#else
  caf::anon_send(to, std::forward<Message>(message));
#endif
}

// --- one behaviour for all actors of a class ----------------------------------------------

/// A base for actors of which there are many: their handlers find the actor by `running`
/// instead of holding it, so that all actors of a class share one behaviour. A table of
/// handlers of its own costs an actor 40 bytes a line, and making it costs as much as a
/// few messages.
template <class Actor, class Base>
class shared_behavior : public Base {
public:
  using Base::Base;

#if RESTANTE_CAF_1
  caf::resumable::resume_result resume(caf::scheduler* by, std::size_t most) override{
#else
  caf::resumable::resume_result resume(caf::execution_unit* by, std::size_t most) override {
#endif
      auto* const before = std::exchange(current(), static_cast<Actor*>(this));
  const auto result = Base::resume(by, most);
  current() = before;
  return result;
}

protected :
    /// The actor whose handler runs on this thread now.
    static Actor&
    running() {
  return *current();
}

private:
static Actor*& current() {
  static thread_local Actor* actor = nullptr;
  return actor;
}
}; // namespace restante::dialect

// --- who sent what is handled now -------------------------------------------------------

template <class Self>
caf::strong_actor_ptr sender_of(Self* self) {
  return self->current_sender();
}

// --- monitors: `self` must have `void peer_down(const caf::actor_addr&)` -----------------

#if RESTANTE_CAF_1
using monitor_handle = caf::disposable;
#else
struct monitor_handle {};
#endif

/// Once, before the first monitor.
template <class Self>
void prepare_monitors([[maybe_unused]] Self* self) {
#if !RESTANTE_CAF_1
  self->set_down_handler([self](caf::down_msg& down) { self->peer_down(down.source); });
#endif
}

template <class Self>
monitor_handle start_monitor(Self* self, const caf::strong_actor_ptr& whom) {
  const auto actor = caf::actor_cast<caf::actor>(whom);
#if RESTANTE_CAF_1
  return self->monitor(
      actor, [self, address = actor->address()](const caf::error&) { self->peer_down(address); });
#else
  self->monitor(actor);
  return {};
#endif
}

template <class Self>
void stop_monitor([[maybe_unused]] Self* self, const caf::strong_actor_ptr& whom,
                  [[maybe_unused]] monitor_handle& handle) {
#if RESTANTE_CAF_1
  (void)whom;
  handle.dispose();
#else
  self->demonitor(caf::actor_cast<caf::actor_addr>(whom));
#endif
}

// --- unexpected messages: dropped, not printed; and an error that somebody answers to one of
// --- ours ends nobody, as it would by default

template <class Self>
void drop_unexpected(Self* self) {
#if RESTANTE_CAF_1
  // CAF 1.x would rather have a handler for `message`, which no typed actor can have.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  self->set_default_handler(
      [](caf::scheduled_actor*, caf::message&) -> caf::skippable_result { return caf::message{}; });
  self->set_error_handler([](caf::scheduled_actor*, caf::error&){});
#pragma GCC diagnostic pop
#else
  self->set_default_handler(caf::drop);
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
#endif
}

} // namespace restante::dialect

// An error enum of ours that CAF can carry in its own errors.
#if RESTANTE_CAF_1
#define RESTANTE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type)
#else
#define RESTANTE_ERROR_ENUM(type, category) CAF_ERROR_CODE_ENUM(type, category)
#endif
