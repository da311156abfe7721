#include "restante/broker/gateway/routes.hpp"

#include "restante/messages/json/answers.hpp"
#include "restante/messages/json/decode.hpp"
#include "restante/messages/json/ignored.hpp"
#include "restante/messages/json/writer.hpp"

#include <boost/url.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace restante::gateway {

namespace {

namespace urls = boost::urls;

/// The parts of a target: the decoded segments of the path, and the members of its query.
struct target_parts {
  std::vector<std::string> path;
  std::optional<std::string> ns;
  id_range range;                      ///< for a list
  std::vector<std::string_view> given; ///< the members of `range` in the query
  std::vector<std::string> unknown;    ///< the other names in the query, as written
};

/// The members that the query of a list may have in addition to the namespace.
struct query_member {
  std::string_view name;
  void (*read)(const std::string& value, id_range& into);
};

/// Reads a limit. An invalid number becomes 0, which is refused too.
void read_limit(const std::string& value, id_range& into) {
  into.limit = listed_default;
  if (value.empty())
    return;
  const auto* end = value.data() + value.size();
  const auto parsed = std::from_chars(value.data(), end, into.limit);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    into.limit = 0;
}

constexpr query_member query_of_list[] = {
    {"prefix", [](const std::string& value, id_range& into) { into.prefix = value; }},
    {"after", [](const std::string& value, id_range& into) { into.after = value; }},
    {"limit", read_limit},
};

/// Whether some target allows this member in the query.
bool take(target_parts& into, std::string_view name, const std::string& value) {
  if (name == "ns") {
    into.ns = value;
    return true;
  }
  const auto* row = std::ranges::find(query_of_list, name, &query_member::name);
  if (row == std::end(query_of_list))
    return false;
  row->read(value, into.range);
  into.given.push_back(row->name);
  return true;
}

std::optional<target_parts> parse_target(std::string_view target) {
  const auto parsed = urls::parse_origin_form({target.data(), target.size()});
  if (!parsed)
    return std::nullopt;
  target_parts found;
  for (const auto& segment : parsed->segments())
    found.path.emplace_back(segment.data(), segment.size());
  auto as_written = parsed->encoded_params().begin();
  for (const auto& given : parsed->params()) {
    const auto written = (*as_written++).key;
    if (!take(found, given.key, given.value))
      json::note_ignored(found.unknown, {written.data(), written.size()});
  }
  return found;
}

/// The range of ids that a list shows.
id_range range_of(const target_parts& at) {
  auto range = at.range;
  range.ns = at.ns.value_or("");
  return range;
}

refused_request not_found(std::string why = "there is no such place") {
  return {http::status::not_found, {errc::not_found, std::move(why)}, {}, {}};
}

refused_request refused(failure why) {
  const auto status = status_of(why.code);
  return {status, std::move(why), {}, {}};
}

/// The query members of a list that are not part of the operation.
query_rest rest_of_list(const target_parts& at) {
  return {at.ns, at.unknown};
}

/// The remaining query members where only a namespace is allowed.
query_rest rest_of(const target_parts& at) {
  auto rest = rest_of_list(at);
  for (const auto& row : query_of_list) {
    if (std::ranges::find(at.given, row.name) != at.given.end())
      json::note_ignored(rest.ignored, row.name);
  }
  return rest;
}

/// How a target is used. Each usage determines the methods in `Allow`.
enum class usage : std::uint8_t { read, posted };

/// 405, with the allowed methods.
refused_request only(usage how) {
  return {http::status::method_not_allowed,
          {errc::unknown_op, "not this method"},
          how == usage::read ? "GET, HEAD, OPTIONS" : "POST, OPTIONS",
          {}};
}

/// A target that is read with `GET`. `HEAD` has been turned into `GET` before.
template <class Make>
destination get(http::verb method, Make make) {
  if (method != http::verb::get)
    return only(usage::read);
  return make();
}

destination post(http::verb method, content_operation what) {
  if (method != http::verb::post)
    return only(usage::posted);
  return what;
}

destination route_notifications(http::verb method, const target_parts& at) {
  const auto& path = at.path;
  if (path.size() == 2)
    return post(method, {json::operation_for<put_notification>, rest_of(at), {}});
  if (path.size() == 3) {
    return get(method, [&] {
      get_status what;
      what.question.ns = at.ns.value_or("");
      what.question.trace = trace_of(path[2]).value_or(trace_id{});
      return asked_operation{what, http::status::ok, rest_of(at)};
    });
  }
  if (path.size() == 4 && path[3] == "reply")
    return post(method, {json::operation_for<record_reply>, rest_of(at), path[2]});
  return not_found();
}

destination route_v1(http::verb method, const target_parts& at) {
  const auto& path = at.path;
  const auto ns = at.ns.value_or("");
  const auto asking = [&](command what, query_rest rest) {
    return get(method, [&] {
      return asked_operation{std::move(what), http::status::ok, std::move(rest)};
    });
  };
  if (path.size() == 2 && path[1] == "ws")
    return get(method, [] { return sight::websocket; });
  if (path.size() == 2 && path[1] == "stats")
    return get(method, [] { return sight::stats; });
  if (path.size() >= 2 && path[1] == "notifications")
    return route_notifications(method, at);
  if (path.size() == 4 && path[1] == "topics" && path[3] == "ephemeral")
    return asking(list_entries{0, {ns, path[2]}}, rest_of(at));
  if (path.size() == 3 && path[1] == "clients")
    return asking(get_pending{0, {ns, path[2]}}, rest_of(at));
  if (path.size() == 2 && path[1] == "clients")
    return asking(list_clients{0, range_of(at)}, rest_of_list(at));
  if (path.size() == 2 && path[1] == "topics")
    return asking(list_topics{0, range_of(at)}, rest_of_list(at));
  return not_found();
}

destination route_file(http::verb method, const std::vector<std::string>& path) {
  std::string joined;
  for (const auto& segment : path)
    joined.append(1, '/').append(segment);
  const auto* found = find_page_file(joined.empty() ? "/" : joined);
  if (found == nullptr)
    return not_found();
  return get(method, [found] { return found; });
}

destination route_plain(http::verb method, const std::string& name) {
  static constexpr std::pair<std::string_view, sight> sights[] = {
      {"healthz", sight::health},
      {"readyz", sight::readiness},
      {"metrics", sight::metrics},
  };
  for (const auto& [known, what] : sights) {
    if (known == name)
      return get(method, [it = what] { return it; });
  }
  return not_found();
}

destination route_path(http::verb method, const target_parts& at) {
  if (std::ranges::find(at.path, "") != at.path.end()) // ids and other names are never empty
    return not_found("there is no such place: its path has a slash too many");
  if (at.path.size() == 1)
    return route_plain(method, at.path.front());
  if (!at.path.empty() && at.path.front() == "v1")
    return route_v1(method, at);
  return route_file(method, at.path);
}

/// The allowed methods: a refusal of any method names them.
destination options_of(const target_parts& at) {
  auto leads_to = route_path(http::verb::unknown, at);
  if (auto* refusal = std::get_if<refused_request>(&leads_to);
      refusal != nullptr && !refusal->allow.empty())
    return allowed_methods{std::move(refusal->allow)};
  return leads_to;
}

/// Decodes the command in a JSON body. If the path has a `trace`, it is inserted.
std::variant<asked_operation, refused_request> command_from(json::request& asked,
                                                            const query_rest& query,
                                                            std::optional<std::string_view> own_ns,
                                                            http::status success) {
  if (asked.wrong.code != errc::none)
    return refused(asked.wrong);
  auto ignored = ignored_of(query, own_ns);
  for (const auto& name : json::ignored_names(asked, json::venue::http, own_ns))
    json::note_ignored(ignored, name);
  if (asked.ns.empty())
    asked.ns = query.ns.value_or("");
  auto read = json::command_of(asked);
  if (auto* wrong = read.why()) {
    auto refusal = refused(std::move(*wrong));
    refusal.ignored = std::move(ignored);
    return refusal;
  }
  return asked_operation{std::move(*read), success, {}, std::move(ignored)};
}

std::variant<asked_operation, refused_request> completed(const content_operation& what,
                                                         std::string_view content,
                                                         std::optional<std::string_view> own_ns) {
  auto decoded = json::decode_fields(what.what, content);
  if (auto* wrong = decoded.why())
    return refused(std::move(*wrong));
  auto& asked = *decoded;
  if (what.what == json::operation_for<record_reply>) {
    asked.fields.put_text("trace", what.trace);
    return command_from(asked, what.query, own_ns, http::status::ok);
  }
  const bool is_many = asked.fields.has("targets");
  if (is_many)
    asked.op = json::operation_for<put_many>;
  return command_from(asked, what.query, own_ns,
                      is_many ? http::status::ok : http::status::created);
}

/// An HTTP response includes `connected`, which an answer on a WebSocket does not.
std::string fields_of_response(const answer_value& value) {
  const auto* seen = std::get_if<pending_view>(&value);
  if (seen == nullptr)
    return json::answer_fields(value, instant{});
  return std::move(json::writer{}
                       .flag("connected", seen->state == presence::connected)
                       .number("pending", seen->pending))
      .fields();
}

} // namespace

