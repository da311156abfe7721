// A broker that is killed at a random instant, again and again on the same data directory.
//
//   RESTANTE_CRASHES  how often (default 200)
//   RESTANTE_SEED     the seed of the instants and the operations (default 1)

#include "restante/broker/journal/sqlite_store.hpp"
#include "restante/tests/crash/child.hpp"
#include "restante/tests/support/history.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <random>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace restante::testing::crash {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text != nullptr ? std::stoull(text) : otherwise;
}

/// Starts this program again as the process that will be killed.
class child {
public:
  child(const std::string& directory, std::uint64_t seed, std::uint64_t first_number) {
    int ends[2];
    if (::pipe(ends) != 0)
      throw std::runtime_error{"no pipe"};
    const auto seed_text = std::to_string(seed);
    const auto number_text = std::to_string(first_number);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execl("/proc/self/exe", "crash", "--child", directory.c_str(), seed_text.c_str(),
              number_text.c_str(), nullptr);
      std::_Exit(127);
    }
    ::close(ends[1]);
    out_ = ends[0];
  }

  /// Reads for the given time or, with `until_up`, until the broker is up.
  void listen(history& into, steady_clock::duration span, bool until_up = false) {
    const auto until = steady_clock::now() + span;
    while (!(until_up && is_up_)) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
      pollfd waiting{out_, POLLIN, 0};
      if (left <= 0ms || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0 || !read(into))
        return;
    }
  }

  void kill(history& into) {
    ::kill(pid_, SIGKILL);
    while (read(into)) {
    }
    ::close(out_);
    ::waitpid(pid_, &status_, 0);
  }

  bool is_up() const { return is_up_; }
  bool was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }

private:
  bool read(history& into) {
    char buffer[65536];
    const auto n = ::read(out_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      return true;
    if (n <= 0)
      return false;
    rest_.append(buffer, static_cast<std::size_t>(n));
    std::size_t from = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', from)) {
      const auto line = rest_.substr(from, end - from);
      is_up_ = is_up_ || line == "U";
      into.received(line);
      from = end + 1;
    }
    rest_.erase(0, from);
    return true;
  }

  pid_t pid_ = 0;
  int out_ = -1;
  int status_ = 0;
  std::string rest_;
  bool is_up_ = false;
};

TEST(Crash, D1_D2_what_was_answered_is_there_after_each_kill) {
  const auto crashes = from_environment("RESTANTE_CRASHES", 200);
  const auto seed = from_environment("RESTANTE_SEED", 1);
  std::mt19937_64 random{seed};
  const auto directory =
      std::filesystem::temp_directory_path() / ("restante-crash-" + std::to_string(::getpid()));
  std::filesystem::remove_all(directory);
  std::filesystem::create_directory(directory);
  history lives;
  for (std::uint64_t life = 0; life < crashes; ++life) {
    SCOPED_TRACE("life " + std::to_string(life) + ", RESTANTE_SEED=" + std::to_string(seed));
    child one{directory.string(), random(), life * 1'000'000 + 1};
    if (random() % 8 == 0) { // perhaps while the broker restores
      one.listen(lives, std::chrono::microseconds{random() % 50'000});
    } else {
      one.listen(lives, 60s, true);
      ASSERT_TRUE(one.is_up());
      one.listen(lives, std::chrono::microseconds{random() % 80'000});
    }
    one.kill(lives);
    ASSERT_TRUE(one.was_killed());
    ASSERT_EQ(lives.faults(), std::vector<std::string>{});
    if (!std::filesystem::exists(directory / "journal.db"))
      continue; // killed before there was a journal
    journal::sqlite_store kept{directory, {}};
    ASSERT_EQ(lives.faults_of(kept, kept.identity().slots), std::vector<std::string>{});
  }
  std::filesystem::remove_all(directory);
  EXPECT_GT(lives.puts(), crashes);
  EXPECT_GT(lives.acks(), crashes / 2);
  EXPECT_GT(lives.replies(), crashes / 4);
  std::printf("%llu crashes: %llu puts, %llu acks, %llu replies were answered\n",
              static_cast<unsigned long long>(crashes),
              static_cast<unsigned long long>(lives.puts()),
              static_cast<unsigned long long>(lives.acks()),
              static_cast<unsigned long long>(lives.replies()));
}

} // namespace
} // namespace restante::testing::crash

int main(int argc, char** argv) {
  if (argc == 5 && std::string{argv[1]} == "--child")
    restante::testing::crash::run(argv[2], std::stoull(argv[3]), std::stoull(argv[4]));
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
