#include "restante/tests/simulation/compare.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace restante::simulation {

namespace {

/// A time from here on is "saturated": about 95 years.
constexpr std::int64_t far_away_ms = 3'000'000'000'000;

/// Compares values that are opaque to the broker: equal including the order of members and the last
/// digit.
const std::set<std::string, std::less<>> opaque = {"pack", "reply", "data"};

const std::set<std::string, std::less<>> not_compared = {"message", "ping_ms"};

bool is_push(const json& output) {
  return output.contains("frame");
}

bool is_far(const json& value) {
  return value.is_number_integer() && value.get<std::int64_t>() >= far_away_ms;
}

std::string text_at(const json& object, const char* name) {
  auto i = object.find(name);
  if (i == object.end())
    return {};
  return i->is_string() ? i->get<std::string>() : write_exact(*i);
}

/// The request that an answer belongs to.
std::string request_of(const json& answer) {
  auto i = answer.find("id");
  return i == answer.end() ? "(no id)" : write_exact(*i);
}

std::string listing(const std::vector<const json*>& outputs) {
  std::string result;
  for (const auto* output : outputs)
    result += "\n    " + write_exact(*output);
  return result.empty() ? "\n    (nothing)" : result;
}

std::string both(const std::vector<const json*>& expected, const std::vector<const json*>& actual) {
  return "\n  expected:" + listing(expected) + "\n  got:" + listing(actual);
}

/// W1: the members of an event come in a fixed order.
bool has_fixed_order(const json& frame) {
  auto name = text_at(frame, "_orama");
  return name == "ephemeral.set" || name == "ephemeral.clear";
}

std::vector<std::string> names_of(const json& object) {
  std::vector<std::string> result;
  for (auto i = object.begin(); i != object.end(); ++i)
    result.push_back(i.key());
  return result;
}

using grouped = std::map<std::string, std::vector<const json*>>;

} // namespace

std::optional<std::string> comparison::line(step what, const std::vector<json>& expected,
                                            const std::vector<std::string>& actual) {
  std::vector<json> outputs;
  std::int64_t latest = 0;
  for (const auto& text : actual) {
    auto output = read_exact(text);
    if (!output || !output->is_object())
      return "output is no JSON object: " + text;
    auto t = output->find("t");
    if (t == output->end() || !t->is_number_integer() || t->get<std::int64_t>() < latest)
      return "output has no time or goes back in time: " + text;
    latest = t->get<std::int64_t>();
    outputs.push_back(std::move(*output));
  }
  // Answers are compared first: pushes contain traces and epochs that answers introduce.
  if (auto wrong = answers(what, expected, outputs))
    return wrong;
  return pushes(expected, outputs);
}

comparison::difference comparison::answers(step what, const std::vector<json>& expected,
                                           const std::vector<json>& actual) {
  if (what == step::end)
    return std::nullopt;
  grouped wanted;
  grouped given;
  for (const auto& output : expected)
    if (!is_push(output))
      wanted[request_of(output)].push_back(&output);
  for (const auto& output : actual)
    if (!is_push(output))
      given[request_of(output)].push_back(&output);
  for (const auto& [id, got] : given)
    if (!wanted.contains(id))
      return "answer to " + id + " that should not come" + both({}, got);
  for (const auto& [id, want] : wanted) {
    const auto& got = given[id];
    if (want.size() != got.size())
      return "number of answers to " + id + both(want, got);
    for (std::size_t i = 0; i < want.size(); ++i)
      if (auto wrong = match(*want[i], *got[i], ""))
        return "answer to " + id + ": " + *wrong + both(want, got);
  }
  // The answer to the line itself comes before all pushes, or after them.
  if (actual.empty() || expected.empty())
    return std::nullopt;
  const auto& own = what == step::advance ? expected.back() : expected.front();
  if (is_push(own))
    return std::nullopt;
  auto place = std::find_if(actual.begin(), actual.end(), [&](const json& each) {
    return !is_push(each) && request_of(each) == request_of(own);
  });
  auto misplaced = what == step::advance ? std::any_of(place, actual.end(), is_push)
                                         : std::any_of(actual.begin(), place, is_push);
  if (misplaced)
    return "the answer to " + request_of(own) + " stands on the wrong side of a push";
  return std::nullopt;
}

