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
  return put_of(const_cast<command&>(what)); // NOLINT: it only looks
}

struct repeatable {
  bool operator()(const put_notification& m) const { return !m.message_id.empty(); }
  bool operator()(const put_many& m) const { return !m.each.message_id.empty(); }
  bool operator()(const drain_queue&) const { return false; }     // the first has taken it all
  bool operator()(const purge_expired&) const { return false; }   // counts from zero again
  bool operator()(const publish_message&) const { return false; } // once at most (spec E16)
  template <class Command>
  bool operator()(const Command&) const {
    return true;
  }
};

} // namespace

bool is_repeatable(const command& what) {
  return std::visit(repeatable{}, what);
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
