#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/limits.hpp"
#include "restante/tests/simulation/reference.hpp"
#include "restante/tests/simulation/shrink.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace restante::simulation {

/// Writes random scripts with few names, small caps and short times, so that everything that can
/// interact does interact. Some lines are invalid, as no client should send them. A seed always
/// gives the same script. The generator carries out each line on its own reference, to know which
/// deadlines are near and which clients are connected.
///
/// The generator avoids cases in which the spec does not define the order of events: two
/// resume windows that end at the same instant, and a `put_many` that names one target often enough
/// to overrun its window or queue before the first ack, or twice with a collapse key.
class generator {
public:
  generator(std::uint64_t seed, const limits& bounds);

  script write(std::size_t lines);

private:
  using writer = json (generator::*)();
  struct choice {
    writer write;
    unsigned weight;
  };

  // generator.cpp
  void append(json line);
  void append_raw(const std::string& text);
  void burst();
  json pass_time();
  json connect();
  json leave();
  json crash();
  json resume();
  json broken_line();
  std::string broken_text();

  // generator_ops.cpp
  json put();
  json put_newer();
  json put_many();
  json drain();
  json ack();
  json status();
  json reply();
  json await();
  json pending();
  json purge();
  json set();
  json clear();
  json list();
  json subscribe();
  json unsubscribe();
  json publish();
  json watch();
  json unwatch();
  json list_clients();
  json list_topics();

  // Random choices.
  std::uint64_t below(std::uint64_t bound);
  std::int64_t between(std::int64_t low, std::int64_t high);
  bool percent(unsigned chance);
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(of.size())];
  }

  /// A line with this op, by a client that is probably connected, or at times by the server
  /// identity when `server` allows that.
  enum class by { client, anyone };
  json begin(const char* op, by who);
  json list_of(const char* op, by who, const std::vector<std::string>& ids);
  std::string trace();
  std::string client();
  json ttl(std::int64_t usual_max);
  json value();

  limits bounds_;
  std::mt19937_64 random_;
  reference world_;
  script lines_;
  std::vector<choice> choices_;
  std::vector<std::string> spaces_;
  std::vector<std::string> clients_;
  std::vector<std::string> targets_;
  std::vector<std::string> topics_;
  std::vector<std::string> keys_;
  /// A put of an earlier line. Later lines refer to the put as `$` and the id. `from` is empty for
  /// the server identity.
  struct sent {
    std::string ns;
    std::string id;
    std::string from;
    std::string to;
  };
  const sent* recent(const std::vector<sent>& of);
  void name(json& line, const sent& what, const std::string& who);

  std::vector<sent> puts_;
  /// The last puts that have a collapse key, with the namespaces of their targets.
  std::vector<std::pair<std::string, json>> keyed_;
  std::vector<sent> suits_;
  /// Offers seen, so that acks can refer to them.
  struct offered {
    std::string ns;
    std::string to;
    std::string trace;
  };
  std::vector<offered> offers_;
  std::string space_;
  std::int64_t now_ms_ = 0;
  std::uint64_t ids_ = 0;
};

} // namespace restante::simulation
