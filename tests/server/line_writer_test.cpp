// The writer of the log, with real files and pipes. Some of the pipes have no reader.

#include "restante/broker/log/line_writer.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace restante::logging {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// The longest wait of these tests. No test waits that long unless it fails.
constexpr auto deadline = 30s;

struct pipe_ends {
  pipe_ends() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~pipe_ends() {
    for (const int end : ends)
      ::close(end);
  }
  int reading() const { return ends[0]; }
  int writing() const { return ends[1]; }
  std::array<int, 2> ends{};
};

line_writer::setup to(std::shared_ptr<output> out, std::size_t bytes_max = 4096) {
  return {.to = std::move(out),
          .bytes_max = bytes_max,
          .dropped_line = [](std::uint64_t n) { return "dropped " + std::to_string(n); },
          .extra = {}};
}

/// Reads until the text ends with `end`.
std::string read_until(int from, const std::string& end) {
  std::string text;
  const auto limit = std::chrono::steady_clock::now() + deadline;
  std::array<char, 4096> some{};
  while (!text.ends_with(end) && std::chrono::steady_clock::now() < limit) {
    const auto n = ::read(from, some.data(), some.size());
    if (n > 0)
      text.append(some.data(), static_cast<std::size_t>(n));
  }
  return text;
}

/// Reads lines that equal `line` or report dropped lines, until they account for `most` lines.
std::uint64_t read_lines(int from, const std::string& line, std::uint64_t most) {
  constexpr std::string_view dropped = "dropped ";
  std::uint64_t seen = 0;
  while (seen < most) {
    const auto text = read_until(from, "\n");
    std::istringstream lines{text};
    for (std::string one; std::getline(lines, one);) {
      if (one.starts_with(dropped)) {
        seen += std::stoull(one.substr(dropped.size()));
      } else if (one == line) {
        ++seen;
      } else {
        ADD_FAILURE() << "not a whole line: " << one;
        return seen;
      }
    }
    if (text.empty())
      return seen;
  }
  return seen;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

} // namespace

TEST(LineWriter, S8_where_nobody_reads_lines_are_dropped_and_nobody_waits) {
  const pipe_ends pipe;
  line_writer writer{to(output::of(pipe.writing()))};
  const std::string line(99, 'x');
  const auto begin = std::chrono::steady_clock::now();
  for (int n = 0; n < 10'000; ++n) // 1 MB, a pipe holds 64 KiB
    writer.write(line);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, deadline);
  EXPECT_GT(writer.dropped(), 9'000U);
  // A reader starts late: every line arrives as a whole or is counted as dropped.
  EXPECT_EQ(read_lines(pipe.reading(), line, 10'000), 10'000U);
}

TEST(LineWriter, the_bound_is_reached_with_the_last_byte_and_not_before) {
  const pipe_ends pipe;
  const auto out = output::of(pipe.writing());
  while (out->write_some(std::string(4096, '-')) > 0) {
  }
  line_writer writer{to(out, 100)};
  writer.write("first"); // being written, in no queue
  writer.write(std::string(99, 'x'));
  EXPECT_LE(writer.dropped(), 1U); // the first line may still wait as well
  writer.write("");
  EXPECT_GE(writer.dropped(), 1U);
}

TEST(LineWriter, the_mode_of_what_others_write_to_stays_as_it_was) {
  const pipe_ends pipe;
  {
    line_writer writer{to(output::of(pipe.writing()))};
    writer.write("a line");
    EXPECT_TRUE(writer.flush(deadline));
  }
  EXPECT_EQ(::fcntl(pipe.writing(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(read_until(pipe.reading(), "\n"), "a line\n");
}

TEST(LineWriter, ends_soon_where_nobody_reads) {
  const pipe_ends pipe;
  const auto begin = std::chrono::steady_clock::now();
  {
    line_writer writer{to(output::of(pipe.writing()), 1 << 20)};
    for (int n = 0; n < 10'000; ++n)
      writer.write(std::string(99, 'x'));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, deadline);
}

TEST(LineWriter, writes_what_waits_before_it_ends) {
  const serve::temporary_file file{""};
  {
    line_writer writer{to(output::append_to(file.path()), 1 << 20)};
    for (int n = 0; n < 1000; ++n)
      writer.write(std::to_string(n));
  }
  EXPECT_THAT(text_of(file.path()), StartsWith("0\n1\n"));
  EXPECT_THAT(text_of(file.path()), EndsWith("\n999\n"));
}

TEST(LineWriter, a_full_disk_is_counted_and_told_when_there_is_room) {
  if (::access("/dev/full", W_OK) != 0)
    GTEST_SKIP() << "there is no /dev/full";
  const serve::temporary_file file{""};
  line_writer writer{to(output::append_to("/dev/full"))};
  writer.write("lost");
  EXPECT_TRUE(writer.flush(deadline));
  writer.write("lost too");
  EXPECT_TRUE(writer.flush(deadline));
  EXPECT_EQ(writer.dropped(), 2U);
  writer.change_output(output::append_to(file.path()));
  writer.write("kept");
  EXPECT_TRUE(writer.flush(deadline));
  EXPECT_EQ(text_of(file.path()), "kept\ndropped 2\n");
}

TEST(LineWriter, a_fifo_that_nobody_reads_yet_is_no_reason_to_wait) {
  const serve::temporary_file file{""};
  const auto path = file.path() + ".fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  {
    line_writer writer{to(output::append_to(path))};
    for (int n = 0; n < 10'000; ++n)
      writer.write(std::string(99, 'x'));
    EXPECT_GT(writer.dropped(), 0U);
  }
  std::filesystem::remove(path);
}

TEST(LineWriter, more_is_asked_for_and_written) {
  const serve::temporary_file file{""};
  auto how = to(output::append_to(file.path()));
  bool is_asked = false;
  how.extra = [&is_asked]() -> extra_lines {
    if (std::exchange(is_asked, true))
      return {};
    return {"a summary\n", 1, std::nullopt};
  };
  line_writer writer{std::move(how)};
  writer.write("a line");
  EXPECT_TRUE(writer.flush(deadline));
  EXPECT_EQ(text_of(file.path()), "a line\na summary\n");
}

TEST(Output, a_text_that_nobody_reads_is_given_up) {
  const pipe_ends pipe;
  const auto out = output::of(pipe.writing());
  EXPECT_FALSE(out->write_within(std::string(1 << 20, 'x'), 10ms));
  EXPECT_TRUE(output::of(STDERR_FILENO)->write_within("", 10ms));
}

} // namespace restante::logging
