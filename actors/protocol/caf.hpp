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

// All of Restante's use of CAF's functions in one place: the signatures of typed interfaces,
// sending, monitors. It is written for CAF 0.17.6, and CMake refuses any other series.

namespace restante::dialect {

// --- typed interfaces: written as `caf::result<Out>(In)`, like functions ------------------

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

/// Whether the compiler does not know the receiver's interface. Only tests use `caf::actor`.
template <class Dest>
inline constexpr bool is_untyped =
    std::is_same_v<Dest, caf::strong_actor_ptr> || std::is_same_v<Dest, caf::actor>;

/// Whether a typed handle handles a message and answers nothing.
template <class Handle, class Message>
inline constexpr bool is_told = false;
template <class... Signatures, class Message>
inline constexpr bool is_told<caf::typed_actor<Signatures...>, Message> =
    (std::is_same_v<Signatures, typename signature_of<caf::result<void>(Message)>::type> || ...);

// --- sending ----------------------------------------------------------------------------

/// Sends in the name of `self`.
template <class Self, class Dest, class Message>
void tell(Self* self, const Dest& to, Message&& message) {
  self->send(to, std::forward<Message>(message));
}

/// Sends in the name of `sender`: a shard forwards in this way, and a topic speaks in this way for
/// a connection that is gone.
template <class Self, class Dest, class Message>
void tell_as(Self* self, const caf::strong_actor_ptr& sender, const Dest& to, Message&& message) {
  static_assert(is_untyped<Dest> || is_told<Dest, std::remove_cvref_t<Message>>,
                "The receiver does not handle this.");
  auto* receiver = caf::actor_cast<caf::abstract_actor*>(to);
  if (receiver == nullptr)
    return;
  receiver->eq_impl(caf::make_message_id(), sender, self->context(),
                    std::forward<Message>(message));
}

/// Sends in the name of `sender` from outside of any actor's turn.
template <class Dest, class Message>
void tell_in_name_of(const caf::strong_actor_ptr& sender, const Dest& to, Message&& message) {
  static_assert(is_untyped<Dest> || is_told<Dest, std::remove_cvref_t<Message>>,
                "The receiver does not handle this.");
  auto* receiver = caf::actor_cast<caf::abstract_actor*>(to);
  if (receiver == nullptr)
    return;
  receiver->eq_impl(caf::make_message_id(), sender, nullptr, std::forward<Message>(message));
}

/// Sends to an actor that is known only as the sender of an earlier message: by the protocol it
/// is a `Handle`. CAF drops an unknown message in silence; here it does not compile.
template <class Handle, class Self, class Message>
void tell_peer(Self* self, const caf::strong_actor_ptr& to, Message&& message) {
  static_assert(is_told<Handle, std::remove_cvref_t<Message>>,
                "The receiver does not handle this.");
  tell_as(self, self->ctrl(), to, std::forward<Message>(message));
}

/// One message, made once, for many receivers, which share it.
template <class Message>
class shared_message {
public:
  explicit shared_message(const Message& what) : made_{caf::make_message(what)} {}
  const caf::message& made() const { return made_; }

private:
  caf::message made_;
};

/// Sends a shared message to one of its receivers, which is known only as the sender of an earlier
/// message (see `tell_peer`).
template <class Handle, class Self, class Message>
void tell_shared(Self* self, const caf::strong_actor_ptr& to,
                 const shared_message<Message>& message) {
  static_assert(is_told<Handle, Message>, "The receiver does not handle this.");
  if (!to)
    return;
  to->enqueue(self->ctrl(), caf::make_message_id(), message.made(), self->context());
}

template <class Self, class Dest, class Message>
void tell_after(Self* self, std::chrono::nanoseconds delay, const Dest& to, Message&& message) {
  self->delayed_send(to, delay, std::forward<Message>(message));
}

/// Sends from outside of any actor.
template <class Dest, class Message>
void tell_anonymously(const Dest& to, Message&& message) {
  caf::anon_send(to, std::forward<Message>(message));
}

// --- one behaviour for all actors of a class ----------------------------------------------

/// A base for actor classes with many instances: their handlers find the actor by `running` instead
/// of holding it, so all actors of a class share one behaviour. With a table of handlers for each
/// actor, an actor would take 40 bytes more for each handler, and making the table would cost as
/// much as a few messages.
template <class Actor, class Base>
class shared_behavior : public Base {
public:
  using Base::Base;

  caf::resumable::resume_result resume(caf::execution_unit* by, std::size_t most) override {
    auto* const before = std::exchange(current(), static_cast<Actor*>(this));
    const auto result = Base::resume(by, most);
    current() = before;
    return result;
  }

protected:
  /// The actor whose handler runs on this thread now.
  static Actor& running() { return *current(); }

private:
  static Actor*& current() {
    static thread_local Actor* actor = nullptr;
    return actor;
  }
};

// --- the sender of the message that is handled now ---------------------------------------

template <class Self>
caf::strong_actor_ptr sender_of(Self* self) {
  return self->current_sender();
}

// --- monitors: `self` must have `void peer_down(const caf::actor_addr&)` -----------------

/// Call it once, before the first monitor.
template <class Self>
void prepare_monitors(Self* self) {
  self->set_down_handler([self](caf::down_msg& down) { self->peer_down(down.source); });
}

template <class Self>
void start_monitor(Self* self, const caf::strong_actor_ptr& whom) {
  self->monitor(caf::actor_cast<caf::actor>(whom));
}

template <class Self>
void stop_monitor(Self* self, const caf::strong_actor_ptr& whom) {
  self->demonitor(caf::actor_cast<caf::actor_addr>(whom));
}

// --- Unexpected messages are dropped and not printed. An error that comes as an answer does not
// --- end the actor, as it would by default.

template <class Self>
void drop_unexpected(Self* self) {
  self->set_default_handler(caf::drop);
  self->set_error_handler([](caf::scheduled_actor*, caf::error&) {});
}

} // namespace restante::dialect
