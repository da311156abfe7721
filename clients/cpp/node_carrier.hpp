#pragma once

#include "restante/actors/protocol/node_interfaces.hpp"
#include "restante/clients/cpp/broker_url.hpp"
#include "restante/clients/cpp/link.hpp"
#include "restante/messages/node.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <string>

namespace restante::remoting {

class attendant;

/// What all attendants of one `remote` share.
struct node_hall {
  std::shared_ptr<const remote_options> how;
  broker_url to;
  std::atomic<std::size_t> attendants{0};
};

/// Carries a link to a CAF node: an attendant is its home, a porter over there its peer. What
/// is said in one turn goes in one message.
class node_carrier final : public carrier, public std::enable_shared_from_this<node_carrier> {
public:
  node_carrier(std::shared_ptr<node_hall> of, caf::actor_system& system,
               std::shared_ptr<link> whose);

  /// Spawns its attendant, which begins.
  void begin();

  // carrier
  void knock() override;
  steady_time now() const override;
  carrying_capacity capacity() const override;
  void open(const attach_wish& as) override;
  void send(std::span<const outgoing> what) override;
  void acknowledge(const trace_id& trace) override;
  void done(std::size_t bytes) override;
  void sign_off() override;
  void cut() override;
  void ring_at(steady_time at) override;
  void retire() override;

  // --- for its attendant ---

  void at_home(attendant& in);
  void gone_from_home();
  void on(const attached_as&);
  void on(const peer_hears& m);
  void on(const node_knock&);
  void on(const attendant_due& m);
  void peer_down(const caf::actor_addr& who);

private:
  struct heard_word {
    std::size_t bytes = 0;
    bool is_done = false;
  };

  void found(const caf::strong_actor_ptr& what);
  void attach();
  void watch(const caf::strong_actor_ptr& whom);
  void hear(const peer_word& word);
  void settle();
  void say();
  void lose(errc code, std::string how);
  void part(parting how);
  void alarm(instant at);
  instant present() const;

  std::shared_ptr<node_hall> of_;
  caf::actor_system& system_;
  std::shared_ptr<link> whose_;
  attendant* self_ = nullptr;
  attendant_actor handle_;

  attach_wish as_;
  std::uint64_t attempt_ = 0;
  entry_actor entry_;
  caf::strong_actor_ptr watched_; ///< the entry, and then the porter
  dialect::monitor_handle monitor_;
  caf::strong_actor_ptr porter_;
  connection_actor connection_;
  instant deadline_ = instant::never(); ///< of coming, or of going
  instant rings_at_ = instant::never();
  bool is_begun_ = false;
  bool is_attached_ = false;

  peer_says gathered_;
  std::deque<heard_word> heard_; ///< words not done with, and those done behind them
  std::size_t done_bytes_ = 0;   ///< of `gathered_.done`
};

} // namespace restante::remoting
