#include "restante/clients/cpp/repeatable.hpp"

namespace restante::remoting {

namespace {

put_notification* put_of(command& what) {
  if (auto* one = std::get_if<put_notification>(&what))
    return one;
  if (auto* many = std::get_if<put_many>(&what))
    return &many->each;
  return nullptr;
}

const put_notification* put_of(const command& what) {
  return put_of(const_cast<command&>(what)); // NOLINT: the function only reads
}

} // namespace

bool is_repeatable(const command& what) {
  switch (facts_of_command(what).repeat) {
  case repetition::harmless:
    return true;
  case repetition::by_message_id:
    return !needs_message_id(what);
  case repetition::never:
    return false;
  }
  return false;
}

bool needs_message_id(const command& what) {
  const auto* put = put_of(what);
  return put != nullptr && put->message_id.empty();
}

void make_repeatable(command& what, const std::string& message_id) {
  if (auto* put = put_of(what); put != nullptr && put->message_id.empty())
    put->message_id = message_id;
}

} // namespace restante::remoting
