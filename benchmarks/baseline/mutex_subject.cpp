#include "restante/benchmarks/baseline/mutex_ephemeral.hpp"
#include "restante/benchmarks/baseline/mutex_store.hpp"
#include "restante/benchmarks/subject.hpp"

#include <atomic>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace restante::benchmarks {

namespace {

using std::chrono::nanoseconds;

class mutex_session final : public session {
public:
  mutex_session(notification_store& store, std::string_view from) : store_(store), from_(from) {}

  void put(std::string_view to, pack_view pack, std::chrono::milliseconds ttl) override {
    store_.put(from_, to, shared_payload{pack}, false, ttl);
    ++totals_.accepted;
  }

  void drain(std::string_view to) override { totals_.drained += store_.drain(to).size(); }

  totals await_answers() override { return std::exchange(totals_, {}); }

  void put_due(std::string_view to, pack_view pack, bench_clock::time_point due) override {
    store_.put(from_, to, shared_payload{pack}, false, nanoseconds{0});
    latencies_.push_back(bench_clock::now() - due);
  }

  std::vector<nanoseconds> take_latencies() override { return std::exchange(latencies_, {}); }

private:
  notification_store& store_;
  std::string from_;
  totals totals_;
  std::vector<nanoseconds> latencies_;
};

/// The stores, and the subscriptions, which the references do not implement.
class mutex_subject final : public subject {
public:
  explicit mutex_subject(std::size_t expected)
      : notifications_({.expected_notifications = expected}),
        ephemeral_([this](const stored_event& event) { return publish(event); }) {}

  std::unique_ptr<session> open_session(std::string_view from) override {
    return std::make_unique<mutex_session>(notifications_, from);
  }

  std::vector<nanoseconds> put_chain(std::string_view to, pack_view pack,
                                     std::size_t count) override {
    mutex_session alone{notifications_, "sender"};
    for (std::size_t i = 0; i < count; ++i)
      alone.put_due(to, pack, bench_clock::now());
    return alone.take_latencies();
  }

  std::vector<nanoseconds> put_blocking(std::string_view to, pack_view pack,
                                        std::size_t count) override {
    return put_chain(to, pack, count);
  }

  void await_expired(std::size_t count) override {
    std::size_t purged = notifications_.purge();
    while (purged < count) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      purged += notifications_.purge();
    }
  }

  connection_id connect(const std::string& client) override {
    clients_.push_back(client);
    return clients_.size() - 1;
  }

  void subscribe(connection_id who, const std::string& topic, countdown& events) override {
    const std::lock_guard guard{mutex_};
    subscribers_[topic].insert_or_assign(who, [&events](const stored_event&) { events.arrive(); });
  }

  void set(connection_id who, const std::string& topic, const std::string& key,
           pack_view payload) override {
    const auto outcome =
        ephemeral_.set("", clients_.at(who), topic, key, shared_payload{payload}, {});
    if (outcome != store_outcome::done)
      throw std::runtime_error("a set was refused");
  }

  void await_sets() override {}

  void cut(connection_id who) override { ephemeral_.clear_client(clients_.at(who)); }

  std::size_t list(const std::string& topic) override { return ephemeral_.list("", topic).size(); }

private:
  bool publish(const stored_event& event) {
    const std::shared_lock guard{mutex_};
    const auto found = subscribers_.find(event.topic);
    if (found == subscribers_.end())
      return true;
    for (const auto& [who, told] : found->second)
      told(event);
    return true;
  }

  using sink = std::function<void(const stored_event&)>;

  notification_store notifications_;
  ephemeral_store ephemeral_;
  std::vector<std::string> clients_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::unordered_map<connection_id, sink>, view_hash,
                     std::equal_to<>>
      subscribers_;
};

} // namespace

std::unique_ptr<subject> make_mutex_subject(std::size_t expected_notifications) {
  return std::make_unique<mutex_subject>(expected_notifications);
}

} // namespace restante::benchmarks
