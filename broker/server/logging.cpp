#include "restante/broker/server/logging.hpp"

#include "restante/broker/server/check_places.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <unistd.h>

namespace restante::serve {

namespace {

using gateway::severity;

severity severity_of(std::string_view name) {
  if (name == "debug")
    return severity::debug;
  if (name == "info")
    return severity::info;
  return name == "warning" ? severity::warning : severity::error;
}

/// The `reason` of a warning, which tells repeating warnings of one name apart. Other levels are
/// not split by reason: a client may have made the reason up.
std::string_view reason_in(severity how, std::span<const gateway::log_field> fields) {
  if (how < severity::warning)
    return {};
  const auto found = std::ranges::find(fields, "reason", &gateway::log_field::name);
  return found == fields.end() ? std::string_view{} : std::string_view{found->text};
}

} // namespace

line_log::line_log(log_settings how)
    : how_{std::move(how)}, format_{how_.format == "json" ? log_format::json : log_format::text},
      least_{severity_of(how_.level)} {
  try {
    logging::line_writer::setup made;
    made.to = open();
    made.dropped_line = [this](std::uint64_t lines) {
      return line_of(severity::warning, "log_lines_dropped", {{"lines", lines}});
    };
    made.extra = [this] { return summaries(); };
    out_.emplace(std::move(made));
  } catch (const std::exception& failed) {
    const std::string why{failed.what()};
    throw std::runtime_error{why.starts_with("log_file") ? why : "log_file: " + why};
  }
}

line_log::~line_log() {
  for (const auto& line : summaries_until(std::chrono::steady_clock::now() + event_limiter::period))
    out_->write(line);
}

std::shared_ptr<logging::output> line_log::open() const {
  if (!how_.file.empty()) {
    if (const auto wrong = fault_in_log_file(how_.file))
      throw std::runtime_error{*wrong};
  }
  return how_.file.empty() ? logging::output::of(STDERR_FILENO)
                           : logging::output::append_to(how_.file);
}

std::string line_log::line_of(severity how, std::string_view event,
                              std::initializer_list<gateway::log_field> fields) const {
  return log_line(format_, std::chrono::system_clock::now(), how, event,
                  std::span<const gateway::log_field>{fields.begin(), fields.size()});
}

void line_log::write(severity how, std::string_view event,
                     std::span<const gateway::log_field> fields) {
  if (how < least_.load(std::memory_order_relaxed))
    return;
  try {
    if (!is_left_out(how, event, fields))
      out_->write(log_line(format_, std::chrono::system_clock::now(), how, event, fields));
  } catch (const std::exception&) { // out of memory: nothing can be done or reported
  }
}

bool line_log::is_left_out(severity how, std::string_view event,
                           std::span<const gateway::log_field> fields) {
  if (least_ == severity::debug && how < severity::warning)
    return false;
  using verdict = event_limiter::verdict;
  const auto what =
      limiter_.judge(how, event, reason_in(how, fields), std::chrono::steady_clock::now());
  if (what == verdict::leave_out_first)
    out_->wake(); // the writer's thread must report the dropped line later
  return what != verdict::write;
}

std::vector<std::string> line_log::summaries_until(event_limiter::time_point now) {
  std::vector<std::string> made;
  for (const auto& one : limiter_.take_summaries(now)) {
    made.push_back(line_of(one.how, "repeated",
                           {{"of", std::string_view{one.event}},
                            {"reason", std::string_view{one.reason}},
                            {"lines", one.lines}}));
  }
  return made;
}

/// Called by the writer's thread.
logging::extra_lines line_log::summaries() {
  logging::extra_lines made;
  for (const auto& line : summaries_until(std::chrono::steady_clock::now())) {
    made.text.append(line).append(1, '\n');
    ++made.lines;
  }
  made.again = limiter_.next_summary();
  return made;
}

std::uint64_t line_log::dropped() const {
  return out_->dropped();
}

bool line_log::flush(std::chrono::milliseconds most) {
  return out_->flush(most);
}

std::optional<std::string> line_log::reopen() {
  try {
    out_->change_output(open());
    return std::nullopt;
  } catch (const std::exception& failed) {
    return failed.what();
  }
}

void line_log::set_level(std::string_view level) {
  least_.store(severity_of(level), std::memory_order_relaxed);
}

std::function<void(std::string_view)> broker_lines(std::shared_ptr<gateway::event_log> to) {
  return [to = std::move(to)](std::string_view line) {
    to->write(severity::warning, "broker", {{"line", line}});
  };
}

} // namespace restante::serve
