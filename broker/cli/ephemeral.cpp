// `restante ephemeral set`, `clear` and `list`; `watch` is in topic_watch.cpp.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/stream.hpp"
#include "restante/broker/cli/topic_lines.hpp"
#include "restante/broker/cli/topic_watch.hpp"

#include <algorithm>

namespace restante::cli {

namespace {

constexpr auto set_examples = R"(Examples:
  restante ephemeral set room typing:bob --as bob
  restante ephemeral set room cursor 12:4 --for 5
  restante ephemeral set call ringing --as bob --ttl 2 &     # kill %1 clears it

A key lives as long as the connection that set it. So this says that it is set and stays, and
renews the lease, until a signal or the end of --for; then it leaves, and the key is cleared.
--as CLIENT takes over from that client's connection; without it the client is made up.)";

constexpr auto clear_examples = R"(Example:
  restante ephemeral clear room typing:bob --as bob

A key belongs to a connection. So this takes over from the client's connection, which clears
all its keys, and clears this one if a window to resume has kept it.)";

constexpr auto list_examples = R"(Examples:
  restante ephemeral list room
  restante ephemeral list room --json | jq -r '.entries[].key'

Prints KEY CLIENT TIME-LEFT PAYLOAD, in the order of the keys; with --json the broker's answer.)";

struct key_flags {
  broker_flags broker;
  stream_flags stream;
  std::string topic;
  std::string key;
  given_value payload;
  double lease = 60;
  double stays = 0; ///< how long to hold the key; 0: until a signal
};

using clock = stream::clock;

/// The longest pause after a renewal that was refused temporarily.
constexpr std::chrono::seconds renewal_pause{1};

/// Holds a key on a connection of its own.
class holder {
public:
  holder(const key_flags& how, screen& to)
      : how_{how}, screen_{to}, payload_{bytes_of(how.payload)}, line_{how.broker, how.stream,
                                                                       client_of(how), to} {
    if (how.stays > 0)
      end_at_ = clock::now() + milliseconds_of(how.stays);
  }

  exit_code hold() {
    for (;;) {
      switch (line_.wait(std::min(renew_at_, end_at_))) {
      case moment::stopped:
        return exit_code::done;
      case moment::connected: // a fresh connection: the earlier key is gone
        set();
        break;
      case moment::pushed:
        look_at_push();
        break;
      case moment::due:
        if (clock::now() >= end_at_)
          return exit_code::done;
        renew();
        break;
      }
    }
  }

private:
  static std::string client_of(const key_flags& how) {
    return how.broker.as.empty() ? made_up_client("cli-") : how.broker.as;
  }

  void renew() {
    renew_at_ = clock::time_point::max();
    if (line_.is_there()) // otherwise the key is set after the reconnect
      set();
  }

  void set() {
    const duration lease = std::min<duration>(milliseconds_of(how_.lease), lease_max);
    const auto asked = line_.at().set(how_.topic, how_.key, payload_, lease);
    try {
      line_.need(asked);
    } catch (const command_failed&) {
      if (!is_refused_for_now(asked) || clock::now() >= held_until_)
        throw;
      renew_at_ = clock::now() + std::min<duration>(lease / 8, renewal_pause);
      return;
    }
    held_until_ = clock::now() + lease;
    renew_at_ = clock::now() + lease / 2;
    if (std::exchange(is_said_, true))
      return;
    screen_.result(how_.broker.json
                       ? std::string{object_of_done()}
                       : line_of(entry_view{how_.key, line_.client(), payload_, lease}, screen_));
  }

  void look_at_push() {
    const auto* end = std::get_if<entry_ended>(&line_.pushed());
    const bool is_lost = end != nullptr && end->key == how_.key && end->at.topic == how_.topic;
    const auto owner = is_lost ? printable(end->new_client) : std::string{};
    line_.done();
    if (is_lost)
      throw command_failed{exit_code::failed, printable(how_.key) + " on " + printable(how_.topic) +
                                                  " is " + owner + "'s now"};
  }

  const key_flags& how_;
  screen& screen_;
  body payload_;
  stream line_;
  clock::time_point renew_at_ = clock::time_point::max();
  clock::time_point held_until_{}; ///< the deadline for a temporarily refused renewal
  clock::time_point end_at_ = clock::time_point::max();
  bool is_said_ = false;
};

exit_code set(const key_flags& how, screen& to) {
  try {
    return holder{how, to}.hold();
  } catch (const output_closed&) {
    return exit_code::done;
  }
}

exit_code clear(const key_flags& how, screen& to) {
  const auto limits = patience_of(how.broker);
  auto remote_broker = open_remote(remote_options_of(how.broker));
  connect_options who;
  who.client = how.broker.as;
  who.ns = how.broker.ns;
  auto mine = remote_broker.connect(std::move(who));
  need(mine.connected(), limits);
  need(mine.clear(how.topic, how.key), limits);
  if (how.broker.json)
    to.result(object_of_done());
  return exit_code::done;
}

exit_code list(const key_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const auto view = with.need(with.asking().list(how.topic, with.ns()));
  if (how.broker.json)
    to.result(object_of(view));
  for (const auto& entry : how.broker.json ? std::vector<entry_view>{} : view.entries)
    to.result(listed(entry));
  return exit_code::done;
}

CLI::App* add(CLI::App& app, const char* name, const char* about, const char* examples,
              key_flags& how) {
  auto* command = app.add_subcommand(name, about);
  command->footer(examples);
  command->add_option("TOPIC", how.topic, "Where the key is")->type_name("TEXT")->required();
  add_broker_flags(*command, how.broker);
  add_timeout_flag(*command, how.broker);
  return command;
}

void add_key(CLI::App& command, key_flags& how) {
  command.add_option("KEY", how.key, "Which")->type_name("TEXT")->required();
}

void add_set(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<key_flags>();
  auto* command = add(app, "set", "Hold a key until this command ends", set_examples, *how);
  add_key(*command, *how);
  add_value(*command, how->payload, "PAYLOAD", "", false);
  command->add_option("--ttl", how->lease, "The lease, renewed in time [60]")
      ->type_name("SECONDS")
      ->check(seconds_from(0.1));
  command->add_option("--for", how->stays, "Leave after so long")
      ->type_name("SECONDS")
      ->check(seconds_from(0.001));
  command->add_flag("--reconnect", how->stream.reconnect,
                    "Look for a lost broker instead of ending");
  add_as_flag(*command, how->broker, "Be this client");
  choose(*command, chosen, how, &set);
}

} // namespace

void add_ephemeral(CLI::App& app, chosen_command& chosen) {
  auto* family = app.add_subcommand("ephemeral", "Set, clear, list and watch ephemeral keys");
  family->require_subcommand(1);
  add_set(*family, chosen);

  auto of_clear = std::make_shared<key_flags>();
  auto* clears = add(*family, "clear", "Clear a key of a client", clear_examples, *of_clear);
  add_key(*clears, *of_clear);
  add_as_flag(*clears, of_clear->broker, "Be this client, whose key it is");
  clears->get_option("--as")->required();
  choose(*clears, chosen, of_clear, &clear);

  auto of_list = std::make_shared<key_flags>();
  auto* lists = add(*family, "list", "Print the keys of a topic", list_examples, *of_list);
  add_as_flag(*lists, of_list->broker, "Ask as this client, beside its connection");
  choose(*lists, chosen, of_list, &list);

  add_watch(*family, chosen, watched::keys);
}

} // namespace restante::cli
