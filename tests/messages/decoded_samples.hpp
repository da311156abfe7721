#pragma once

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/decode_frames.hpp"
#include "restante/messages/json/frames.hpp"
#include "restante/tests/messages/samples.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Every kind of frame that the broker sends, for the tests of its receivers.
namespace restante::json::samples {

using restante::samples::after_ms;
using restante::samples::some_receipt;
using restante::samples::some_trace;

inline constexpr instant unix_epoch{};

inline trace_id other_trace() {
  return *trace_of("ffffffffffffffff0000000000000001");
}

/// A reply as text of a frame; `rest` is the text after the id.
inline std::string reply_of(std::string_view rest) {
  return R"({"_orama":"reply","id":7,)" + std::string{rest} + "}";
}

template <class Answer>
std::string good_reply(const Answer& answer) {
  return reply_of(success(fields_of(answer, unix_epoch)));
}

inline offered_notification some_offer() {
  return {some_trace(), "ann", body::json(R"({"z":1.50})"), notification_kind::suit, after_ms(1),
          after_ms(9),  2};
}

inline event_batch some_batch() {
  return {{"", "room/1"},
          77,
          {{event_kind::set, 1, "k", "ann", body::bytes("hello"), {}},
           {event_kind::set, 2, "empty", "ann", body{}, {}},
           {event_kind::clear, 3, "k", "ann", {}, clear_reason::explicit_clear},
           {event_kind::clear, 4, "k", "ann", {}, clear_reason::disconnect},
           {event_kind::clear, 5, "k", "ann", {}, clear_reason::expired},
           {event_kind::message, 6, {}, "bob", body::json("[1,2]"), {}}}};
}

inline entries_view some_entries(view_reason reason) {
  entries_view view;
  view.reason = reason;
  view.entries.push_back({"a", "ann", body::bytes("x"), std::chrono::seconds{60}});
  view.entries.push_back({"b", "bob", body{}, duration{0}});
  view.epoch = 8;
  view.seq = 4;
  return view;
}

inline notification_view waiting_view() {
  notification_view view;
  view.trace = some_trace();
  view.from = "ann";
  view.to.client = "bob";
  view.pack = body::json("1.50");
  view.created_at = after_ms(1);
  view.expires_at = after_ms(1001);
  return view;
}

inline notification_view scheduled_view() {
  auto view = waiting_view();
  view.due_at = after_ms(501);
  return view;
}

inline notification_view replied_view() {
  auto view = waiting_view();
  view.kind = notification_kind::suit;
  view.state = notification_state::replied;
  view.delivered_at = after_ms(3);
  view.replied_at = after_ms(4);
  view.reply = body::json("null");
  view.attempts = 2;
  return view;
}

inline put_many_receipt some_outcomes() {
  put_many_receipt receipt;
  receipt.outcomes.push_back({"bob", errc::none, {}, some_receipt(after_ms(1), after_ms(2))});
  receipt.outcomes.push_back({"eve", errc::target_full, {}, {}});
  receipt.outcomes.push_back({"", errc::invalid_argument, "to is empty", {}});
  return receipt;
}

inline clients_view some_clients() {
  return {0,
          {{"ann", presence::connected, 0}, {"\xc3\xa9\"", presence::absent, 1024}},
          300,
          list_rest::more};
}

inline topics_view some_topics() {
  return {0, {{"room/1", 18446744073709551615U, 0}, {"room/2", 0, 3}}, 2, list_rest::none};
}

inline connect_receipt some_connection() {
  return {{"shop", "ann"}, 12, some_trace(), attach_result::resumed, 3};
}

/// Every frame that is not a reply.
inline std::vector<std::string> pushes() {
  auto all = frames_of(some_batch());
  auto snapshot = some_entries(view_reason::resync);
  snapshot.topic = "room/1";
  all.push_back(frame_of(snapshot));
  all.push_back(frame_of(some_offer(), unix_epoch));
  all.push_back(
      frame_of(notification_step{{}, "bob", some_trace(), notification_state::evicted, after_ms(7)},
               unix_epoch));
  all.push_back(frame_of(entry_ended{{"", "room/1"}, "k", 0, entry_end::taken_over, "bob"}));
  all.push_back(frame_of(client_presence{"bob", presence::connected}));
  all.push_back(frame_of(goodbye{end_reason::refused, errc::too_many_connections}));
  return all;
}

/// An encoded answer, the operation that it answers, and the value that a client decodes.
struct answered {
  std::size_t kind = 0;
  std::string frame;
  answer_value answer;
};

template <class Command, class Answer>
answered answered_with(const Answer& answer) {
  return {kind_of<Command>, good_reply(answer), answer};
}

/// One answer to each kind of command, and several where there are several.
inline std::vector<answered> answers() {
  const auto put = some_receipt(after_ms(1), after_ms(2));
  auto again = put;
  again.result = put_result::duplicate;
  again.evicted = other_trace();
  auto other = put;
  other.collapsed = other_trace();
  other.accepted = kept_in::disk;
  return {
      answered_with<put_notification>(put),
      answered_with<put_notification>(again),
      answered_with<put_notification>(other),
      answered_with<put_many>(some_outcomes()),
      answered_with<put_many>(put_many_receipt{}),
      answered_with<get_status>(status_view{0, waiting_view()}),
      answered_with<get_status>(status_view{0, scheduled_view()}),
      answered_with<record_reply>(status_view{0, replied_view()}),
      answered_with<await_reply>(reply_view{0, body::json(R"("at eight")"), after_ms(9)}),
      answered_with<drain_queue>(drain_view{0, {waiting_view(), replied_view()}}),
      answered_with<drain_queue>(drain_view{}),
      answered_with<get_pending>(pending_view{0, 7, presence::absent}),
      answered_with<purge_expired>(purge_receipt{0, 3}),
      answered_with<ack_notifications>(ack_receipt{0, ack_result::in_time}),
      answered_with<ack_notifications>(ack_receipt{0, ack_result::late}),
      answered_with<set_entry>(entry_receipt{}),
      answered_with<clear_entry>(operation_done{}),
      answered_with<list_entries>(some_entries(view_reason::list)),
      answered_with<list_entries>(entries_view{}),
      answered_with<subscribe_topic>(some_entries(view_reason::subscribe)),
      answered_with<unsubscribe_topic>(operation_done{}),
      answered_with<publish_message>(operation_done{}),
      answered_with<watch_client>(operation_done{}),
      answered_with<unwatch_client>(operation_done{}),
      answered_with<list_clients>(some_clients()),
      answered_with<list_clients>(clients_view{}),
      answered_with<list_topics>(some_topics()),
      answered_with<list_topics>(topics_view{}),
  };
}

inline std::string connected_reply() {
  return reply_of(success(fields_of(some_connection(), std::chrono::seconds{10})));
}

inline std::string refused_reply() {
  return reply_of(refusal({errc::payload_too_large, "pack has 65537 bytes"}));
}

/// Decodes a frame. Fails the test when the frame has another type.
template <class Type>
Type must_decode_frame(const std::string& frame) {
  auto read = decode_frame(frame);
  if (const auto* bad = read.why()) {
    ADD_FAILURE() << frame << ": " << bad->text();
    return {};
  }
  auto* what = std::get_if<Type>(&*read);
  if (what == nullptr) {
    ADD_FAILURE() << frame << " is something else";
    return {};
  }
  return std::move(*what);
}

/// Why a text is not a valid frame; `none` when it is valid.
inline errc error_of_decoding(std::string_view frame) {
  const auto read = decode_frame(frame);
  const auto* bad = read.why();
  return bad != nullptr ? bad->code : errc::none;
}

} // namespace restante::json::samples
