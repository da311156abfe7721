// `restante journal`: commands of an operator for a data directory.

#include "restante/actors/model/record.hpp"
#include "restante/actors/model/routing.hpp"
#include "restante/actors/protocol/machine_clocks.hpp"
#include "restante/actors/protocol/shown_times.hpp"
#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/broker_flags.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/journal_command.hpp"
#include "restante/broker/journal/noted_clocks.hpp"
#include "restante/broker/journal/reslot.hpp"
#include "restante/messages/json/writer.hpp"

namespace restante::cli {

namespace {

constexpr auto check_examples = R"(Examples:
  restante journal check /var/lib/restante
  restante journal check --json kept.db | jq -r .lines[]

Reads all that is in there and prints what it finds, slot by slot. The exit status is 1 when
something is damaged, and 2 when it cannot be read, or a broker has the directory.)";

constexpr auto backup_examples = R"(Examples:
  restante journal backup /var/lib/restante kept.db
  restante journal backup --overwrite /var/lib/restante /backup/restante.db

A broker may run on the directory. FILE has everything that was answered before the command began,
and needs no other file. It is read and verified before it gets its name: whenever this is broken
off, a FILE that was there is as it was, and what is left is called FILE.part.)";

constexpr auto restore_examples = R"(Examples:
  restante journal restore kept.db /var/lib/restante

The directory must be new or empty: move the old one away first. Run it as the broker's user, or
as root on an empty directory that belongs to that user. Broken off, it can be repeated, and no
broker starts on the directory before that.)";

constexpr auto repair_examples = R"(Examples:
  restante journal repair /var/lib/restante /var/lib/restante.repaired
  restante journal repair --json kept.db new | jq .missing

Takes what has a right checksum, also where SQLite reads nothing any more. What is damaged, a data
directory or a backup, is only read; TO must be new or empty. Prints what was found, slot by slot,
and what is known of each notification that is lost. The exit status is 1 when something is lost;
when nothing could be had, TO is not there.)";

constexpr auto stats_examples = R"(Examples:
  restante journal stats /var/lib/restante
  restante journal stats /var/lib/restante --json | jq .undelivered)";

constexpr auto export_examples = R"(Examples:
  restante journal export /var/lib/restante > kept.jsonl
  restante journal export kept.db | jq -r 'select(.to == "bob") | .trace'

Prints every notification that has not expired as a JSON object on a line of its own, those of
a client in their order. Nothing is taken away.)";

constexpr auto move_examples = R"(Examples:
  restante journal move /var/lib/restante --slots 64

The broker that is started on it afterwards has so many slots. It takes the space of a second
journal for a while; whenever it is broken off, the old one is there, or the new one.)";

constexpr std::uint32_t slots_max = 1024; // the maximum of the setting

/// The present of the journal's own time, and how far the wall clock is ahead of it (spec T1).
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

exit_code check(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    const auto found = journal::check(how.from, slot_of);
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
      throw command_failed{exit_code::failed, printable(how.from) + " is damaged"};
    return exit_code::done;
  });
}

void print(const journal::store_identity& made, const journal::store_stats& found, screen& to) {
  print_figure(to, "version", found.version);
  print_figure(to, "slots", made.slots);
  print_figure(to, "notifications", found.notifications);
  print_figure(to, "undelivered", found.undelivered);
  print_figure(to, "bytes", found.bytes);
  print_figure(to, "free_bytes", found.free_bytes);
}

exit_code stats(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    const auto [made, found] = journal::figures_of(how.from);
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

/// The line that `status` would print if a broker ran on this journal.
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
    const journal_time time{journal::noted_clocks(how.from)};
    journal::for_each(how.from, time.now,
                      [&](slot_number, const auto& kept) { to.result(line_of(kept, time.ahead)); });
    return exit_code::done;
  });
}

exit_code move(const journal_flags& how, screen& /*to*/) {
  return work_on(how, [&] {
    journal::reslot(how.from, how.slots, slot_of);
    return exit_code::done;
  });
}

