// The files from which settings, tokens, keys and certificates are read.

#include "restante/broker/server/check_files.hpp"
#include "restante/broker/server/regular_file.hpp"
#include "restante/broker/server/setting_sources.hpp"
#include "restante/broker/server/tokens_file.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace restante::serve {

namespace {

using ::testing::HasSubstr;

/// A named pipe without a writer.
class silent_pipe {
public:
  silent_pipe() {
    std::filesystem::remove(at_.path());
    EXPECT_EQ(::mkfifo(at_.path().c_str(), 0600), 0);
  }
  const std::string& path() const { return at_.path(); }

private:
  temporary_file at_{""};
};

std::string refusal_of(const std::string& path) {
  try {
    return "taken: " + regular_file{path}.text(100);
  } catch (const std::runtime_error& wrong) {
    return wrong.what();
  }
}

} // namespace

TEST(RegularFile, all_of_it_is_read_up_to_a_bound) {
  const temporary_file file{"some text"};
  EXPECT_EQ(regular_file{file.path()}.text(9), "some text");
  EXPECT_THROW(regular_file{file.path()}.text(8), std::runtime_error);
  const temporary_file long_one{std::string(10'000, 'x')};
  EXPECT_EQ(regular_file{long_one.path()}.text(10'000).size(), 10'000U);
}

TEST(RegularFile, nothing_else_is_opened_and_nothing_is_waited_for) {
  const silent_pipe pipe;
  EXPECT_EQ(refusal_of(pipe.path()), pipe.path() + ": is no regular file");
  EXPECT_EQ(refusal_of("/dev/null"), "/dev/null: is no regular file");
  EXPECT_EQ(refusal_of("/"), "/: is a directory");
  EXPECT_EQ(refusal_of("/no/such"), "/no/such: No such file or directory");
}

TEST(RegularFile, a_pipe_without_a_name_is_read_to_its_end) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto path = "/dev/fd/" + std::to_string(ends[0]);
  std::jthread writer{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    EXPECT_EQ(::write(ends[1], "from a shell", 12), 12);
    ::close(ends[1]);
  }};
  EXPECT_EQ(refusal_of(path), "taken: from a shell");
  writer.join();
  EXPECT_EQ(refusal_of(path), "taken: ");
  ::close(ends[0]);
}

TEST(RegularFile, a_link_to_one_will_do) {
  const temporary_file file{"text"};
  const auto link = file.path() + ".link";
  std::filesystem::create_symlink(file.path(), link);
  EXPECT_EQ(refusal_of(link), "taken: text");
  std::filesystem::remove(link);
}

TEST(RegularFile, all_that_settings_name_are_read_so) {
  const silent_pipe pipe;
  EXPECT_THROW(read_file(pipe.path()), settings_error);
  EXPECT_THROW(read_tokens(pipe.path()), std::runtime_error);
  serve_settings how;
  how.auth.jwt_key_file = pipe.path();
  EXPECT_THAT(fault_in_files(how).value_or(""), HasSubstr("is no regular file"));
  const temporary_file file{"x"};
  EXPECT_EQ(fault_in_tls(pipe.path(), file.path()),
            "cannot read the certificate " + pipe.path() + ": is no regular file");
  EXPECT_EQ(fault_in_tls(file.path(), pipe.path()),
            "cannot read the key " + pipe.path() + ": is no regular file");
}

} // namespace restante::serve