destination route(http::verb method, std::string_view target) {
  if (method == http::verb::unknown) {
    return refused_request{
        http::status::not_implemented, {errc::unknown_op, "there is no such method"}, {}};
  }
  try {
    const auto at = parse_target(target);
    if (!at)
      return refused_request{
          http::status::bad_request, {errc::bad_frame, "no such target"}, {}, {}};
    if (method == http::verb::options)
      return options_of(*at);
    return route_path(method == http::verb::head ? http::verb::get : method, *at);
  } catch (const std::exception&) {
    // An exception of a library: this project's code throws nothing here.
    return refused_request{http::status::bad_request, {errc::bad_frame, {}}, {}, {}};
  }
}

std::vector<std::string> ignored_of(const query_rest& query,
                                    std::optional<std::string_view> own_ns) {
  auto all = query.ignored;
  if (query.ns && own_ns && *query.ns != *own_ns)
    json::note_ignored(all, "ns");
  return all;
}

std::variant<asked_operation, refused_request> complete(const content_operation& asked,
                                                        std::string_view content,
                                                        std::optional<std::string_view> own_ns) {
  try {
    return completed(asked, content, own_ns);
  } catch (const std::exception&) { // an exception of a library
    return refused_request{http::status::bad_request, {errc::bad_frame, {}}, {}, {}};
  }
}

http::status status_of(errc code) {
  return code == errc::none ? http::status::ok
                            : static_cast<http::status>(row_of(code).http_status);
}

std::string content_of(const answer_value& value, std::span<const std::string> ignored) {
  auto content = "{" + fields_of_response(value) + "}";
  if (!ignored.empty()) {
    content.pop_back();
    content.append(content.size() > 1 ? "," : "")
        .append(json::ignored_member(ignored))
        .append(1, '}');
  }
  return content;
}

} // namespace restante::gateway
