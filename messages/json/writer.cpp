#include "restante/messages/json/writer.hpp"

#include "restante/messages/json/base64.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace restante::json {

namespace {

bool stands_as_it_is(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

} // namespace

void append_string(std::string& out, std::string_view text) {
  if (std::ranges::all_of(text, stands_as_it_is)) {
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_body(std::string& out, const body& value) {
  if (value.kind() == content::json) {
    out += value.view();
    return;
  }
  out.append(R"({"base64":")").append(base64_of(value.view())).append(R"("})");
}

std::int64_t whole_ms(duration span) {
  return instant{span.count()}.milliseconds();
}

writer writer::frame(std::string_view type) {
  writer made;
  made.text("_orama", type);
  return made;
}

writer& writer::name(std::string_view name) {
  if (!members_.empty())
    members_ += ',';
  members_.append(1, '"').append(name).append(R"(":)");
  return *this;
}

writer& writer::text(std::string_view name, std::string_view value) {
  append_string(this->name(name).members_, value);
  return *this;
}

writer& writer::flag(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

writer& writer::value(std::string_view name, const body& value) {
  append_body(this->name(name).members_, value);
  return *this;
}

writer& writer::raw(std::string_view name, std::string_view value) {
  this->name(name).members_ += value;
  return *this;
}

writer& writer::payload(std::string_view name, const body& value) {
  if (value.empty())
    return *this;
  this->name(name).members_.append(1, '"').append(base64_of(value.view())).append(1, '"');
  return *this;
}

writer& writer::time(std::string_view name, instant at, instant zero) {
  return number(name, whole_ms(at - zero));
}

std::string writer::object() && {
  std::string whole;
  whole.reserve(members_.size() + 2);
  return whole.append(1, '{').append(members_).append(1, '}');
}

void list_writer::add(std::string_view item) {
  if (!items_.empty())
    items_ += ',';
  items_ += item;
}

std::string list_writer::array() && {
  std::string whole;
  whole.reserve(items_.size() + 2);
  return whole.append(1, '[').append(items_).append(1, ']');
}

} // namespace restante::json
