#include "restante/broker/gateway/origin_policy.hpp"
#include "restante/broker/server/listen.hpp"
#include "restante/broker/server/nearest.hpp"
#include "restante/broker/server/settings.hpp"
#include "restante/messages/json/writer.hpp"
#include "restante/messages/validate.hpp"

#include <algorithm>
#include <charconv>
#include <type_traits>

namespace restante::serve {

namespace {

/// A list setting takes several values. Every other setting takes one value.
template <class T>
constexpr bool is_text_list = std::is_same_v<T, std::vector<std::string>>;

template <class T>
constexpr bool is_span =
    std::is_same_v<T, duration> || std::is_same_v<T, std::chrono::milliseconds>;

std::string in_quotes(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

[[noreturn]] void refuse(const given_value& from, std::string_view value) {
  throw settings_error{from.origin + ": " + std::string{from.what->name} + " = " +
                       in_quotes(value) + ": must be " + allowed(*from.what)};
}

std::uint64_t number_of(const given_value& from) {
  const auto& text = from.texts.front();
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end || number < from.what->least ||
      number > from.what->most)
    refuse(from, text);
  return number;
}

bool flag_value_of(const given_value& from) {
  const auto& text = from.texts.front();
  if (text != "true" && text != "false")
    refuse(from, text);
  return text == "true";
}

void check_origin_or_host(const given_value& from, const std::string& text) {
  std::optional<std::string> fault;
  if (from.what->name == "allow_origin")
    fault = gateway::fault_of_allowed_origin(text);
  else if (from.what->name == "allow_host")
    fault = gateway::fault_of_allowed_host(text);
  if (fault)
    throw settings_error{from.origin + ": " + std::string{from.what->name} + " = " +
                         in_quotes(text) + ": " + *fault};
}

void check_text(const given_value& from, const std::string& text) {
  const auto& choices = from.what->choices;
  if (!choices.empty() && std::ranges::find(choices, text) == choices.end())
    refuse(from, text);
  if (text.find('\0') != std::string::npos || !is_valid_utf8(text))
    refuse(from, text);
  if (from.what->fits != nullptr && !from.what->fits(text))
    refuse(from, text);
  check_origin_or_host(from, text);
}

cap_policy policy_of(const given_value& from) {
  check_text(from, from.texts.front());
  return from.texts.front() == to_string(cap_policy::reject) ? cap_policy::reject
                                                             : cap_policy::evict;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_last = i + 1 == words.size();
    out.append(i == 0 ? "" : is_last ? " or " : ", ").append(words[i]);
  }
  return out;
}

std::string allowed_number(const setting& what, std::string_view unit) {
  return "a whole number" + std::string{unit} + " from " + std::to_string(what.least) + " to " +
         std::to_string(what.most);
}

std::string toml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items)
    out.append(out.size() == 1 ? "" : ", ").append(in_quotes(item));
  return out + "]";
}

void settle_network(serve_settings& made) {
  const auto target = listen_endpoint_of(made.listen);
  made.network.address = target->address;
  made.network.port = target->port;
  made.broker.ping_interval = made.network.ping_interval;
  if (made.node.port != 0 && !made.node.trusted_network && !is_loopback(made.node.address))
    throw settings_error{"node_address = " + in_quotes(made.node.address) +
                         ": any program that reaches a CAF node can stop the broker; "
                         "listen on 127.0.0.1, or allow it with node_trusted_network"};
  if (made.network.tls_cert.empty() != made.network.tls_key.empty())
    throw settings_error{"tls_cert and tls_key go together: give both or none"};
  if (!made.auth.is_needed() && !made.network.insecure && !is_loopback(target->address))
    throw settings_error{"listen = " + in_quotes(made.listen) +
                         ": without tokens_file or jwt_key_file everybody is who they say they "
                         "are; listen on 127.0.0.1, or allow it with insecure"};
}

} // namespace

std::string allowed(const setting& what) {
  if (what.fits != nullptr)
    return std::string{what.form};
  serve_settings any;
  return std::visit(
      [&what](auto* target) -> std::string {
        using kind = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<kind, bool>)
          return "true or false";
        else if constexpr (is_text_list<kind>)
          return what.choices.empty() ? "a list of text" : "a list of " + joined(what.choices);
        else if constexpr (std::is_same_v<kind, std::string>)
          return what.choices.empty() ? "text" : joined(what.choices);
        else if constexpr (std::is_same_v<kind, cap_policy>)
          return joined(what.choices);
        else
          return allowed_number(what, is_span<kind> ? " of milliseconds" : "");
      },
      what.target(any));
}

void assign(serve_settings& into, const given_value& from) {
  std::visit(
      [&from](auto* target) {
        using kind = std::remove_pointer_t<decltype(target)>;
        if constexpr (is_text_list<kind>) {
          std::ranges::for_each(from.texts, [&from](const auto& t) { check_text(from, t); });
          *target = from.texts;
        } else if (from.texts.size() != 1) {
          refuse(from, toml_list(from.texts));
        } else if constexpr (std::is_same_v<kind, std::string>) {
          check_text(from, from.texts.front());
          *target = from.texts.front();
        } else if constexpr (std::is_same_v<kind, bool>) {
          *target = flag_value_of(from);
        } else if constexpr (std::is_same_v<kind, cap_policy>) {
          *target = policy_of(from);
        } else if constexpr (is_span<kind>) {
          *target = std::chrono::milliseconds{number_of(from)};
        } else {
          *target = static_cast<kind>(number_of(from));
        }
      },
      from.what->target(into));
}

std::string toml_value(const setting& what, serve_settings from) {
  return std::visit(
      [](auto* target) -> std::string {
        using kind = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<kind, bool>)
          return *target ? "true" : "false";
        else if constexpr (is_text_list<kind>)
          return toml_list(*target);
        else if constexpr (std::is_same_v<kind, std::string>)
          return in_quotes(*target);
        else if constexpr (std::is_same_v<kind, cap_policy>)
          return in_quotes(to_string(*target));
        else if constexpr (is_span<kind>)
          return std::to_string(
              std::chrono::duration_cast<std::chrono::milliseconds>(*target).count());
        else
          return std::to_string(*target);
      },
      what.target(from));
}

serve_settings settle(std::span<const given_value> values) {
  serve_settings made;
  for (const auto& value : values) {
    assign(made, value);
    made.origins[std::string{value.what->name}] = value.origin;
  }
  settle_network(made);
  return made;
}

} // namespace restante::serve
