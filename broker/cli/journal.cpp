// `restante journal`: what an operator may do with a data directory that no broker has.

#include "restante/actors/machine_clocks.hpp"
#include "restante/actors/model/record.hpp"
#include "restante/actors/model/routing.hpp"
#include "restante/actors/shown_times.hpp"
#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/journal/noted_clocks.hpp"
#include "restante/broker/journal/reslot.hpp"
#include "restante/broker/journal/sqlite_store.hpp"
#include "restante/messages/json/writer.hpp"

namespace restante::cli {

namespace {

constexpr auto check_examples = R"(Examples:
  restante journal check /var/lib/restante
  restante journal check --json backup/ | jq -r .lines[]

Reads all that is in there and prints what it finds, slot by slot. The exit status is 1 when
something is damaged, and 2 when the directory cannot be read, or a broker has it.)";

constexpr auto stats_examples = R"(Examples:
  restante journal stats /var/lib/restante
  restante journal stats /var/lib/restante --json | jq .undelivered)";

constexpr auto export_examples = R"(Examples:
  restante journal export /var/lib/restante > kept.jsonl
  restante journal export backup/ | jq -r 'select(.to == "bob") | .trace'

Prints every notification that has not expired as a JSON object on a line of its own, those of
a client in their order. Nothing is taken away.)";

constexpr auto move_examples = R"(Examples:
  restante journal move /var/lib/restante --slots 64

The broker that is started on it afterwards has so many slots. It takes the space of a second
journal for a while; whenever it is broken off, the old one is there, or the new one.)";

constexpr std::uint32_t slots_max = 1024; // as the setting

struct journal_flags {
  std::string directory;
  std::uint32_t slots = 0;
  bool json = false;
};

/// The present of a journal's own time, and how far the wall clock is ahead of it (spec T1).
struct journal_time {
  explicit journal_time(const std::optional<clock_note>& last) {
    const auto clocks = system_clocks();
    const auto wall = clocks.wall();
    now = continued(last, wall, clocks.boot());
    ahead = wall_ahead_of(last, now, wall);
  }

  instant now;
  duration ahead{0};
};

/// Where the broker looks for a client.
slot_number slot_of(const client_address& who, std::uint32_t slots,
                    const std::array<std::uint8_t, 16>& key) {
  const model::routing known{key, slots};
  return static_cast<slot_number>(known.slot(known.route(who.ns, who.client)));
}

/// What is damaged, or went wrong on the way, against what cannot be looked at at all.
exit_code code_of(journal::storage_fault why) {
  using enum journal::storage_fault;
  return why == corrupt || why == io || why == full ? exit_code::failed : exit_code::usage;
}

command_failed failure_of(const std::string& directory, const journal::storage_error& why) {
  std::string text{why.what()};
  if (text.find(directory) == std::string::npos)
    text = directory + ": " + text;
  if (why.fault() == journal::storage_fault::locked)
    text += "; stop that broker first";
  return {code_of(why.fault()), printable(text)};
}

/// Lets the errors of a journal end the command.
template <class Work>
exit_code work_on(const journal_flags& how, Work work) {
  try {
    return work();
  } catch (const journal::storage_error& why) {
    throw failure_of(how.directory, why);
  }
}

exit_code check(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    const auto found = journal::check(how.directory, slot_of);
    if (how.json) {
      json::list_writer lines;
      for (const auto& line : found.lines) {
        std::string text;
        json::append_string(text, line);
        lines.add(text);
      }
      json::writer out;
      out.flag("sound", found.is_sound).raw("lines", std::move(lines).array());
      to.result(printable_json(std::move(out).object()));
    } else {
      for (const auto& line : found.lines)
        to.result(printable(line));
    }
    if (!found.is_sound)
      throw command_failed{exit_code::failed, printable(how.directory) + " is damaged"};
    return exit_code::done;
  });
}

void print(const journal::store_identity& made, const journal::store_stats& found, screen& to) {
  const auto line = [&to](std::string name, std::uint64_t value) {
    name.resize(15, ' ');
    to.result(name + std::to_string(value));
  };
  line("version", found.version);
  line("slots", made.slots);
  line("notifications", found.notifications);
  line("undelivered", found.undelivered);
  line("bytes", found.bytes);
  line("free_bytes", found.free_bytes);
}

exit_code stats(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    journal::store_options existing;
    existing.missing = journal::store_options::if_missing::refuse;
    journal::sqlite_store opened{how.directory, existing};
    const auto made = opened.identity();
    const auto found = opened.stats();
    if (!how.json) {
      print(made, found, to);
      return exit_code::done;
    }
    json::writer out;
    out.number("version", found.version)
        .number("slots", made.slots)
        .number("notifications", found.notifications)
        .number("undelivered", found.undelivered)
        .number("bytes", found.bytes)
        .number("free_bytes", found.free_bytes);
    to.result(std::move(out).object());
    return exit_code::done;
  });
}

/// As `status` would answer, had a broker been started on it.
std::string line_of(const kept_notification& kept, duration ahead) {
  json::writer out;
  out.text("ns", kept.to.ns);
  auto line = std::move(out).object();
  line.back() = ',';
  answer_value shown = status_view{0, model::view_of(model::record_of(kept), kept.to)};
  shift_times(shown, ahead);
  const auto& seen = std::get<status_view>(shown).notification;
  return printable_json(line + json::object_of(seen, unix_epoch).substr(1));
}

exit_code export_all(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    const journal_time time{journal::noted_clocks(how.directory)};
    journal::for_each(how.directory, time.now,
                      [&](slot_number, const auto& kept) { to.result(line_of(kept, time.ahead)); });
    return exit_code::done;
  });
}

exit_code move(const journal_flags& how, screen&) {
  return work_on(how, [&] {
    journal::reslot(how.directory, how.slots, slot_of);
    return exit_code::done;
  });
}

CLI::App* add(CLI::App& family, const char* name, const char* about, const char* examples,
              journal_flags& how) {
  auto* command = family.add_subcommand(name, about);
  command->footer(examples);
  command->add_option("DIR", how.directory, "The data directory; no broker may have it")
      ->type_name("TEXT")
      ->required();
  add_json_flag(*command, how.json);
  return command;
}

} // namespace

void add_journal(CLI::App& app, chosen_command& chosen) {
  auto* family = app.add_subcommand("journal", "Look after a data directory");
  family->require_subcommand(1);
  const auto add_one = [&](const char* name, const char* about, const char* examples, auto run) {
    auto how = std::make_shared<journal_flags>();
    auto* command = add(*family, name, about, examples, *how);
    choose(*command, chosen, how, run);
    return std::pair{command, how};
  };
  add_one("check", "Read everything, and print what is damaged", check_examples, &check);
  add_one("stats", "Print how much is in it", stats_examples, &stats);
  add_one("export", "Print what is in it, as JSON lines", export_examples, &export_all);
  const auto [moves, how] =
      add_one("move", "Give it another number of slots", move_examples, &move);
  moves->add_option("--slots", how->slots, "How many")
      ->type_name("NUMBER")
      ->required()
      ->check(CLI::Range(1U, slots_max));
}

} // namespace restante::cli
