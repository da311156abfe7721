#include "restante/broker/serve/logging.hpp"

#include "restante/broker/serve/check_places.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <exception>
#include <stdexcept>

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

} // namespace

line_log::line_log(log_settings how)
    : how_{std::move(how)}, format_{how_.format == "json" ? log_format::json : log_format::text},
      least_{severity_of(how_.level)} {
  try {
    out_.store(open());
  } catch (const std::exception& failed) {
    const std::string why{failed.what()};
    throw std::runtime_error{why.starts_with("log_file") ? why : "log_file: " + why};
  }
}

line_log::~line_log() = default;

std::shared_ptr<spdlog::logger> line_log::open() const {
  spdlog::sink_ptr to;
  // spdlog would make a directory, and then a misspelt path goes unnoticed.
  if (const auto wrong = fault_in_log_file(how_.file); wrong && !how_.file.empty())
    throw std::runtime_error{*wrong};
  if (how_.file.empty())
    to = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  else
    to = std::make_shared<spdlog::sinks::basic_file_sink_mt>(how_.file);
  auto made = std::make_shared<spdlog::logger>("restante", std::move(to));
  // The line is ours, down to its time; level and file are all that spdlog decides about.
  made->set_formatter(
      std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
  made->set_level(spdlog::level::trace);
  made->flush_on(spdlog::level::trace);
  made->set_error_handler([](const std::string&) {}); // a full disk is no reason to say so there
  return made;
}

void line_log::write(severity how, std::string_view event,
                     std::span<const gateway::log_field> fields) {
  if (how < least_.load(std::memory_order_relaxed))
    return;
  try {
    const auto line = log_line(format_, std::chrono::system_clock::now(), how, event, fields);
    out_.load()->log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
  } catch (const std::exception&) { // no memory: nothing to be done, and nowhere to say so
  }
}

std::optional<std::string> line_log::reopen() {
  try {
    out_.store(open());
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
