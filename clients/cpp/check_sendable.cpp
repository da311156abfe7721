#include "restante/clients/cpp/check_sendable.hpp"

#include "restante/messages/limits.hpp"
#include "restante/messages/validate.hpp"

#include <boost/pfr/tuple_size.hpp>

#include <type_traits>

namespace restante::remoting {

namespace {

using wrong = std::optional<failure>;

/// The first error of several checks.
template <class... Checks>
wrong first_of(Checks... checks) {
  wrong found;
  ((found = checks(), found.has_value()) || ...);
  return found;
}

auto id(std::string_view what, const std::string& text) {
  return [what, &text] { return check_part_of_id(what, text); };
}

auto value(std::string_view what, const body& it) {
  return [what, &it] { return check_value(what, it); };
}

auto payload(const body& it) {
  return [&it] { return check_size("payload", it.size(), ephemeral_bytes_max); };
}

wrong check(const topic_address& at) {
  return first_of(id("ns", at.ns), id("topic", at.topic));
}

wrong check(const client_address& at) {
  return first_of(id("ns", at.ns), id("client", at.client));
}

wrong check(const put_notification& m) {
  return first_of(id("ns", m.to.ns), id("to", m.to.client), id("from", m.from),
                  id("message_id", m.message_id), id("collapse_key", m.collapse_key),
                  value("pack", m.pack));
}

wrong check(const put_many& m) {
  if (m.targets.size() > put_many_targets_max)
    return failure{errc::too_many_targets, {}};
  for (const auto& target : m.targets) {
    // A target that is slightly too long is not refused here: the broker gives it an outcome of its
    // own.
    if (target.size() > 4 * id_bytes_max || !is_valid_utf8(target))
      return check_id("an item of targets", target);
  }
  return check(m.each);
}

wrong check(const trace_question& m) {
  return check_part_of_id("ns", m.ns);
}

wrong check(const id_range& m) {
  return first_of(id("ns", m.ns), id("prefix", m.prefix), id("after", m.after));
}

/// A command with texts other than its topic, its client, its trace or its range of ids has an
/// overload of its own.
struct checker {
  template <class Command>
  wrong operator()(const Command& m) const {
    static_assert(boost::pfr::tuple_size_v<Command> <= 2 ||
                      std::is_same_v<Command, subscribe_topic>,
                  "This command has more members: write a line for it here.");
    if constexpr (requires { m.at; })
      return check(m.at);
    else if constexpr (requires { m.client; })
      return check(m.client);
    else if constexpr (requires { m.question; })
      return check(m.question);
    else
      return check(m.range);
  }
  wrong operator()(const put_notification& m) const { return check(m); }
  wrong operator()(const put_many& m) const { return check(m); }
  wrong operator()(const record_reply& m) const {
    return first_of([&] { return check(m.question); }, value("reply", m.value));
  }
  wrong operator()(const purge_expired& m) const { return check_part_of_id("ns", m.ns); }
  wrong operator()(const ack_notifications&) const { return std::nullopt; }
  wrong operator()(const set_entry& m) const {
    return first_of([&] { return check(m.at); }, id("key", m.key), payload(m.payload));
  }
  wrong operator()(const clear_entry& m) const {
    return first_of([&] { return check(m.at); }, id("key", m.key));
  }
  wrong operator()(const publish_message& m) const {
    return first_of([&] { return check(m.at); }, value("data", m.data));
  }
};

} // namespace

std::optional<failure> check_sendable(const command& what) {
  return std::visit(checker{}, what);
}

std::optional<failure> check_sendable(const client_address& who) {
  return check(who);
}

} // namespace restante::remoting
