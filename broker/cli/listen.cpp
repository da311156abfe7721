// `restante listen`: prints a client's notifications and acknowledges each after printing.

#include "restante/actors/protocol/backoff.hpp"
#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/given_text.hpp"
#include "restante/broker/cli/stream.hpp"
#include "restante/messages/json/frames.hpp"

#include <random>
#include <thread>

namespace restante::cli {

namespace {

constexpr auto about = "Print each notification of a client, and acknowledge it";

constexpr auto examples = R"(Examples:
  restante listen bob
  restante listen bob --json | while read -r note; do handle "$note"; done
  restante listen bob --count 1
  restante listen door --reply "come in" --reconnect

It becomes the client's connection, and takes over from the one there was. A notification is
one line, TRACE FROM PACK; with --json the frame as the broker says it. It is acknowledged when
the line has been written; what nobody reads any more stays with the broker.)";

/// The pauses between attempts at a reply that was refused temporarily. A signal waits that long at
/// most.
constexpr std::chrono::milliseconds repeat_first{100};
constexpr std::chrono::milliseconds repeat_longest{2'000};

struct listen_flags {
  broker_flags broker;
  stream_flags stream;
  std::string client;
  given_value reply;
  bool replies = false;
};

std::string line_of(const offered_notification& note, const listen_flags& how, const screen& to) {
  if (how.broker.json)
    return printable_json(json::frame_of(note, unix_epoch));
  return to.painted(to_string(note.trace), paint::dim) + " " +
         to.painted(printable(note.from), paint::bold) + " " + text_of(note.pack);
}

/// Replies before the acknowledgement, so that an unanswered suit is offered again. A reply that
/// was refused temporarily is repeated for as long as an operation may take, or with --reconnect
/// until it is accepted.
void answer_suit(const offered_notification& note, const listen_flags& how, const body& value,
                 stream& line, screen& to) {
  backoff pauses{repeat_first, repeat_longest, std::random_device{}()};
  const auto until = stream::clock::now() + milliseconds_of(how.broker.timeout);
  for (;;) {
    const auto receipt = line.at().reply(note.trace, value);
    try {
      line.need(receipt);
      return;
    } catch (const command_failed& failed) {
      // The suit was drained or has expired meanwhile, so no client waits for its reply.
      if (receipt.is_ready() && receipt.get(duration{0}).code() == errc::not_found) {
        to.complain(to_string(note.trace) + ": " + failed.what());
        return;
      }
      const bool may_last = how.stream.reconnect || stream::clock::now() < until;
      if (!is_refused_for_now(receipt) || !may_last || line.is_stopped())
        throw;
    }
    std::this_thread::sleep_for(pauses.next());
  }
}

/// Prints a push. Whether it was a notification.
bool print(stream& line, const listen_flags& how, const body& reply, screen& to) {
  const auto* note = std::get_if<delivery>(&line.pushed());
  if (note != nullptr) {
    const auto& it = note->notification;
    to.result(line_of(it, how, to));
    if (how.replies && it.kind == notification_kind::suit)
      answer_suit(it, how, reply, line, to);
  }
  line.done();
  return note != nullptr;
}

exit_code listen(const listen_flags& how, screen& to) {
  const auto reply = how.replies ? json_of(how.reply) : body{};
  stream line{how.broker, how.stream, how.client, to};
  std::uint64_t printed = 0;
  try {
    for (auto what = line.wait(); what != moment::stopped; what = line.wait()) {
      if (what == moment::pushed && print(line, how, reply, to) && ++printed == how.stream.count)
        break;
    }
  } catch (const output_closed&) { // so the notification is not acknowledged
  }
  return exit_code::done;
}

} // namespace

void add_listen(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<listen_flags>();
  auto* command = app.add_subcommand("listen", about);
  command->footer(examples);
  command->add_option("CLIENT", how->client, "Who to be")->type_name("TEXT")->required();
  how->reply.name = "--reply";
  auto* reply = command->add_option("--reply", how->reply.text, "Reply this to every suit");
  reply->type_name("TEXT");
  command->add_flag("--reply-json", how->reply.is_json, "The reply is JSON already, not text")
      ->needs(reply);
  add_stream_flags(*command, how->stream, "notifications");
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, [reply](listen_flags& flags, screen& to) {
    flags.replies = reply->count() > 0;
    return listen(flags, to);
  });
}

} // namespace restante::cli
