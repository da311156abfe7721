#include "restante/tests/simulation/reference.hpp"

#include <algorithm>
#include <utility>

namespace restante::simulation {

namespace {

constexpr std::int64_t listed_default = 64;
constexpr std::int64_t listed_max = 256;

struct range {
  std::string prefix;
  std::string after;
  std::int64_t limit = listed_default;
};

/// Checks types only: values are checked after the identity.
range read_range(const request& fields) {
  range read;
  if (fields.has("prefix"))
    read.prefix = fields.text("prefix");
  if (fields.has("after"))
    read.after = fields.text("after");
  read.limit = fields.integer("limit", listed_default);
  return read;
}

void check(const range& asked, const limits& bounds) {
  if (asked.limit < 1 || asked.limit > listed_max)
    throw refusal{"invalid_argument"};
  if (asked.prefix.size() > bounds.id_bytes_max || asked.after.size() > bounds.id_bytes_max)
    throw refusal{"invalid_argument"};
}

/// One existing client or topic, and its row; null: it will be removed soon and is left out.
struct listed {
  std::string id;
  json row;
};

/// A page that is followed by more rows is not empty.
json page_of(const std::vector<listed>& all, range asked, const char* name) {
  std::vector<listed> matching;
  std::copy_if(all.begin(), all.end(), std::back_inserter(matching),
               [&](const auto& one) { return one.id.starts_with(asked.prefix); });
  for (;;) {
    std::vector<listed> behind;
    std::copy_if(matching.begin(), matching.end(), std::back_inserter(behind),
                 [&](const auto& one) { return one.id > asked.after; });
    const auto more = behind.size() > static_cast<std::size_t>(asked.limit);
    if (more)
      behind.resize(static_cast<std::size_t>(asked.limit));
    json rows = json::array();
    for (const auto& one : behind)
      if (!one.row.is_null())
        rows.push_back(one.row);
    if (!rows.empty() || !more)
      return {{name, std::move(rows)}, {"total", matching.size()}, {"more", more}};
    asked.after = behind.back().id;
  }
}

} // namespace

/// A client exists while it is connected, or within its window, or something is kept for it, or it
/// is watched.
reference::outcome reference::list_clients(const caller& who, const request& fields) {
  const auto asked = read_range(fields);
  if (who.as)
    throw refusal{"forbidden"};
  check(asked, bounds_);
  const auto& space = tenants_[who.ns];
  std::set<std::string> there;
  for (const auto& [name, each] : space.clients) {
    if (each.link || !each.records.empty())
      there.insert(name);
    if (each.link)
      there.insert(each.link->watches.begin(), each.link->watches.end());
  }
  std::vector<listed> all;
  for (const auto& name : there) {
    const auto found = space.clients.find(name);
    const auto known = found != space.clients.end();
    all.push_back({name,
                   {{"client", name},
                    {"connected", known && found->second.link.has_value()},
                    {"pending", known ? undelivered(found->second) : 0}}});
  }
  return page_of(all, asked, "clients");
}

/// A topic with neither live keys nor subscribers will be removed soon.
reference::outcome reference::list_topics(const caller& who, const request& fields) {
  const auto asked = read_range(fields);
  check(asked, bounds_);
  const auto& space = tenants_[who.ns];
  std::vector<listed> all;
  for (const auto& [name, place] : space.topics) {
    const auto keys = std::count_if(place.entries.begin(), place.entries.end(),
                                    [&](auto& entry) { return now_ < entry.second.expires_at; });
    const auto subscribers =
        std::count_if(space.clients.begin(), space.clients.end(), [&, topic = name](auto& each) {
          const auto& link = each.second.link;
          return link && link->subscriptions.contains(topic);
        });
    json row;
    if (keys > 0 || subscribers > 0)
      row = {{"topic", name}, {"keys", keys}, {"subscribers", subscribers}};
    all.push_back({name, std::move(row)});
  }
  return page_of(all, asked, "topics");
}

} // namespace restante::simulation