constexpr auto a_directory = "The data directory; no broker may have it";
constexpr auto a_place = "The data directory, which no broker may have, or the file of a backup";

/// Adds one command, whose first argument has the given name.
template <class Run>
std::pair<CLI::App*, std::shared_ptr<journal_flags>>
add(CLI::App& family, chosen_command& chosen, const char* name, const char* about,
    const char* examples, std::pair<const char*, const char*> from, Run run) {
  auto how = std::make_shared<journal_flags>();
  auto* command = family.add_subcommand(name, about);
  command->footer(examples);
  command->add_option(from.first, how->from, from.second)->type_name("TEXT")->required();
  add_json_flag(*command, how->json);
  choose(*command, chosen, how, run);
  return {command, how};
}

void add_readers(CLI::App& family, chosen_command& chosen) {
  const std::pair from{"DIR_OR_FILE", a_place};
  add(family, chosen, "check", "Read everything, and print what is damaged", check_examples, from,
      &check);
  add(family, chosen, "stats", "Print how much is in it", stats_examples, from, &stats);
  add(family, chosen, "export", "Print what is in it, as JSON lines", export_examples, from,
      &export_all);
}

void add_writers(CLI::App& family, chosen_command& chosen) {
  const auto [backup, backed_up] =
      add(family, chosen, "backup", "Write it into one file, also while a broker runs",
          backup_examples, {"DIR", "The data directory; a broker may have it"}, &backup_journal);
  backup->add_option("FILE", backed_up->to, "The new file")->type_name("TEXT")->required();
  backup->add_flag("--overwrite", backed_up->overwrites, "Replace a FILE that is there");
  const auto [restore, restored] =
      add(family, chosen, "restore", "Make a data directory out of a backup", restore_examples,
          {"FILE", "What backup has written"}, &restore_journal);
  restore->add_option("DIR", restored->to, "A new or empty directory")
      ->type_name("TEXT")
      ->required();
  const auto [repair, repaired] =
      add(family, chosen, "repair", "Save what can be had of a damaged one", repair_examples,
          {"DIR_OR_FILE", a_place}, &repair_journal);
  repair->add_option("TO", repaired->to, "A new or empty directory")->type_name("TEXT")->required();
  const auto [moves, moved] = add(family, chosen, "move", "Give it another number of slots",
                                  move_examples, {"DIR", a_directory}, &move);
  moves->add_option("--slots", moved->slots, "How many")
      ->type_name("NUMBER")
      ->required()
      ->check(CLI::Range(1U, slots_max));
}

} // namespace

slot_number slot_of(const client_address& who, std::uint32_t slots,
                    const std::array<std::uint8_t, 16>& key) {
  const model::routing known{key, slots};
  return static_cast<slot_number>(known.slot(known.route(who.ns, who.client)));
}

namespace {

/// Tells damage, or a failure during the work, from a journal that cannot be read at all.
exit_code code_of(journal::storage_fault why) {
  using enum journal::storage_fault;
  return why == corrupt || why == io || why == full ? exit_code::failed : exit_code::usage;
}

} // namespace

command_failed failure_of(const journal_flags& how, const journal::storage_error& why) {
  std::string text{why.what()};
  const bool names_target = !how.to.empty() && text.find(how.to) != std::string::npos;
  if (!names_target && text.find(how.from) == std::string::npos)
    text = how.from + ": " + text;
  if (why.fault() == journal::storage_fault::locked)
    text += "; stop that broker first";
  return {code_of(why.fault()), printable(text)};
}

void print_figure(screen& to, std::string name, std::uint64_t value) {
  name.resize(15, ' ');
  to.result(name + std::to_string(value));
}

void add_journal(CLI::App& app, chosen_command& chosen) {
  auto* family = app.add_subcommand("journal", "Look after a data directory");
  family->require_subcommand(1);
  add_readers(*family, chosen);
  add_writers(*family, chosen);
}

} // namespace restante::cli
