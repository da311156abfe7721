#include "restante/actors/model/rights.hpp"

#include <algorithm>

namespace restante::model {

namespace {

constexpr std::string_view client_word = "{client}";

bool any_matches(const std::vector<pattern>& list, std::string_view id) {
  return std::ranges::any_of(list, [id](const pattern& one) { return one.matches(id); });
}

} // namespace

pattern::pattern(std::string_view text, std::string_view client) : parts_(1) {
  while (!text.empty()) {
    if (text.starts_with(client_word)) {
      parts_.back().append(client); // as it is: a star in an id is no wildcard
      text.remove_prefix(client_word.size());
      continue;
    }
    if (text.front() == '*') {
      parts_.emplace_back();
    } else {
      parts_.back().push_back(text.front());
    }
    text.remove_prefix(1);
  }
}

/// Each part between two stars takes its leftmost position. If any choice of positions matches,
/// this choice matches, so nothing is tried again.
bool matches(const pattern_parts& parts, std::string_view id) {
  if (parts.empty())
    return false;
  const auto& first = parts.front();
  if (parts.size() == 1)
    return id == first;
  const auto& last = parts.back();
  if (id.size() < first.size() + last.size() || !id.starts_with(first) || !id.ends_with(last))
    return false;
  id.remove_prefix(first.size());
  id.remove_suffix(last.size());
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    const auto at = id.find(parts[i]);
    if (at == std::string_view::npos)
      return false;
    id.remove_prefix(at + parts[i].size());
  }
  return true;
}

bool rights::may_put(std::string_view to) const {
  return any_matches(put, to);
}

bool rights::may_watch(std::string_view client) const {
  return any_matches(watch, client);
}

bool rights::may_read(std::string_view topic) const {
  return any_matches(read, topic);
}

bool rights::may_publish(std::string_view topic) const {
  return any_matches(publish, topic);
}

bool rights::may_write(std::string_view topic, std::string_view key) const {
  return std::ranges::any_of(write, [topic, key](const topic_keys& one) {
    return one.topic.matches(topic) && one.key.matches(key);
  });
}

} // namespace restante::model
