// `restante clients` and `restante drain`: an operator's questions about clients.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/one_shot_client.hpp"
#include "restante/broker/cli/pages.hpp"
#include "restante/messages/json/writer.hpp"

#include <ostream>
#include <span>
#include <unistd.h>

namespace restante::cli {

namespace {

constexpr auto clients_examples = R"(Examples:
  restante clients bob ann
  restante clients bob --json | jq .pending
  restante clients
  restante clients --prefix team/ --limit 10

Prints CLIENT, connected or absent, and how many notifications wait for it; without a name, of
all clients that there are: connected, or with something kept for them. It takes the right to
ask: the operator's for anybody and for the list, a client's token for that client.)";

constexpr auto drain_examples = R"(Examples:
  restante drain bob
  restante drain bob --json > taken.jsonl

Takes everything that was not delivered, oldest first, and prints a line for each: TRACE FROM
PACK, with --json the notification. It counts as delivered then; this is for operators. What
cannot be printed, because the disk is full or the reader has left, goes to standard error as
JSON, so that nothing is lost.)";

struct clients_flags {
  broker_flags broker;
  pages_flags pages;
  std::vector<std::string> names;
};

std::string line_of(const std::string& client, const pending_view& view, bool is_json) {
  const bool is_connected = view.state == presence::connected;
  if (!is_json)
    return printable(client) + (is_connected ? " connected " : " absent ") +
           std::to_string(view.pending);
  json::writer out;
  out.text("client", client).flag("connected", is_connected).number("pending", view.pending);
  return printable_json(std::move(out).object());
}

std::string line_of(const listed_client& one, bool is_json) {
  return line_of(one.client, pending_view{0, one.pending, one.state}, is_json);
}

exit_code list(const clients_flags& how, screen& to) {
  one_shot_client with{how.broker};
  const auto page = [&with](const id_range& range) {
    return with.need(with.server().list_clients(range));
  };
  for_each_listed(how.pages, with.ns(), page, &clients_view::clients, [&](const auto& one) {
    to.result(line_of(one, how.broker.json));
    return one.client;
  });
  return exit_code::done;
}

exit_code clients(const clients_flags& how, screen& to) {
  if (how.names.empty())
    return list(how, to);
  one_shot_client with{how.broker};
  std::vector<answer<pending_view>> asked;
  for (const auto& name : how.names)
    asked.push_back(with.server().pending(name, with.ns()));
  for (std::size_t i = 0; i < asked.size(); ++i)
    to.result(line_of(how.names[i], with.need(asked[i]), how.broker.json));
  return exit_code::done;
}

std::string line_of(const notification_view& view, bool is_json) {
  if (is_json)
    return printable_json(json::object_of(view, unix_epoch));
  return to_string(view.trace) + " " + printable(view.from) + " " + text_of(view.pack);
}

/// Drained notifications are kept nowhere else. Those that cannot be printed go to standard error
/// in full.
void rescue(std::span<const notification_view> left, std::size_t taken, screen& to) {
  to.complain(std::to_string(left.size()) + " of the " + std::to_string(taken) +
              " notifications that were taken could not be printed; they follow as JSON");
  for (const auto& one : left)
    to.err() << line_of(one, true) << std::endl;
}

exit_code drain(const clients_flags& how, screen& to) {
  if (has_no_reader(STDOUT_FILENO))
    throw output_closed{exit_code::failed, "nobody reads standard output: nothing was taken"};
  one_shot_client with{how.broker};
  const auto taken = with.need(with.server().drain(how.names.front(), with.ns()));
  const std::span<const notification_view> all{taken.notifications};
  for (std::size_t i = 0; i < all.size(); ++i) {
    try {
      to.result(line_of(all[i], how.broker.json));
    } catch (const command_failed&) {
      rescue(all.subspan(i), all.size(), to);
      throw;
    }
  }
  return exit_code::done;
}

} // namespace

void add_clients(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<clients_flags>();
  auto* command = app.add_subcommand("clients", "Print whether clients are there, and what waits");
  command->footer(clients_examples);
  auto* names = command->add_option("CLIENT", how->names, "Whom to ask about; without it, all")
                    ->type_name("TEXT");
  add_pages_flags(*command, how->pages, "clients");
  command->get_option("--prefix")->excludes(names);
  command->get_option("--limit")->excludes(names);
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &clients);
}

void add_drain(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<clients_flags>();
  auto* command = app.add_subcommand("drain", "Take all that waits for a client, and print it");
  command->footer(drain_examples);
  command->add_option("CLIENT", how->names, "Whose")->type_name("TEXT")->required()->expected(1);
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &drain);
}

void add_client_commands(CLI::App& app, chosen_command& chosen) {
  add_notify(app, chosen);
  add_listen(app, chosen);
  add_traces(app, chosen);
  add_ephemeral(app, chosen);
  add_topic(app, chosen);
}

void add_operator_commands(CLI::App& app, chosen_command& chosen) {
  add_clients(app, chosen);
  add_drain(app, chosen);
  add_bench(app, chosen);
  add_token(app, chosen);
  add_journal(app, chosen);
  add_settings(app, chosen);
}

} // namespace restante::cli
