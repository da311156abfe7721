// `restante notify`: puts one notification.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/one_shot_client.hpp"

namespace restante::cli {

namespace {

constexpr auto about = "Put a notification to a client, and print its trace";

constexpr auto examples = R"(Examples:
  restante notify bob "call me"
  echo '{"at": 8}' | restante notify bob - --pack-json --ttl 3600
  trace=$(restante notify bob "lunch?" --suit)      # restante await $trace
  restante notify bob "lunch?" --suit --wait 60     # prints the reply
  restante notify bob -- "-5 degrees"

Prints the trace; with --wait the reply instead. With --json the broker's answers.)";

struct notify_flags {
  broker_flags broker;
  std::string to;
  given_value pack;
  bool is_suit = false;
  double ttl = 0;
  double delay = 0;
  std::string message_id;
  std::string collapse_key;
  std::string at_cap;
  std::string from;
  double wait = 0;
  bool waits = false;
};

cap_policy policy_of(const std::string& name) {
  if (name.empty())
    return cap_policy::standard;
  return name == to_string(cap_policy::reject) ? cap_policy::reject : cap_policy::evict;
}

put_request request_of(const notify_flags& how, const one_shot_client& with) {
  put_request made;
  made.to = how.to;
  made.pack = json_of(how.pack);
  made.kind = how.is_suit ? notification_kind::suit : notification_kind::plain;
  made.ttl = milliseconds_of(how.ttl);
  made.message_id = how.message_id;
  made.collapse_key = how.collapse_key;
  made.delay = milliseconds_of(how.delay);
  made.at_cap = policy_of(how.at_cap);
  made.from = how.from;
  made.ns = with.ns();
  return made;
}

reply_view reply_to(const trace_id& trace, const notify_flags& how, one_shot_client& with) {
  const duration wait = milliseconds_of(how.wait);
  try {
    return with.need(with.asking().await(trace, wait, with.ns()), wait);
  } catch (const command_failed& failed) {
    // The notification is stored, so the user can await the reply later: the line gives its trace.
    throw command_failed{failed.code(), to_string(trace) + ": " + failed.what()};
  }
}

exit_code notify(const notify_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const auto receipt = with.need(with.asking().put(request_of(how, with)));
  if (how.broker.json)
    to.result(object_of(receipt));
  else if (!how.waits)
    to.result(to_string(receipt.trace));
  if (!how.waits)
    return exit_code::done;
  const auto reply = reply_to(receipt.trace, how, with);
  to.result(how.broker.json ? object_of(reply) : text_of(reply.value));
  return exit_code::done;
}

} // namespace

void add_notify(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<notify_flags>();
  auto* command = app.add_subcommand("notify", about);
  command->footer(examples);
  command->add_option("TO", how->to, "The client it is for")->type_name("TEXT")->required();
  add_value(*command, how->pack, "PACK", "--pack-json", true);
  auto* suit = command->add_flag("--suit", how->is_suit, "It expects a reply");
  command->add_option("--ttl", how->ttl, "How long it lives; the broker's default is a day")
      ->type_name("SECONDS")
      ->check(seconds_from(0.001));
  command->add_option("--delay", how->delay, "How long it waits before anybody is offered it")
      ->type_name("SECONDS")
      ->check(seconds_from(0.001));
  command->add_option("--message-id", how->message_id, "Makes saying it twice harmless")
      ->type_name("TEXT")
      ->check(not_empty());
  command
      ->add_option("--collapse-key", how->collapse_key,
                   "Takes the place of the one with this key, if that still waits")
      ->type_name("TEXT")
      ->check(not_empty());
  command
      ->add_option("--at-cap", how->at_cap,
                   "Where TO has too many waiting: evict the oldest, or reject this one")
      ->check(CLI::IsMember({"evict", "reject"}));
  command
      ->add_option("--from", how->from, "Who it is from, if not from server or the one --as says")
      ->type_name("CLIENT")
      ->check(not_empty());
  auto* wait = command->add_option("--wait", how->wait, "Wait for the reply, and print that");
  wait->type_name("SECONDS")->check(seconds_from(0))->needs(suit);
  add_as_flag(*command, how->broker, "Put as this client, beside its connection");
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, [wait](notify_flags& flags, screen& to) {
    flags.waits = wait->count() > 0;
    return notify(flags, to);
  });
}

} // namespace restante::cli
