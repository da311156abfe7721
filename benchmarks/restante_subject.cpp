#include "restante/benchmarks/restante_subject.hpp"

#include "restante/broker/api/broker.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace restante::benchmarks {

namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::seconds patience{60};

options benchmark_options() {
  options how;
  // A purge waits until every due notification is removed. On a slow machine that takes longer than
  // the default deadline of an operation.
  how.limits.operation_deadline = patience;
  how.limits.memory_bytes = std::uint64_t{64} << 30;
  how.limits.namespace_memory_bytes = how.limits.memory_bytes;
  return how;
}

template <class T>
const T& expect_fine(const outcome<T>& got, const char* what) {
  if (!got)
    throw std::runtime_error(std::string{what} + ": " + std::string{to_string(got.code())});
  return *got;
}

/// Counts the requests of one thread and the broker's answers, and blocks that thread at the bound.
/// The thread continues when half of the requests are answered: waking a thread for every single
/// answer would measure the operating system's scheduler.
class under_way {
public:
  /// Called by the asking thread before each request.
  void ask() {
    if (asked_ - answered_.load() >= under_way_max)
      wait_for(asked_ - under_way_max / 2);
    ++asked_;
  }

  /// Called by the asking thread; throws when an answer was an error.
  void await_all() {
    wait_for(asked_);
    if (const auto code = failed_.exchange(errc::none); code != errc::none)
      throw std::runtime_error("refused: " + std::string{to_string(code)});
  }

  /// Called by the broker's thread for each answer.
  void answered(errc code) {
    if (code != errc::none)
      failed_.store(code);
    if (answered_.fetch_add(1) + 1 != wake_at_.load())
      return;
    const std::lock_guard guard{mutex_};
    changed_.notify_one();
  }

private:
  void wait_for(std::size_t answers) {
    wake_at_.store(answers);
    std::unique_lock guard{mutex_};
    if (!changed_.wait_for(guard, patience, [&] { return answered_.load() >= answers; }))
      throw std::runtime_error("no answer in time");
  }

  std::size_t asked_ = 0;
  std::atomic<std::size_t> answered_ = 0;
  std::atomic<std::size_t> wake_at_ = 0;
  std::atomic<errc> failed_ = errc::none;
  std::mutex mutex_;
  std::condition_variable changed_;
};

put_request request(std::string_view to, pack_view pack) {
  put_request made;
  made.to = to;
  made.pack = body::bytes(pack);
  return made;
}

/// Each session has its own server identity, as each thread of an embedding program has one.
class restante_session final : public session {
public:
  restante_session(broker& at, std::string_view from) : from_(from), own_(at.open_server()) {}

  /// Callbacks of operations under way refer to this object, so wait for all answers first.
  ~restante_session() override {
    try {
      under_way_.await_all();
    } catch (const std::exception&) { // await_answers has reported errors
    }
  }

  void put(std::string_view to, pack_view pack, std::chrono::milliseconds ttl) override {
    under_way_.ask();
    auto what = request(to, pack);
    what.from = from_;
    what.ttl = ttl;
    own_.put(std::move(what), [this](outcome<put_receipt> got) {
      accepted_ += got.ok() ? 1 : 0;
      under_way_.answered(got.code());
    });
  }

  void drain(std::string_view to) override {
    under_way_.ask();
    own_.drain(std::string{to}).then([this](outcome<drain_view> got) {
      drained_ += got.ok() ? got->notifications.size() : 0;
      under_way_.answered(got.code());
    });
  }

  totals await_answers() override {
    under_way_.await_all();
    return {accepted_.exchange(0), drained_.exchange(0)};
  }

  void put_due(std::string_view to, pack_view pack, bench_clock::time_point due) override {
    under_way_.ask();
    own_.put(request(to, pack), [this, due](outcome<put_receipt> got) {
      latencies_.push_back(bench_clock::now() - due); // a connection delivers one answer at a time
      under_way_.answered(got.code());
    });
  }

  std::vector<nanoseconds> take_latencies() override {
    under_way_.await_all();
    return std::exchange(latencies_, {});
  }

private:
  const std::string from_;
  under_way under_way_;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<std::size_t> drained_ = 0;
  std::vector<nanoseconds> latencies_;
  server_identity own_;
};

