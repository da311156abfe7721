// Measures the C++ client against a broker in another process: over a CAF node, beside CAF alone,
// and over WebSocket.

#include "restante/benchmarks/figure.hpp"
#include "restante/benchmarks/harness.hpp"
#include "restante/benchmarks/network/processes.hpp"
#include "restante/benchmarks/remote/bare_peer.hpp"
#include "restante/clients/cpp/remote.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace restante::benchmarks::remoting {
namespace {

using network::endpoint;

struct options {
  std::string restante;
  std::size_t rounds = 5;
  std::size_t puts = 100'000;
  std::size_t lone_puts = 2'000;
  std::size_t pack_bytes = 100;
  std::size_t targets = 1'000;
  std::size_t at_once = 8'192; ///< puts handed in and not yet answered
};

std::string own_path() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

/// Counts the puts under way, so that a sender waits instead of being refused.
class gate {
public:
  explicit gate(std::size_t most) : most_{most} {}

  void enter() {
    std::unique_lock lock{mutex_};
    left_.wait(lock, [this] { return inside_ < most_; });
    ++inside_;
  }
  void leave(bool is_fine) {
    const std::lock_guard lock{mutex_};
    --inside_;
    refused_ += is_fine ? 0 : 1;
    if (inside_ == 0 || inside_ == most_ / 2)
      left_.notify_one();
  }
  /// How many puts were refused; called when no put is under way.
  std::size_t wait_empty() {
    std::unique_lock lock{mutex_};
    left_.wait(lock, [this] { return inside_ == 0; });
    return refused_;
  }

private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable left_;
  std::size_t inside_ = 0;
  std::size_t refused_ = 0;
};

put_request request(std::size_t index, const options& how, const body& pack) {
  put_request made;
  made.to = "target-" + std::to_string(index % how.targets);
  made.pack = pack;
  return made;
}

double puts_per_second(caller& by, const options& how) {
  const auto pack = body::bytes(std::string(how.pack_bytes, 'x'));
  gate inside{how.at_once};
  const auto begun = bench_clock::now();
  for (std::size_t i = 0; i < how.puts; ++i) {
    inside.enter();
    by.put(request(i, how, pack),
           [&inside](const outcome<put_receipt>& said) { inside.leave(said.ok()); });
  }
  if (const auto refused = inside.wait_empty(); refused > 0)
    throw std::runtime_error{std::to_string(refused) + " puts were refused"};
  const std::chrono::duration<double> took = bench_clock::now() - begun;
  return static_cast<double>(how.puts) / took.count();
}

/// One put at a time, each awaited: median latency in microseconds.
double lone_put_us(caller& by, const options& how) {
  const auto pack = body::bytes(std::string(how.pack_bytes, 'x'));
  std::vector<std::chrono::nanoseconds> took;
  for (std::size_t i = 0; i < how.lone_puts; ++i) {
    const auto begun = bench_clock::now();
    if (!by.put(request(i, how, pack)).get())
      throw std::runtime_error{"a put was refused"};
    took.push_back(bench_clock::now() - begun);
  }
  return std::chrono::duration<double, std::micro>{summarize(std::move(took)).p50}.count();
}

struct measured {
  std::vector<double> rate;
  std::vector<double> lone;
  std::vector<double> server_us; ///< CPU time of the broker per put
};

/// One round at a broker that is started for this round.
void measure(const std::string& scheme, const options& how, measured& into) {
  const network::scratch directory{std::filesystem::temp_directory_path()};
  const auto at = network::free_endpoint();
  const auto node = network::free_endpoint();
  auto command = network::restante_command(how.restante, at, {});
  if (scheme == "caf") // without a data directory, as most people run the broker
    command.insert(command.end(), {"--node-port", std::to_string(node.port)});
  const network::server broker{command, at, directory.path() / "log"};
  const auto port = scheme == "caf" ? node.port : at.port;
  remote elsewhere{{.url = scheme + "://127.0.0.1:" + std::to_string(port)}};
  auto sender = elsewhere.connect({.client = "sender"});
  if (const auto how_it_went = sender.connected().get(); !how_it_went)
    throw std::runtime_error{how_it_went.error().text()};
  into.lone.push_back(lone_put_us(sender, how));
  const auto before = broker.cpu().total();
  into.rate.push_back(puts_per_second(sender, how));
  into.server_us.push_back((broker.cpu().total() - before) * 1e6 / static_cast<double>(how.puts));
}

void print(const figure& of, const std::vector<double>& baseline,
           const std::vector<double>& restante) {
  const auto base = median(baseline);
  const auto ours = median(restante);
  std::printf("%-58s %12s %22s %8.2f x   %-9s %s\n", of.name.c_str(), shown(base).c_str(),
              shown(restante).c_str(), ratio(of, base, ours), shown_target(of).c_str(),
              verdict(of, base, ours).c_str());
}

void print_value(const char* name, const std::vector<double>& values) {
  std::printf("%-58s %12s %22s\n", name, "", shown(values).c_str());
}

int run(const options& how) {
  std::vector<double> bare;
  measured node;
  measured socket;
  const bare_peer peer{own_path()};
  for (std::size_t round = 1; round <= how.rounds; ++round) {
    std::fprintf(stderr, "round %zu of %zu\n", round, how.rounds);
    bare.push_back(bare_messages_per_second(peer.port(), how.puts, how.pack_bytes));
    measure("caf", how, node);
    measure("ws", how, socket);
  }
  std::printf("%u cores, %zu puts of %zu bytes a round, %zu rounds: medians (least to most)\n",
              std::thread::hardware_concurrency(), how.puts, how.pack_bytes, how.rounds);
  std::printf("%-58s %12s %22s\n", "", "baseline", "Restante");
  using kind = goal::kind;
  print({"puts/s through the node, against CAF's bare messages/s",
         "/s",
         better::higher,
         {kind::ratio, 0.6}},
        bare, node.rate);
  print({"puts/s over WebSocket, against the node's", "/s", better::higher, {kind::ratio, 5}},
        node.rate, socket.rate);
  print_value("broker's CPU for a put through the node, us", node.server_us);
  print_value("broker's CPU for a put over WebSocket, us", socket.server_us);
  print_value("one lone put through the node, p50, us", node.lone);
  print_value("one lone put over WebSocket, p50, us", socket.lone);
  return 0;
}

} // namespace
} // namespace restante::benchmarks::remoting

/// Exits with 1 when something could not be measured; a missed target is no failure.
int main(int argc, char** argv) {
  using namespace restante::benchmarks;
  using namespace restante::benchmarks::remoting;
  if (argc == 2 && std::string{argv[1]} == "--bare-peer")
    return run_bare_peer();
  options how;
  how.restante =
      (std::filesystem::path{own_path()}.parent_path().parent_path() / "restante").string();
  CLI::App app{"The C++ client against a broker in another process"};
  app.add_option("--restante", how.restante, "the program")->capture_default_str();
  app.add_option("--rounds", how.rounds, "of each")->check(CLI::Range(1, 100));
  app.add_option("--puts", how.puts, "in a round")->check(CLI::Range(1'000, 1'000'000));
  app.add_option("--bytes", how.pack_bytes, "of a pack")->check(CLI::Range(1, 65'536));
  app.add_option("--at-once", how.at_once, "puts under way")->check(CLI::Range(1, 60'000));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(how);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
