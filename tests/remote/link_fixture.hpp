#pragma once

#include "restante/clients/cpp/link.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

/// A transport without a network: the test decides what happens, and when.
class fake_transport final : public remoting::transport {
public:
  struct said {
    operation_number op = 0;
    command what;
  };

  void notify() override { is_notified = true; }
  remoting::steady_time now() const override { return time; }
  remoting::transport_capacity capacity() const override { return room; }
  void open(const remoting::attach_options& as) override { opened.push_back(as); }
  void send(std::span<const remoting::outgoing> what) override;
  void acknowledge(const trace_id& trace) override {
    acks.push_back(trace);
    if (const auto then = std::exchange(at_next_ack, nullptr))
      then();
  }
  void done(std::size_t bytes) override { done_bytes += bytes; }
  void sign_off() override { ++sign_offs; }
  void cut() override { ++cuts; }
  void ring_at(remoting::steady_time at) override { rings_at = at; }
  void retire() override { ++retired; }

  remoting::steady_time time{std::chrono::hours{1}};
  remoting::transport_capacity room{1024, std::size_t{1} << 20};
  std::optional<remoting::steady_time> rings_at;
  bool is_notified = false;
  std::vector<remoting::attach_options> opened;
  std::vector<said> sent; ///< since the last call of take_sent
  std::size_t batches = 0;
  std::vector<trace_id> acks;
  std::function<void()> at_next_ack; ///< simulates another thread at that moment
  std::size_t done_bytes = 0;
  int sign_offs = 0;
  int cuts = 0;
  int retired = 0;
};

/// What a link's sink was told, and how the sink reacts.
struct sink_notes {
  std::vector<connect_receipt> attached;
  std::vector<goodbye> interrupted;
  std::vector<push> pushes;
  std::vector<goodbye> ended;
  flow takes = flow::taken;
  enum class throwing : std::uint8_t { nowhere, attached, interrupted, take, ended };
  throwing throws = throwing::nowhere;
};

/// The outcome of an operation: no answer yet, or one answer. Two answers would be a failure.
class pending_answer {
public:
  completion filler() const;

  bool is_open() const { return got_->empty(); }
  errc code() const;
  const answer_value& value() const { return got_->at(0); }

private:
  std::shared_ptr<std::vector<answer_value>> got_ = std::make_shared<std::vector<answer_value>>();
};

/// The options of client ann in namespace acme.
remoting::attach_options options_of_ann(attachment_kind how = attachment_kind::attached);

/// A link on a fake transport, in virtual time.
class link_fixture {
public:
  explicit link_fixture(remote_options how = {}, remoting::attach_options as = options_of_ann(),
                        ack_mode acks = ack_mode::automatic);
  ~link_fixture();

  remoting::link& at() { return *link_; }
  fake_transport& by() { return *transport_; }
  sink_notes& seen() { return *notes_; }
  const answer<connect_receipt>& connected() const { return connected_; }

  /// Submits an operation, and lets the link handle it.
  pending_answer ask(command what);

  /// The commands that were sent since the last call.
  std::vector<fake_transport::said> take_sent() { return std::exchange(transport_->sent, {}); }

  void attach(attach_result how = attach_result::fresh);
  void lose(remoting::reconnect_advice then = remoting::reconnect_advice::reconnect,
            goodbye why = {end_reason::lost, errc::none});

  /// Lets the link handle all submitted operations.
  void settle();

  /// Advances the time, from alarm to alarm.
  void pass(duration span);

  /// Advances the time until the link tries to reach its broker again. Returns how long that was.
  duration pass_until_opened();

  /// Reconnects after a loss.
  void come_again(attach_result how = attach_result::fresh);

private:
  std::shared_ptr<fake_transport> transport_ = std::make_shared<fake_transport>();
  std::shared_ptr<sink_notes> notes_ = std::make_shared<sink_notes>();
  answer<connect_receipt> connected_;
  std::shared_ptr<remoting::link> link_;
  std::uint64_t tokens_ = 0;
};

put_notification put_of(const std::string& pack, const std::string& message_id = {});

/// The sent commands in a word or two each: `put 1`, `list room` …
std::vector<std::string> words_of(const std::vector<fake_transport::said>& sent);

delivery delivery_of(const trace_id& trace);

} // namespace restante::testing
