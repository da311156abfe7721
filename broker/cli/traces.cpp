// `restante status`, `reply` and `await`: the commands that take a trace.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/one_shot_client.hpp"

namespace restante::cli {

namespace {

constexpr auto status_examples = R"(Examples:
  restante status 9592cdc546aa8a651eb7d5af6c1045e1
  restante status $trace --json | jq -r .notification.state

What has expired, was evicted or never was is not_found, and the exit status 1.)";

constexpr auto reply_examples = R"(Examples:
  restante reply $trace "at eight"
  restante reply $trace --as bob --value-json '{"at": 8}'

A later reply replaces an earlier one.)";

constexpr auto await_examples = R"(Examples:
  restante await $trace --timeout 60
  restante await $trace --timeout 0 || echo "no reply yet"

Prints the reply as soon as there is one; the exit status is 4 when there is none in time.)";

struct trace_flags {
  broker_flags broker;
  std::string trace;
  given_value value;
  double wait = 60;
};

trace_id trace_in(const trace_flags& how) {
  return trace_of(how.trace).value_or(trace_id{}); // the trace was checked while parsing
}

exit_code status(const trace_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const auto view = with.need(with.asking().status(trace_in(how), with.ns()));
  to.result(how.broker.json ? object_of(view) : details_of(view.notification));
  return exit_code::done;
}

exit_code reply(const trace_flags& how, screen& to) {
  auto value = json_of(how.value);
  one_shot_client with{how.broker};
  const auto view = with.need(with.asking().reply(trace_in(how), std::move(value), with.ns()));
  if (how.broker.json)
    to.result(object_of(view));
  return exit_code::done;
}

exit_code await(const trace_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const duration wait = milliseconds_of(how.wait);
  const auto view = with.need(with.asking().await(trace_in(how), wait, with.ns()), wait);
  to.result(how.broker.json ? object_of(view) : text_of(view.value));
  return exit_code::done;
}

CLI::App* add(CLI::App& app, const char* name, const char* about, const char* examples,
              trace_flags& how) {
  auto* command = app.add_subcommand(name, about);
  command->footer(examples);
  command->add_option("TRACE", how.trace, "Of the notification")
      ->type_name("TEXT")
      ->required()
      ->check(a_trace());
  add_as_flag(*command, how.broker, "Ask as this client, beside its connection");
  add_broker_flags(*command, how.broker);
  return command;
}

} // namespace

void add_traces(CLI::App& app, chosen_command& chosen) {
  auto of_status = std::make_shared<trace_flags>();
  auto* asks =
      add(app, "status", "Print what became of a notification", status_examples, *of_status);
  add_timeout_flag(*asks, of_status->broker);
  choose(*asks, chosen, of_status, &status);

  auto of_reply = std::make_shared<trace_flags>();
  auto* replies = add(app, "reply", "Reply to a suit", reply_examples, *of_reply);
  add_value(*replies, of_reply->value, "VALUE", "--value-json", true);
  add_timeout_flag(*replies, of_reply->broker);
  choose(*replies, chosen, of_reply, &reply);

  auto of_await = std::make_shared<trace_flags>();
  auto* awaits =
      add(app, "await", "Wait for the reply to a suit, and print it", await_examples, *of_await);
  awaits->add_option("--timeout", of_await->wait, "How long to wait for the reply [60]")
      ->type_name("SECONDS")
      ->check(seconds_from(0));
  choose(*awaits, chosen, of_await, &await);
}

} // namespace restante::cli
