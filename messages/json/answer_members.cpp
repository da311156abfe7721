// The members of answers in JSON. A new member of an answer is a row in one of these tables.

#include "restante/messages/json/answer_members.hpp"

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/notification_members.hpp"

#include <utility>

namespace restante::json {

namespace {

using name_of = std::string_view;

// --- puts ---

constexpr name_of duplicate = "duplicate";

void write_accepted(writer& out, name_of name, const put_receipt& from, instant) {
  out.text(name, to_string(from.accepted));
}

/// Older brokers have no journal and do not send `accepted`.
void read_accepted(const decoded_fields& from, name_of name, put_receipt& into) {
  (void)from.is_set(duplicate); // an error in `duplicate` is reported first
  if (from.all().has(name))
    into.accepted = from.kept(name);
}

/// In the order in which they are written.
constexpr told_member<put_receipt> put_receipt_rows[] = {
    told_trace<&put_receipt::trace>("trace"),
    told_time<&put_receipt::created_at>("created_at_ms"),
    told_time<&put_receipt::expires_at>("expires_at_ms"),
    {"accepted", write_accepted, read_accepted},
    told_optional_flag<&put_receipt::result, put_result::duplicate>(duplicate),
    told_optional_trace<&put_receipt::evicted>("evicted"),
    told_optional_trace<&put_receipt::collapsed>("collapsed"),
};

// A target of a `put_many` has no table: `ok` decides which members follow.

constexpr name_of outcome_target = "to";
constexpr name_of outcome_ok = "ok";

std::string object_of_outcome(const target_outcome& outcome, instant zero) {
  writer out;
  out.text(outcome_target, outcome.target).flag(outcome_ok, outcome.code == errc::none);
  if (outcome.code == errc::none) {
    write_told(out, answer_members<put_receipt>(), outcome.receipt, zero);
  } else {
    out.raw("error", error_of({outcome.code, outcome.detail}));
  }
  return std::move(out).object();
}

target_outcome outcome_in(std::string_view object) {
  const auto inside = members_inside(object);
  const decoded_fields from{inside};
  target_outcome outcome;
  outcome.target = from.text(outcome_target);
  if (from.flag(outcome_ok)) {
    read_told(from, answer_members<put_receipt>(), outcome.receipt);
    return outcome;
  }
  auto why = from.error();
  outcome.code = why.code;
  outcome.detail = std::move(why.detail);
  return outcome;
}

void write_outcomes(writer& out, name_of name, const put_many_receipt& from, instant zero) {
  list_writer outcomes;
  for (const auto& outcome : from.outcomes)
    outcomes.add(object_of_outcome(outcome, zero));
  out.raw(name, std::move(outcomes).array());
}

void read_outcomes(const decoded_fields& from, name_of name, put_many_receipt& into) {
  for (const auto item : from.all().required_items(name))
    into.outcomes.push_back(outcome_in(item));
}

constexpr told_member<put_many_receipt> put_many_receipt_rows[] = {
    {"outcomes", write_outcomes, read_outcomes},
};

// --- other answers of notifications ---

void write_notification(writer& out, name_of name, const status_view& from, instant zero) {
  out.raw(name, told_object(view_members(), from.notification, zero));
}

void read_notification(const decoded_fields& from, name_of name, status_view& into) {
  read_told_object(from.all().required_value(name), view_members(), into.notification);
}

constexpr told_member<status_view> status_rows[] = {
    {"notification", write_notification, read_notification},
};

constexpr told_member<reply_view> reply_rows[] = {
    told_value<&reply_view::value>("reply"),
    told_time<&reply_view::replied_at>("replied_at_ms"),
};

constexpr told_member<drain_view> drain_rows[] = {
    told_list<&drain_view::notifications, view_members>("notifications"),
};

/// A broker of this version does not write `connected`; a client reads it from other brokers.
constexpr told_member<pending_view> pending_rows[] = {
    told_count<&pending_view::pending>("pending"),
    {"connected", [](writer&, name_of, const pending_view&, instant) {},
     [](const decoded_fields& from, name_of name, pending_view& into) {
       if (from.is_set(name))
         into.state = presence::connected;
     }},
};

constexpr told_member<purge_receipt> purge_rows[] = {
    told_count<&purge_receipt::removed>("removed"),
};

constexpr told_member<ack_receipt> ack_rows[] = {
    told_optional_flag<&ack_receipt::result, ack_result::late>("late"),
};

// --- entries ---

/// A broker of this version does not write the time; a client reads it from other brokers.
constexpr told_member<entry_receipt> entry_receipt_rows[] = {
    {"expires_at_ms", [](writer&, name_of, const entry_receipt&, instant) {},
     [](const decoded_fields& from, name_of name, entry_receipt& into) {
       if (from.all().has(name))
         into.expires_at = from.time(name);
     }},
};

constexpr told_member<entry_view> entry_rows[] = {
    told_text<&entry_view::key>("key"),
    told_text<&entry_view::client>("client_id"),
    {"payload",
     [](writer& out, name_of name, const entry_view& from, instant) {
       out.payload(name, from.payload);
     },
     [](const decoded_fields& from, name_of name, entry_view& into) {
       into.payload = from.payload(name);
     }},
    {"expires_in_ms",
     [](writer& out, name_of name, const entry_view& from, instant) {
       out.number(name, whole_ms(from.expires_in));
     },
     [](const decoded_fields& from, name_of name, entry_view& into) {
       into.expires_in = from.span(name);
     }},
};

/// `ephemeral.snapshot` has these members too.
constexpr told_member<entries_view> entries_rows[] = {
    told_list<&entries_view::entries, entry_members>("entries"),
    told_count<&entries_view::epoch>("epoch"),
    told_count<&entries_view::seq>("seq"),
};

// --- lists of clients and topics ---

constexpr name_of total = "total";
constexpr name_of more = "more";

constexpr told_member<listed_client> listed_client_rows[] = {
    told_text<&listed_client::client>("client"),
    told_flag<&listed_client::state, presence::connected>("connected"),
    told_count<&listed_client::pending>("pending"),
};

constexpr told_member<clients_view> clients_rows[] = {
    told_list<&clients_view::clients, listed_client_members>("clients"),
    told_count<&clients_view::total>(total),
    told_flag<&clients_view::rest, list_rest::more>(more),
};

constexpr told_member<listed_topic> listed_topic_rows[] = {
    told_text<&listed_topic::topic>("topic"),
    told_count<&listed_topic::keys>("keys"),
    told_count<&listed_topic::subscribers>("subscribers"),
};

constexpr told_member<topics_view> topics_rows[] = {
    told_list<&topics_view::topics, listed_topic_members>("topics"),
    told_count<&topics_view::total>(total),
    told_flag<&topics_view::rest, list_rest::more>(more),
};

} // namespace

template <>
std::span<const told_member<operation_done>> answer_members<operation_done>() {
  return {};
}

template <>
std::span<const told_member<put_receipt>> answer_members<put_receipt>() {
  return put_receipt_rows;
}

template <>
std::span<const told_member<put_many_receipt>> answer_members<put_many_receipt>() {
  return put_many_receipt_rows;
}

template <>
std::span<const told_member<status_view>> answer_members<status_view>() {
  return status_rows;
}

template <>
std::span<const told_member<reply_view>> answer_members<reply_view>() {
  return reply_rows;
}

template <>
std::span<const told_member<drain_view>> answer_members<drain_view>() {
  return drain_rows;
}

template <>
std::span<const told_member<pending_view>> answer_members<pending_view>() {
  return pending_rows;
}

template <>
std::span<const told_member<purge_receipt>> answer_members<purge_receipt>() {
  return purge_rows;
}

template <>
std::span<const told_member<ack_receipt>> answer_members<ack_receipt>() {
  return ack_rows;
}

template <>
std::span<const told_member<entry_receipt>> answer_members<entry_receipt>() {
  return entry_receipt_rows;
}

template <>
std::span<const told_member<entries_view>> answer_members<entries_view>() {
  return entries_rows;
}

template <>
std::span<const told_member<clients_view>> answer_members<clients_view>() {
  return clients_rows;
}

template <>
std::span<const told_member<topics_view>> answer_members<topics_view>() {
  return topics_rows;
}

std::span<const told_member<entry_view>> entry_members() {
  return entry_rows;
}

std::span<const told_member<listed_client>> listed_client_members() {
  return listed_client_rows;
}

std::span<const told_member<listed_topic>> listed_topic_members() {
  return listed_topic_rows;
}

} // namespace restante::json
