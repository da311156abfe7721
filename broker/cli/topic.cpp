// `restante topic publish` and `list`; `watch` is in topic_watch.cpp.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/one_shot_client.hpp"
#include "restante/broker/cli/pages.hpp"
#include "restante/broker/cli/topic_watch.hpp"

namespace restante::cli {

namespace {

constexpr auto examples = R"(Examples:
  restante topic publish room "dinner is ready"
  restante topic publish room --data-json '{"says": "hello"}' --as bob

It reaches those who are subscribed now, once at most. --as CLIENT takes over from that client's
connection; without it the client is made up.)";

constexpr auto list_examples = R"(Examples:
  restante topic list
  restante topic list --prefix doc/ --json | jq -r .topic

Prints TOPIC, how many keys it has, and how many subscribers, in the order of the topics. A
client is shown those that it may read.)";

struct list_flags {
  broker_flags broker;
  pages_flags pages;
};

std::string line_of(const listed_topic& one, bool is_json) {
  if (is_json)
    return printable_json(json::object_of(one));
  return printable(one.topic) + " " + std::to_string(one.keys) + " " +
         std::to_string(one.subscribers);
}

exit_code list(const list_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const auto page = [&with](const id_range& range) {
    return with.need(with.asking().list_topics(range));
  };
  for_each_listed(how.pages, with.ns(), page, &topics_view::topics, [&](const auto& one) {
    to.result(line_of(one, how.broker.json));
    return one.topic;
  });
  return exit_code::done;
}

struct publish_flags {
  broker_flags broker;
  std::string topic;
  given_value data;
};

exit_code publish(const publish_flags& how, screen& to) {
  auto data = json_of(how.data);
  const auto limits = patience_of(how.broker);
  auto remote_broker = open_remote(remote_options_of(how.broker));
  connect_options who;
  who.client = how.broker.as.empty() ? made_up_client("cli-") : how.broker.as;
  who.ns = how.broker.ns;
  auto mine = remote_broker.connect(std::move(who));
  need(mine.connected(), limits);
  need(mine.publish(how.topic, std::move(data)), limits);
  if (how.broker.json)
    to.result(object_of_done());
  return exit_code::done;
}

void add_list(CLI::App& family, chosen_command& chosen) {
  auto how = std::make_shared<list_flags>();
  auto* command = family.add_subcommand("list", "Print the topics that there are");
  command->footer(list_examples);
  add_pages_flags(*command, how->pages, "topics");
  add_as_flag(*command, how->broker, "Ask as this client, beside its connection");
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &list);
}

} // namespace

void add_topic(CLI::App& app, chosen_command& chosen) {
  auto* family =
      app.add_subcommand("topic", "List topics, publish on them, and watch what is published");
  family->require_subcommand(1);
  add_list(*family, chosen);
  auto how = std::make_shared<publish_flags>();
  auto* command = family->add_subcommand("publish", "Send a message to a topic's subscribers");
  command->footer(examples);
  command->add_option("TOPIC", how->topic, "Where")->type_name("TEXT")->required();
  add_value(*command, how->data, "DATA", "--data-json", true);
  add_as_flag(*command, how->broker, "Be this client");
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &publish);
  add_watch(*family, chosen, watched::messages);
}

} // namespace restante::cli
