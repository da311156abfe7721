// `restante ephemeral watch` and `restante topic watch`: print the events of a topic.

#include "restante/broker/cli/topic_watch.hpp"

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/stream.hpp"
#include "restante/broker/cli/topic_lines.hpp"
#include "restante/messages/json/frames.hpp"

#include <utility>

namespace restante::cli {

namespace {

constexpr auto keys_examples = R"(Examples:
  restante ephemeral watch room
  restante ephemeral watch room --json | jq -c '{key, client_id}'

Prints what is there, then what happens: "+ KEY CLIENT PAYLOAD" for a key that is set,
"- KEY CLIENT REASON" for one that is cleared. A reader that is too slow misses events: then
"= COUNT" says that the state follows anew, so many keys. With --json the broker's frames,
a snapshot first.)";

constexpr auto messages_examples = R"(Examples:
  restante topic watch room
  restante topic watch room --json --count 1

Prints "CLIENT DATA" for each message that is published while it listens; with --json the
frames. The keys of the topic are the business of "restante ephemeral watch".)";

struct watch_flags {
  broker_flags broker;
  stream_flags stream;
  std::string topic;
  watched what = watched::keys;
};

/// Prints the events of one topic, up to the wanted count.
class printer {
public:
  printer(const watch_flags& how, screen& to)
      : how_{how}, screen_{to}, line_{how.broker, how.stream, client_of(how), to} {}

  exit_code print() {
    for (auto what = line_.wait(); what != moment::stopped; what = line_.wait()) {
      if (what == moment::connected && !std::exchange(is_subscribed_, true))
        subscribe(); // after a reconnect the connection subscribes by itself
      if (what != moment::pushed)
        continue;
      std::visit([this](const auto& it) { on(it); }, line_.pushed());
      line_.done();
      if (how_.stream.count != 0 && printed_ >= how_.stream.count)
        break;
    }
    return exit_code::done;
  }

private:
  static std::string client_of(const watch_flags& how) {
    return how.broker.as.empty() ? made_up_client("cli-") : how.broker.as;
  }

  void subscribe() {
    auto view = line_.need(line_.at().subscribe(how_.topic));
    view.topic = how_.topic;
    if (how_.what == watched::keys)
      print(view);
  }

  void print(const entries_view& view) {
    if (how_.broker.json) {
      screen_.result(printable_json(json::frame_of(view)));
      return;
    }
    for (const auto& entry : view.entries)
      screen_.result(line_of(entry, screen_));
  }

  template <class Push>
  void on(const Push&) {}

  void on(const entries_view& view) {
    if (how_.what != watched::keys)
      return;
    if (!how_.broker.json)
      screen_.result("= " + std::to_string(view.entries.size()));
    print(view);
  }

  void on(const topic_events& events) {
    const auto& batch = events.batch();
    const auto frames = how_.broker.json ? json::frames_of(batch) : std::vector<std::string>{};
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      const auto& event = batch.events[i];
      const bool is_message = event.kind == event_kind::message;
      if (is_message != (how_.what == watched::messages))
        continue;
      screen_.result(how_.broker.json ? printable_json(frames[i]) : line_of(event, screen_));
      if (++printed_ == how_.stream.count)
        return;
    }
  }

  const watch_flags& how_;
  screen& screen_;
  stream line_;
  std::uint64_t printed_ = 0;
  bool is_subscribed_ = false;
};

exit_code watch(const watch_flags& how, screen& to) {
  try {
    return printer{how, to}.print();
  } catch (const output_closed&) {
    return exit_code::done;
  }
}

} // namespace

void add_watch(CLI::App& family, chosen_command& chosen, watched what) {
  const bool is_keys = what == watched::keys;
  auto how = std::make_shared<watch_flags>();
  how->what = what;
  auto* command =
      family.add_subcommand("watch", is_keys ? "Print the keys of a topic, and what happens to them"
                                             : "Print what is published on a topic");
  command->footer(is_keys ? keys_examples : messages_examples);
  command->add_option("TOPIC", how->topic, "Which")->type_name("TEXT")->required();
  add_stream_flags(*command, how->stream, is_keys ? "events" : "messages");
  add_as_flag(*command, how->broker,
              "Be this client, and take over from its connection; else one is made up");
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &watch);
}

} // namespace restante::cli
