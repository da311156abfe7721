// `restante bench`: measures how fast a running broker is, as seen from this machine.

#include "restante/broker/cli/bench_load.hpp"
#include "restante/broker/cli/bench_text.hpp"
#include "restante/broker/cli/commands.hpp"
#include "restante/broker/cli/interrupts.hpp"
#include "restante/broker/cli/progress_bar.hpp"
#include "restante/broker/server/open_files.hpp"

#include <condition_variable>
#include <mutex>
#include <unistd.h>

namespace restante::cli {

namespace {

constexpr auto examples = R"(Examples:
  restante bench
  restante bench --mode round --connections 50 --pipeline 4 --seconds 30
  restante bench --mode fan-out --connections 1000 --json

Modes: put, to receivers who are not there, each until its answer; round, to receivers who are,
each until its delivery; fan-out, one publisher and --connections subscribers, each until it is
heard. It uses names of its own and takes along what it leaves; on a broker without tokens. A
bar is drawn on a terminal only. A signal ends it early, with the figures so far.)";

using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds redraw_after{100};

/// Waits in short steps until the time is over, a signal arrives or the load fails.
class stopwatch {
public:
  void stop() {
    {
      const std::lock_guard lock{mutex_};
      is_stopped_ = true;
    }
    changed_.notify_one();
  }

  /// Whether a signal arrived.
  bool wait_until(clock::time_point at) {
    std::unique_lock lock{mutex_};
    return changed_.wait_until(lock, at, [this] { return is_stopped_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;
};

/// Runs the load. Answers how long it ran. Throws command_failed.
duration let_work(load& what, const load_flags& how, stopwatch& watch, screen& to) {
  progress_bar bar{to.err(), is_terminal(STDERR_FILENO) && !how.broker.json};
  const auto begin = clock::now();
  const auto end = begin + milliseconds_of(how.seconds);
  what.go();
  for (auto now = begin; now < end; now = clock::now()) {
    const duration passed = now - begin;
    bar.draw(std::chrono::duration<double>(passed).count() / how.seconds,
             progress_text(what.results().done.count(), passed, how.seconds));
    if (watch.wait_until(std::min<clock::time_point>(end, now + redraw_after)))
      break;
    if (const auto trouble = what.results().trouble())
      throw command_failed{*trouble};
  }
  const duration worked = clock::now() - begin;
  what.halt();
  return worked;
}

exit_code bench(const load_flags& how, screen& to) {
  stopwatch watch;
  const interrupts signals{[&watch] { watch.stop(); }};
  serve::raise_open_files();
  const auto work = make_load(how);
  work->open();
  const auto worked = let_work(*work, how, watch, to);
  work->clean_up();
  const auto result = result_of(how, work->results(), worked);
  to.result(how.broker.json ? json_text(result) : table_text(result));
  return exit_code::done;
}

void add_number(CLI::App& app, const char* flag, std::uint32_t& into, const char* help,
                std::uint32_t least, std::uint32_t most) {
  app.add_option(flag, into, help + (" [" + std::to_string(into) + "]"))
      ->type_name("NUMBER")
      ->check(CLI::Range(least, most));
}

} // namespace

void add_bench(CLI::App& app, chosen_command& chosen) {
  auto how = std::make_shared<load_flags>();
  auto* command = app.add_subcommand("bench", "Put load on a running broker, and print figures");
  command->footer(examples);
  command->add_option("--mode", how->mode, "put, round or fan-out [put]")
      ->type_name("NAME")
      ->check(CLI::IsMember(load_modes()));
  add_number(*command, "--connections", how->connections, "Of senders, or subscribers", 1, 100'000);
  add_number(*command, "--pipeline", how->pipeline, "Operations under way of each", 1, 256);
  add_number(*command, "--size", how->bytes, "Bytes of a pack", 32, pack_bytes_max);
  command->add_option("--seconds", how->seconds, "How long [10]")
      ->type_name("SECONDS")
      ->check(seconds_from(0.1));
  add_broker_flags(*command, how->broker);
  add_timeout_flag(*command, how->broker);
  choose(*command, chosen, how, &bench);
}

} // namespace restante::cli
