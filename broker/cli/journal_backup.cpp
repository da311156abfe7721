// `restante journal backup`, `restore` and `repair`: the commands that write a journal to another
// place.

#include "restante/broker/cli/answer_text.hpp"
#include "restante/broker/cli/interrupts.hpp"
#include "restante/broker/cli/journal_command.hpp"
#include "restante/broker/cli/progress_bar.hpp"
#include "restante/broker/journal/backup.hpp"
#include "restante/broker/journal/repair.hpp"
#include "restante/messages/json/writer.hpp"

#include <atomic>
#include <unistd.h>

namespace restante::cli {

namespace {

void print(const journal_flags& how, const journal::backup_report& made, screen& to) {
  if (!how.json) {
    print_figure(to, "notifications", made.notifications);
    print_figure(to, "undelivered", made.undelivered);
    print_figure(to, "commits", made.commits);
    print_figure(to, "bytes", made.bytes);
    return;
  }
  json::writer out;
  out.number("notifications", made.notifications)
      .number("undelivered", made.undelivered)
      .number("commits", made.commits)
      .number("bytes", made.bytes);
  to.result(std::move(out).object());
}

std::string line_of(const journal::repaired_slot& one) {
  const auto line = "slot " + std::to_string(one.slot) + ": " + std::to_string(one.found);
  if (one.is_complete)
    return line + " notifications";
  if (!one.expected)
    return line + " notifications; how many there were is not known";
  if (*one.expected > one.found)
    return line + " of " + std::to_string(*one.expected) + " notifications";
  if (*one.expected < one.found)
    return line + " notifications, " + std::to_string(one.found - *one.expected) +
           " more than it should hold: they may have ended before";
  return line + " notifications; what became of some of them is lost: they may be delivered again";
}

std::string line_of(const journal::lost_notification& one) {
  const auto line = "slot " + std::to_string(one.slot) + ": row " + std::to_string(one.row);
  if (!one.trace)
    return line + " is lost";
  const auto target = one.to.ns.empty() ? one.to.client : one.to.ns + "/" + one.to.client;
  return line + " is lost: " + to_string(*one.trace) + " for " + target;
}

std::string json_of(const journal::repaired_slot& one) {
  json::writer out;
  out.number("slot", one.slot).number("found", one.found).flag("complete", one.is_complete);
  if (one.expected)
    out.number("expected", *one.expected);
  return std::move(out).object();
}

std::string json_of(const journal::lost_notification& one) {
  json::writer out;
  out.number("slot", one.slot).number("row", one.row);
  if (one.trace)
    out.trace("trace", *one.trace).text("ns", one.to.ns).text("to", one.to.client);
  return std::move(out).object();
}

template <class Items>
std::string list_of(const Items& items) {
  json::list_writer list;
  for (const auto& one : items)
    list.add(json_of(one));
  return std::move(list).array();
}

std::string json_of(const journal::repair_report& found) {
  json::list_writer notes;
  for (const auto& line : found.notes) {
    std::string text;
    json::append_string(text, line);
    notes.add(text);
  }
  json::writer out;
  out.flag("complete", found.is_complete)
      .number("found", found.found)
      .number("missing", found.missing)
      .flag("missing_known", found.is_missing_known)
      .raw("notes", std::move(notes).array())
      .raw("slots", list_of(found.slots))
      .raw("lost", list_of(found.lost));
  return std::move(out).object();
}

void print(const journal_flags& how, const journal::repair_report& found, screen& to) {
  if (how.json) {
    to.result(printable_json(json_of(found)));
    return;
  }
  for (const auto& line : found.notes)
    to.result(printable(line));
  for (const auto& one : found.slots)
    to.result(printable(line_of(one)));
  for (const auto& one : found.lost)
    to.result(printable(line_of(one)));
}

std::string losses_of(const journal::repair_report& found) {
  if (!found.is_missing_known && found.missing == 0)
    return "it is not known how many notifications are lost";
  const auto known = std::to_string(found.missing) + " notifications are known to be lost";
  return found.is_missing_known ? known : known + ", and it is not known how many more";
}

} // namespace

exit_code backup_journal(const journal_flags& how, screen& to) {
  std::atomic<bool> is_stopped{false};
  const interrupts signals{[&is_stopped] { is_stopped = true; }};
  return work_on(how, [&] {
    progress_bar bar{to.err(), is_terminal(STDERR_FILENO) && !how.json};
    journal::backup_options options;
    options.slot_of = slot_of;
    if (how.overwrites)
      options.target = journal::durable::if_there::replace;
    options.go_on = [&](double part) {
      bar.draw(part, "written");
      return !is_stopped;
    };
    const auto made = journal::backup(how.from, how.to, options);
    bar.clear();
    print(how, made, to);
    return exit_code::done;
  });
}

exit_code restore_journal(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    print(how, journal::restore(how.from, how.to, slot_of), to);
    return exit_code::done;
  });
}

exit_code repair_journal(const journal_flags& how, screen& to) {
  return work_on(how, [&] {
    const auto found = journal::repair(how.from, how.to, slot_of);
    print(how, found, to);
    if (found.is_complete)
      return exit_code::done;
    throw command_failed{exit_code::failed,
                         printable(how.to) + " has what could be had; " + losses_of(found)};
  });
}

} // namespace restante::cli
