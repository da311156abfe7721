#include "restante/benchmarks/remote/bare_peer.hpp"

#include "restante/actors/protocol/caf_node.hpp"
#include "restante/actors/protocol/interfaces.hpp"
#include "restante/benchmarks/harness.hpp"
#include "restante/broker/api/broker.hpp"
#include "restante/broker/node/node.hpp"

#include <caf/scoped_actor.hpp>

#include <array>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace restante::benchmarks::remoting {

namespace {

/// Counts puts. It answers any purge with the number of puts.
using counter_actor = typed<accepts<put_notification>, answers<purge_expired, purge_receipt>>;

class counter final : public counter_actor::base {
public:
  explicit counter(caf::actor_config& config) : counter_actor::base{config} {}

  behavior_type make_behavior() override {
    return {
        [this](const put_notification&) { ++seen_; },
        [this](const purge_expired&) {
          return purge_receipt{0, std::exchange(seen_, 0)};
        },
    };
  }

private:
  std::uint64_t seen_ = 0;
};

struct node_system {
  node_system() : system{(configure(config, 1), configure_node(config), config)} {
    system.await_actors_before_shutdown(false);
  }

  caf::actor_system_config config;
  caf::actor_system system;
};

put_notification message(std::size_t index, std::size_t pack_bytes) {
  put_notification made;
  made.op = index;
  made.to = {"", "target-" + std::to_string(index % 1000)};
  made.from = "sender";
  made.pack = body::bytes(std::string(pack_bytes, 'x'));
  return made;
}

} // namespace

int run_bare_peer() {
  node_system here;
  const auto taker = here.system.spawn<counter>();
  const auto port = dialect::publish(taker, 0, "127.0.0.1");
  if (!port)
    return 1;
  std::cout << *port << std::endl;
  std::array<char, 16> any{};
  while (::read(STDIN_FILENO, any.data(), any.size()) > 0) {
  }
  caf::anon_send_exit(taker, caf::exit_reason::user_shutdown);
  return 0;
}

bare_peer::bare_peer(const std::string& program) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0)
    throw std::runtime_error{"no pipe"};
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::close(in[1]);
    ::close(out[0]);
    ::execl(program.c_str(), program.c_str(), "--bare-peer", nullptr);
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  to_child_ = in[1];
  std::string line;
  char one = 0;
  while (::read(out[0], &one, 1) == 1 && one != '\n')
    line += one;
  ::close(out[0]);
  if (line.empty())
    throw std::runtime_error{"the bare peer did not come up"};
  port_ = static_cast<std::uint16_t>(std::stoul(line));
}

bare_peer::~bare_peer() {
  ::close(to_child_);
  ::waitpid(pid_, nullptr, 0);
}

double bare_messages_per_second(std::uint16_t port, std::size_t count, std::size_t pack_bytes) {
  node_system here;
  auto taker = here.system.middleman().remote_actor<counter_actor>("127.0.0.1", port);
  if (!taker)
    throw std::runtime_error{"cannot reach the bare peer"};
  std::vector<put_notification> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(message(i, pack_bytes));
  caf::scoped_actor self{here.system};
  const auto begun = bench_clock::now();
  for (auto& one : all)
    dialect::tell_anonymously(*taker, std::move(one));
  std::uint64_t seen = 0;
  while (seen < count) { // these messages keep their order, but may arrive from another thread
    self->request(*taker, std::chrono::seconds{60}, purge_expired{})
        .receive([&](const purge_receipt& said) { seen += said.removed; },
                 [](const caf::error&) { throw std::runtime_error{"the bare peer is silent"}; });
  }
  const std::chrono::duration<double> took = bench_clock::now() - begun;
  return static_cast<double>(count) / took.count();
}

} // namespace restante::benchmarks::remoting
