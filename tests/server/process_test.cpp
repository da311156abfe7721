// The program's use of the system: signals, open files, the service manager.

#include "restante/broker/server/open_files.hpp"
#include "restante/broker/server/service_state.hpp"
#include "restante/broker/server/signal_inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace restante::serve {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Takes the place of systemd: a socket that NOTIFY_SOCKET names.
class service_manager {
public:
  service_manager() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    const auto path = path_.string();
    std::filesystem::remove(path_);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~service_manager() {
    ::unsetenv("NOTIFY_SOCKET");
    ::close(socket_);
    std::filesystem::remove(path_);
  }

  service_manager(const service_manager&) = delete;
  service_manager& operator=(const service_manager&) = delete;

  std::string told() {
    std::array<char, 1024> text{};
    const auto size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? std::string{} : std::string(text.data(), static_cast<std::size_t>(size));
  }

private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("restante_notify_" + std::to_string(::getpid()));
  int socket_;
};

} // namespace

TEST(Process, signals_wait_until_they_are_asked_for) {
  const signal_inbox inbox;
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) {
    ::raise(signal);
    EXPECT_EQ(inbox.next(), signal);
  }
}

TEST(Process, who_waits_for_a_signal_may_have_other_things_to_do) {
  const signal_inbox inbox;
  EXPECT_EQ(inbox.next_within(std::chrono::milliseconds{1}), std::nullopt);
  ::raise(SIGHUP);
  EXPECT_EQ(inbox.next_within(std::chrono::hours{1}), SIGHUP);
}

TEST(Process, another_thread_can_end_the_waiting) {
  const signal_inbox inbox;
  std::thread other{[&inbox] { inbox.wake(); }};
  EXPECT_EQ(inbox.next(), signal_inbox::wake_up);
  other.join();
}

TEST(Process, a_signal_that_nobody_waited_for_ends_nothing) {
  {
    const signal_inbox inbox;
    inbox.wake();
    ::raise(SIGTERM);
  }
  sigset_t pending{};
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGTERM), 0);
  EXPECT_EQ(sigismember(&pending, signal_inbox::wake_up), 0);
}

TEST(Process, S8_open_files_are_raised_to_what_is_allowed) {
  const auto most = raise_open_files();
  rlimit bound{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &bound), 0);
  EXPECT_EQ(bound.rlim_cur, bound.rlim_max);
  EXPECT_EQ(most, bound.rlim_max);
}

TEST(Process, C6_the_service_manager_is_told_of_start_reload_and_stop) {
  service_manager systemd;
  tell_ready();
  EXPECT_THAT(systemd.told(), HasSubstr("READY=1"));
  tell_reloading();
  EXPECT_THAT(systemd.told(), AllOf(HasSubstr("RELOADING=1"), HasSubstr("MONOTONIC_USEC=")));
  tell_stopping(std::chrono::seconds{20});
  EXPECT_THAT(systemd.told(),
              AllOf(HasSubstr("STOPPING=1"), HasSubstr("EXTEND_TIMEOUT_USEC=20000000")));
}

TEST(Process, without_a_service_manager_nobody_is_told) {
  ::unsetenv("NOTIFY_SOCKET");
  tell_ready();
  tell_stopping(std::chrono::seconds{1});
}

} // namespace restante::serve
