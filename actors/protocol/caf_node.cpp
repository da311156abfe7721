#include "restante/actors/protocol/caf_node.hpp"

#include "restante/actors/protocol/caf_config.hpp"
#include "restante/actors/protocol/configure_node.hpp"

#include <sodium.h>

#include <limits>

// CAF 0.17 names a node after its network cards and its process number. So two containers, both
// with process 1 and the same virtual card, are one node to CAF, and a restarted container is taken
// for the container before it. CAF has room for a second network module, which is declared as a
// friend and not shipped. That module runs between the two steps of the first module and gives the
// node a unique name.
namespace caf::net {

class middleman final : public caf::actor_system::module {
public:
  explicit middleman(caf::actor_system& system) : system_{system} {}

  void start() override {}
  void stop() override {}

  void init(caf::actor_system_config&) override {
    caf::node_id::default_data::host_id_type host;
    randombytes_buf(host.data(), host.size());
    const auto number = 1 + randombytes_uniform(std::numeric_limits<std::uint32_t>::max() - 1);
    auto fresh = caf::make_node_id(number, host);
    system_.node_.swap(fresh);
  }

  id_t id() const override { return network_manager; }
  void* subtype_ptr() override { return this; }

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new middleman{system};
  }

private:
  caf::actor_system& system_;
};

} // namespace caf::net

namespace restante::dialect {

void load_node(caf::actor_system_config& config, std::chrono::nanoseconds beat,
               std::chrono::nanoseconds silence) {
  config.load<caf::io::middleman>();
  config.load<caf::net::middleman>();
  config.set("middleman.heartbeat-interval", caf::timespan{beat});
  config.set("middleman.connection-timeout", caf::timespan{silence});
}

} // namespace restante::dialect

namespace restante {

namespace {

/// Beats per ping interval. CAF looks for silence with each beat, so CAF notices silence up to one
/// beat late.
constexpr int beats = 4;

} // namespace

void configure_node(caf::actor_system_config& config, std::chrono::milliseconds ping_interval) {
  const auto beat = ping_interval / beats;
  dialect::load_node(config, beat, ping_interval * 5 / 2 - beat);
}

} // namespace restante
