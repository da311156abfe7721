#include "restante/messages/json/answers.hpp"

#include "restante/messages/json/answer_members.hpp"
#include "restante/messages/json/notification_members.hpp"
#include "restante/messages/json/writer.hpp"

namespace restante::json {

std::string fields_of_answer(answer_pointer answer, instant zero) {
  const auto written = [zero]<class Answer>(const Answer* it) {
    writer out;
    write_told(out, answer_members<Answer>(), *it, zero);
    return std::move(out).fields();
  };
  return std::visit(written, answer);
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
  return told_object(view_members(), view, zero);
}

std::string object_of(const listed_client& client) {
  return told_object(listed_client_members(), client, {});
}

std::string object_of(const listed_topic& topic) {
  return told_object(listed_topic_members(), topic, {});
}

} // namespace restante::json
