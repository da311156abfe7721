#include "restante/benchmarks/network/processes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace restante::benchmarks::network {

namespace {

constexpr std::chrono::seconds start_limit{20};
constexpr std::chrono::seconds stop_limit{5};
constexpr std::chrono::milliseconds poll_pause{5};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

double seconds_per_tick() {
  return 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Closes the descriptor in its destructor.
class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {
    if (fd < 0)
      fail("socket");
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { close(fd_); }

  operator int() const noexcept { return fd_; }

private:
  int fd_;
};

sockaddr_in address_of(endpoint at) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(at.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts_connections(endpoint at) {
  const descriptor probe{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = address_of(at);
  return connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// Runs in the child process and must not return.
[[noreturn]] void become(char* const* arguments, int log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) // the parent ended before the child asked for the signal
    _exit(127);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execvp(arguments[0], arguments);
  dprintf(STDERR_FILENO, "%s", std::strerror(errno));
  _exit(127);
}

pid_t start(const std::vector<std::string>& command, const std::filesystem::path& log_path) {
  std::vector<char*> arguments;
  for (const auto& each : command)
    arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  const descriptor log{open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  const auto parent = getpid();
  const auto child = fork();
  if (child < 0)
    fail("fork");
  if (child == 0)
    become(arguments.data(), log, parent);
  return child;
}

} // namespace

scratch::scratch(const std::filesystem::path& parent) {
  auto name = (parent / "restante-benchmark-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    fail(name);
  path_ = name;
}

scratch::~scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

cpu_time own_cpu() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return {seconds(used.ru_utime), seconds(used.ru_stime)};
}

double machine_cpu() {
  std::ifstream stat{"/proc/stat"};
  std::string label;
  std::array<double, 8> ticks{}; // user nice system idle iowait irq softirq steal
  stat >> label;
  for (auto& each : ticks)
    stat >> each;
  const auto [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
  return (user + nice + system + irq + softirq + steal) * seconds_per_tick();
}

server::server(const std::vector<std::string>& command, endpoint at, std::filesystem::path log)
    : at_(at), pid_(start(command, log)), ours_(true), log_(std::move(log)) {
  const auto limit = bench_clock::now() + start_limit;
  while (!accepts_connections(at)) {
    const bool exited = has_exited();
    if (exited || bench_clock::now() > limit) {
      const auto why =
          command.front() + (exited ? " ended: " : " does not listen: ") + end_of_log();
      if (!exited) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
      }
      throw std::runtime_error(why);
    }
    std::this_thread::sleep_for(poll_pause);
  }
}

server::~server() {
  if (!ours_ || has_exited())
    return;
  kill(pid_, SIGTERM);
  const auto limit = bench_clock::now() + stop_limit;
  while (!has_exited()) {
    if (bench_clock::now() > limit) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      return;
    }
    std::this_thread::sleep_for(poll_pause);
  }
}

bool server::has_exited() {
  return waitpid(pid_, nullptr, WNOHANG) != 0;
}

std::string server::end_of_log() const {
  constexpr std::size_t shown_max = 500;
  std::stringstream text;
  text << std::ifstream{log_}.rdbuf();
  const auto all = text.str();
  return all.substr(all.size() - std::min(all.size(), shown_max));
}

cpu_time server::cpu() const {
  if (pid_ == 0)
    return {};
  std::ifstream stat{"/proc/" + std::to_string(pid_) + "/stat"};
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')'); // the process name may contain spaces
  if (name_end == std::string::npos)
    throw std::runtime_error("the server has ended: " + end_of_log());
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  constexpr int fields_before_times = 11; // fields of proc(5): from state, the third, to cmajflt
  for (int i = 0; i < fields_before_times; ++i)
    fields >> skipped;
  cpu_time used;
  fields >> used.user >> used.system;
  used.user *= seconds_per_tick();
  used.system *= seconds_per_tick();
  return used;
}

memory_use server::memory() const {
  memory_use used;
  if (pid_ == 0)
    return used;
  const std::array<std::pair<std::string_view, std::size_t*>, 4> wanted{
      {{"Rss:", &used.resident},
       {"Pss:", &used.proportional},
       {"Private_Dirty:", &used.private_dirty},
       {"Anonymous:", &used.anonymous}}};
  std::ifstream rollup{"/proc/" + std::to_string(pid_) + "/smaps_rollup"};
  for (std::string line; std::getline(rollup, line);)
    for (const auto& [label, value] : wanted)
      if (line.starts_with(label))
        *value = std::stoull(line.substr(label.size())) * 1024;
  return used;
}

std::filesystem::path server::place() const {
  return ours_ ? log_.parent_path() : std::filesystem::temp_directory_path();
}

endpoint free_endpoint() {
  const descriptor probe{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = address_of({});
  socklen_t size = sizeof address;
  if (bind(probe, reinterpret_cast<const sockaddr*>(&address), size) < 0 ||
      getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) < 0)
    fail("bind");
  return {ntohs(address.sin_port)};
}

std::size_t raise_file_limit() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

std::vector<std::string> mosquitto_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory) {
  const auto file = directory / "mosquitto.conf";
  std::ofstream config{file};
  config << "listener " << at.port << " 127.0.0.1\n"
         << "allow_anonymous true\n"
            "set_tcp_nodelay true\n"
            "persistence false\n" // sessions are kept, in memory, as Restante's clients are
            "max_inflight_messages 64\n"
            "max_queued_messages 1000000\n"
            "sys_interval 0\n"
            "connection_messages false\n"
            "log_type none\n"
            "user root\n"; // do not change the user; matters for root only
  if (!config.flush())
    throw std::runtime_error("cannot write " + file.string());
  return {program, "-c", file.string()};
}

std::vector<std::string> redis_command(const std::string& program, endpoint at,
                                       const std::filesystem::path& directory) {
  return {program,
          "--port",
          std::to_string(at.port),
          "--bind",
          "127.0.0.1",
          "--dir",
          directory.string(),
          "--save",
          "",
          "--appendonly",
          "yes",
          "--appendfsync",
          "always",
          "--daemonize",
          "no"};
}

std::vector<std::string> jetstream_command(const std::string& program, endpoint at,
                                           const std::filesystem::path& directory) {
  const auto file = directory / "nats.conf";
  std::ofstream config{file};
  config << "listen: \"" << at.host() << "\"\n"
         << "jetstream { store_dir: \"" << directory.string() << "\" }\n";
  if (!config.flush())
    throw std::runtime_error("cannot write " + file.string());
  return {program, "-c", file.string()};
}

std::vector<std::string> restante_command(const std::string& program, endpoint at,
                                          const std::vector<std::string>& more) {
  std::vector<std::string> command{program, "serve", "--listen", at.host()};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

std::string first_line_of(const std::string& command) {
  FILE* output = popen((command + " 2>/dev/null").c_str(), "r");
  if (output == nullptr)
    return {};
  std::string line;
  for (int each = std::fgetc(output); each != EOF && each != '\n'; each = std::fgetc(output))
    line.push_back(static_cast<char>(each));
  pclose(output);
  return line;
}

} // namespace restante::benchmarks::network