/// The event callbacks of one connection, by topic. A new callback is put in front of older ones
/// and hides them. Older ones are kept, so that the broker may search the list while a callback is
/// added.
class listeners {
public:
  ~listeners() {
    for (const auto* each = newest_.load(); each != nullptr;)
      delete std::exchange(each, each->before);
  }

  void add(const std::string& topic, countdown& events) {
    newest_.store(new listener{topic, events, newest_.load()});
  }

  void receive(const std::string& topic) const {
    for (const auto* each = newest_.load(); each != nullptr; each = each->before)
      if (each->topic == topic)
        return each->events.arrive();
  }

private:
  struct listener {
    std::string topic;
    countdown& events;
    const listener* before;
  };
  std::atomic<const listener*> newest_ = nullptr;
};

class restante_subject final : public subject {
public:
  restante_subject() : broker_(benchmark_options()) {}

  /// The connections' callbacks refer to members, so the broker stops before the members are
  /// destroyed.
  ~restante_subject() override { broker_.stop(); }

  std::unique_ptr<session> open_session(std::string_view from) override {
    return std::make_unique<restante_session>(broker_, from);
  }

  std::vector<nanoseconds> put_chain(std::string_view to, pack_view pack,
                                     std::size_t count) override {
    chain all{broker_.server(), std::string{to}, pack, count, {}, {}, countdown{1}};
    all.next();
    all.done.wait();
    if (all.latencies.size() != count)
      throw std::runtime_error("a put of the chain was refused");
    return std::move(all.latencies);
  }

  std::vector<nanoseconds> put_blocking(std::string_view to, pack_view pack,
                                        std::size_t count) override {
    std::vector<nanoseconds> latencies;
    latencies.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto start = bench_clock::now();
      expect_fine(broker_.server().put(request(to, pack)).get(), "put");
      latencies.push_back(bench_clock::now() - start);
    }
    return latencies;
  }

  void await_expired(std::size_t count) override {
    std::size_t removed = 0;
    while (removed < count)
      removed += expect_fine(broker_.server().purge().get(patience), "purge").removed;
  }

  connection_id connect(const std::string& client) override {
    auto received = std::make_unique<listeners>();
    handlers what;
    what.on_event = [received = received.get()](const topic_address& at, const topic_event&) {
      received->receive(at.topic);
    };
    auto made = broker_.connect({.client = client}, std::move(what));
    expect_fine(made.connected().get(), "connect");
    received_.push_back(std::move(received));
    connections_.push_back(std::move(made));
    return connections_.size() - 1;
  }

  void subscribe(connection_id who, const std::string& topic, countdown& events) override {
    received_.at(who)->add(topic, events);
    expect_fine(connections_.at(who).subscribe(topic).get(), "subscribe");
  }

  void set(connection_id who, const std::string& topic, const std::string& key,
           pack_view payload) override {
    sets_.ask();
    connections_.at(who)
        .set(topic, key, body::bytes(payload))
        .then([this](outcome<entry_receipt> got) { sets_.answered(got.code()); });
  }

  void await_sets() override { sets_.await_all(); }

  void cut(connection_id who) override { connections_.at(who).cut(); }

  std::size_t list(const std::string& topic) override {
    return expect_fine(broker_.server().list(topic).get(), "list").entries.size();
  }

private:
  struct chain {
    server_identity& by;
    std::string to;
    pack_view pack;
    std::size_t left;
    bench_clock::time_point start;
    std::vector<nanoseconds> latencies;
    countdown done;

    void next() {
      if (left-- == 0)
        return done.arrive();
      start = bench_clock::now();
      by.put(request(to, pack), [this](outcome<put_receipt> got) {
        if (!got)
          return done.arrive();
        latencies.push_back(bench_clock::now() - start);
        next();
      });
    }
  };

  broker broker_;
  under_way sets_;
  std::vector<std::unique_ptr<listeners>> received_;
  std::vector<connection> connections_;
};

} // namespace

std::unique_ptr<subject> make_restante_subject(std::size_t) {
  return std::make_unique<restante_subject>();
}

} // namespace restante::benchmarks
