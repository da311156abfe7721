#include "restante/messages/json/writer.hpp"

#include "restante/messages/json/base64.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace restante::json {

namespace {

bool needs_no_escape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
}

/// Appends all sixteen digits of half a trace.
void append_hex(std::string& out, std::uint64_t half) {
  static constexpr std::string_view digits = "0123456789abcdef";
  for (unsigned shift = 64; shift > 0;) {
    shift -= 4;
    out += digits[half >> shift & 0xf];
  }
}

} // namespace

void append_string(std::string& out, std::string_view text) {
  if (std::ranges::all_of(text, needs_no_escape)) {
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

std::int64_t whole_ms_up(duration span) {
  constexpr std::int64_t per_ms = 1'000'000;
  return span.count() / per_ms + (span.count() % per_ms > 0 ? 1 : 0);
}

writer writer::frame(std::string_view type) {
  writer made;
  made.text("_orama", type);
  return made;
}

writer writer::request(std::string_view op, std::string_view id, std::size_t bytes) {
  writer made;
  made.object_.reserve(op.size() + id.size() + bytes + 32);
  made.text("op", op);
  if (!id.empty())
    made.raw("id", id);
  return made;
}

writer& writer::name(std::string_view name) {
  if (object_.size() > 1)
    object_ += ',';
  object_.append(1, '"').append(name).append(R"(":)");
  return *this;
}

writer& writer::text(std::string_view name, std::string_view value) {
  append_string(this->name(name).object_, value);
  return *this;
}

writer& writer::trace(std::string_view name, const trace_id& value) {
  auto& out = this->name(name).object_;
  out += '"';
  append_hex(out, value.high);
  append_hex(out, value.low);
  out += '"';
  return *this;
}

writer& writer::flag(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

writer& writer::value(std::string_view name, const body& value) {
  append_body(this->name(name).object_, value);
  return *this;
}

writer& writer::raw(std::string_view name, std::string_view value) {
  this->name(name).object_ += value;
  return *this;
}

writer& writer::payload(std::string_view name, const body& value) {
  if (value.empty())
    return *this;
  this->name(name).object_.append(1, '"').append(base64_of(value.view())).append(1, '"');
  return *this;
}

writer& writer::time(std::string_view name, instant at, instant zero) {
  return number(name, whole_ms(at - zero));
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
