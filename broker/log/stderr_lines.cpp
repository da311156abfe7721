#include "restante/broker/log/stderr_lines.hpp"

#include "restante/broker/log/line_writer.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unistd.h>

namespace restante {

namespace {

struct stderr_writer {
  std::once_flag begun;
  std::optional<logging::line_writer> writer;

  void write(std::string_view line) {
    std::call_once(begun, [this] {
      const auto lost = [](std::uint64_t n) {
        return "restante: " + std::to_string(n) + " lines could not be written";
      };
      writer.emplace(logging::line_writer::setup{
          .to = logging::output::of(STDERR_FILENO), .dropped_line = lost, .extra = {}});
    });
    writer->write("restante: " + std::string{line});
  }
};

} // namespace

std::function<void(std::string_view)> lines_to_stderr() {
  return [to = std::make_shared<stderr_writer>()](std::string_view line) { to->write(line); };
}

} // namespace restante
