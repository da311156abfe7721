#include "restante/messages/json/answers.hpp"

#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/writer.hpp"

namespace restante::json {

namespace {

void add_receipt(writer& out, const put_receipt& receipt, instant zero) {
  out.text("trace", to_string(receipt.trace))
      .time("created_at_ms", receipt.created_at, zero)
      .time("expires_at_ms", receipt.expires_at, zero)
      .text("accepted", to_string(receipt.accepted));
  if (receipt.result == put_result::duplicate)
    out.flag("duplicate", true);
  if (receipt.evicted)
    out.text("evicted", to_string(receipt.evicted));
  if (receipt.collapsed)
    out.text("collapsed", to_string(receipt.collapsed));
}

std::string object_of_outcome(const target_outcome& outcome, instant zero) {
  writer out;
  out.text("to", outcome.target).flag("ok", outcome.code == errc::none);
  if (outcome.code == errc::none) {
    add_receipt(out, outcome.receipt, zero);
  } else {
    out.raw("error", error_of({outcome.code, outcome.detail}));
  }
  return std::move(out).object();
}

template <class View, class Entry>
std::string fields_of_list(const View& view, std::string_view name,
                           const std::vector<Entry>& entries) {
  list_writer all;
  for (const auto& entry : entries)
    all.add(object_of(entry));
  writer out;
  out.raw(name, std::move(all).array())
      .number("total", view.total)
      .flag("more", view.rest == list_rest::more);
  return std::move(out).fields();
}

std::string fields(const operation_done&, instant) {
  return {};
}

std::string fields(const put_receipt& receipt, instant zero) {
  writer out;
  add_receipt(out, receipt, zero);
  return std::move(out).fields();
}

std::string fields(const put_many_receipt& receipt, instant zero) {
  list_writer outcomes;
  for (const auto& outcome : receipt.outcomes)
    outcomes.add(object_of_outcome(outcome, zero));
  return std::move(writer{}.raw("outcomes", std::move(outcomes).array())).fields();
}

std::string fields(const status_view& view, instant zero) {
  return std::move(writer{}.raw("notification", object_of(view.notification, zero))).fields();
}

std::string fields(const reply_view& view, instant zero) {
  writer out;
  out.value("reply", view.value).time("replied_at_ms", view.replied_at, zero);
  return std::move(out).fields();
}

std::string fields(const drain_view& view, instant zero) {
  list_writer all;
  for (const auto& notification : view.notifications)
    all.add(object_of(notification, zero));
  return std::move(writer{}.raw("notifications", std::move(all).array())).fields();
}

std::string fields(const pending_view& view, instant) {
  return std::move(writer{}.number("pending", view.pending)).fields();
}

std::string fields(const purge_receipt& receipt, instant) {
  return std::move(writer{}.number("removed", receipt.removed)).fields();
}

std::string fields(const ack_receipt& receipt, instant) {
  if (receipt.result == ack_result::in_time)
    return {};
  return std::move(writer{}.flag("late", true)).fields();
}

std::string fields(const entry_receipt&, instant) {
  return {};
}

std::string fields(const entries_view& view, instant) {
  writer out;
  out.raw("entries", entries_of(view)).number("epoch", view.epoch).number("seq", view.seq);
  return std::move(out).fields();
}

std::string fields(const clients_view& view, instant) {
  return fields_of_list(view, "clients", view.clients);
}

std::string fields(const topics_view& view, instant) {
  return fields_of_list(view, "topics", view.topics);
}

} // namespace

std::string fields_of_answer(answer_pointer answer, instant zero) {
  return std::visit([zero](const auto* it) { return fields(*it, zero); }, answer);
}

std::string fields_of(const connect_receipt& receipt, duration ping) {
  writer out;
  out.text("client", receipt.client.client)
      .text("ns", receipt.client.ns)
      .number("epoch", receipt.epoch)
      .number("ping_ms", whole_ms(ping))
      .text("resume", to_string(receipt.resume))
      .flag("resumed", receipt.result == attach_result::resumed)
      .number("pending", receipt.pending);
  return std::move(out).fields();
}

std::string error_of(const failure& why) {
  const auto& row = row_of(why.code);
  writer out;
  out.text("code", row.name)
      .number("number", static_cast<std::uint16_t>(row.code))
      .text("message", why.text())
      .flag("retry", row.may_retry == retry::yes);
  return std::move(out).object();
}

std::string fields_of(const failure& why, instant) {
  return std::move(writer{}.raw("error", error_of(why))).fields();
}

std::string answer_fields(const answer_value& value, instant zero) {
  return std::visit([zero](const auto& it) { return fields_of(it, zero); }, value);
}

std::string reply_of(const answer_value& value, instant zero) {
  const auto* why = std::get_if<failure>(&value);
  return why != nullptr ? refusal(*why) : success(answer_fields(value, zero));
}

std::string success(std::string_view fields) {
  std::string text = R"("ok":true)";
  if (!fields.empty())
    text.append(1, ',').append(fields);
  return text;
}

std::string refusal(const failure& why) {
  return std::move(writer{}.flag("ok", false).raw("error", error_of(why))).fields();
}

std::string object_of(const notification_view& view, instant zero) {
  writer out;
  write_told(out, view_members(), view, zero);
  return std::move(out).object();
}

std::string object_of(const listed_client& client) {
  writer out;
  out.text("client", client.client)
      .flag("connected", client.state == presence::connected)
      .number("pending", client.pending);
  return std::move(out).object();
}

std::string object_of(const listed_topic& topic) {
  writer out;
  out.text("topic", topic.topic)
      .number("keys", topic.keys)
      .number("subscribers", topic.subscribers);
  return std::move(out).object();
}

std::string entries_of(const entries_view& view) {
  list_writer entries;
  for (const auto& entry : view.entries) {
    writer out;
    out.text("key", entry.key)
        .text("client_id", entry.client)
        .payload("payload", entry.payload)
        .number("expires_in_ms", whole_ms(entry.expires_in));
    entries.add(std::move(out).object());
  }
  return std::move(entries).array();
}

} // namespace restante::json