comparison::difference comparison::pushes(const std::vector<json>& expected,
                                          const std::vector<json>& actual) {
  grouped wanted;
  grouped given;
  for (const auto& output : expected) {
    if (is_push(output)) {
      wanted[stream_of(output)].push_back(&output);
      given[stream_of(output)];
    }
  }
  for (const auto& output : actual)
    if (is_push(output))
      given[stream_of(output)].push_back(&output);
  for (const auto& [stream, got] : given) {
    const auto& want = wanted[stream];
    for (std::size_t i = 0; i < std::min(want.size(), got.size()); ++i)
      if (auto wrong = match(*want[i], *got[i], ""))
        return stream + ", #" + std::to_string(i + 1) + ": " + *wrong + both(want, got);
    if (want.size() != got.size())
      return stream + ": expected " + std::to_string(want.size()) + ", got " +
             std::to_string(got.size()) + both(want, got);
  }
  return std::nullopt;
}

std::string comparison::stream_of(const json& push) const {
  const auto& frame = push["frame"];
  auto receiver =
      "to " + text_at(push, "to") + (push.contains("ns") ? "@" + text_at(push, "ns") : "");
  if (!frame.is_object())
    return receiver + ", no frame";
  auto name = text_at(frame, "_orama");
  if (name == "ephemeral.set" || name == "ephemeral.clear" || name == "ephemeral.snapshot" ||
      name == "topic.message")
    return receiver + ", topic " + text_at(frame, "topic");
  if (name == "ephemeral.lost")
    return receiver + ", keys lost on " + text_at(frame, "topic");
  if (name == "notify.receipt")
    return receiver + ", receipts of " + names_.symbol_of(text_at(frame, "trace"));
  if (name == "client.presence")
    return receiver + ", presence of " + text_at(frame, "client");
  return receiver + ", " + name;
}

comparison::difference comparison::match(const json& expected, const json& actual,
                                         const std::string& path) {
  if (expected.is_object() && actual.is_object())
    return match_members(expected, actual, path);
  if (expected.is_array() && actual.is_array())
    return match_elements(expected, actual, path);
  if (expected == actual)
    return std::nullopt;
  return path + ": expected " + write_exact(expected) + ", got " + write_exact(actual);
}

comparison::difference comparison::match_members(const json& expected, const json& actual,
                                                 const std::string& path) {
  if (has_fixed_order(expected) && names_of(expected) != names_of(actual))
    return path + ": the members are not those of spec W1 in their order";
  auto resumed = expected.contains("resumed") && expected["resumed"] == true;
  for (auto i = actual.begin(); i != actual.end(); ++i) {
    auto empty_ns = i.key() == "ns" && i.value() == "";
    if (!expected.contains(i.key()) && !not_compared.contains(i.key()) && !empty_ns)
      return path + "/" + i.key() + ": should not be there";
  }
  for (auto i = expected.begin(); i != expected.end(); ++i) {
    const auto& name = i.key();
    auto here = path + "/" + name;
    if (not_compared.contains(name))
      continue;
    auto found = actual.find(name);
    if (found == actual.end()) {
      if (name == "ns" && i.value() == "")
        continue;
      return here + ": is missing";
    }
    difference wrong;
    if (opaque.contains(name)) {
      if (i.value() != *found)
        wrong = ": expected " + write_exact(i.value()) + ", got " + write_exact(*found);
    } else if (name == "trace" || name == "evicted" || name == "collapsed") {
      wrong = names_.trace(i.value(), *found);
    } else if (name == "epoch") {
      wrong = resumed ? std::nullopt : names_.epoch(i.value(), *found);
    } else if (name == "resume") {
      wrong = resumed ? std::nullopt : names_.token(i.value(), *found);
    } else if ((name == "expires_at_ms" || name == "due_at_ms") && is_far(i.value())) {
      if (!is_far(*found))
        wrong = "expected a time far away, got " + write_exact(*found);
    } else {
      if ((wrong = match(i.value(), *found, here)))
        return wrong;
      continue;
    }
    if (wrong)
      return here + ": " + *wrong;
  }
  return std::nullopt;
}

comparison::difference comparison::match_elements(const json& expected, const json& actual,
                                                  const std::string& path) {
  if (expected.size() != actual.size())
    return path + ": expected " + std::to_string(expected.size()) + " elements, got " +
           std::to_string(actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (auto wrong = match(expected[i], actual[i], path + "/" + std::to_string(i)))
      return wrong;
  return std::nullopt;
}

} // namespace restante::simulation
