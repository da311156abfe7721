#include "restante/actors/model/watches.hpp"

#include "restante/messages/assert.hpp"

#include <utility>

namespace restante::model {

added watches::ask(const std::string& client) {
  if (all_.contains(client))
    return added::known;
  if (all_.size() >= most_)
    return added::full;
  all_.insert(client);
  return added::fresh;
}

void watches::leave(const std::string& client) {
  all_.erase(client);
  missed_.erase(client);
  RESTANTE_ASSERT(missed_.size() <= all_.size());
}

std::vector<std::string> watches::leave_forbidden(const rights& allowed) {
  std::vector<std::string> left;
  for (const auto& client : all_) {
    if (!allowed.may_watch(client))
      left.push_back(client);
  }
  for (const auto& client : left)
    leave(client);
  return left;
}

void watches::miss(const std::string& client) {
  RESTANTE_ASSERT(all_.contains(client));
  missed_.insert(client);
}

std::vector<std::string> watches::take_missed() {
  std::vector<std::string> clients{missed_.begin(), missed_.end()};
  missed_.clear();
  return clients;
}

} // namespace restante::model
