#pragma once

#include "restante/actors/model/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

/// Everything known about a disk that was used by a series of brokers, and so what may be on that
/// disk. The pack of each notification is a number that is used once.
///
/// The history is told in lines. A small letter comes before an action, a capital after its answer:
///
///     p TARGET SENDER NUMBER   P NUMBER          a put
///     d NUMBER ATTEMPTS                          a delivery
///     k NUMBER                 K NUMBER          an ack
///     r NUMBER VALUE           R NUMBER VALUE    a reply
///     x WHAT                                     a refusal, which is a fault
///     U                                          the broker is up
class history {
public:
  enum class attempts : std::uint8_t {
    raised, ///< with each delivery
    lagging ///< a failed journal may not know all deliveries
  };
  explicit history(attempts how = attempts::raised) : attempts_{how} {}

  void received(const std::string& line);

  /// The faults of a store's contents; empty when there are none.
  std::vector<std::string> faults_of(journal::store& kept, std::uint32_t slots);

  /// The faults in the lines received so far.
  const std::vector<std::string>& faults() const { return faults_; }

  std::uint64_t puts() const { return puts_; }
  std::uint64_t acks() const { return acks_; }
  std::uint64_t replies() const { return replies_; }
  std::uint64_t refused() const { return refused_; }

private:
  struct known {
    std::string target;
    std::string sender;
    bool is_put = false;        ///< the put was answered
    bool is_acked = false;      ///< the ack was answered
    bool may_be_acked = false;  ///< the ack was sent
    std::uint32_t attempts = 0; ///< of the last delivery
    std::string reply;          ///< the last answered reply
    std::vector<std::string> asked_replies;
    bool is_replied = false;
  };

  using number = std::uint64_t;

  void check_row(number of, const kept_notification& row, std::vector<std::string>& faults) const;

  attempts attempts_;
  std::map<number, known> all_;
  std::vector<std::string> faults_;
  std::uint64_t puts_ = 0;
  std::uint64_t acks_ = 0;
  std::uint64_t replies_ = 0;
  std::uint64_t refused_ = 0;
};

} // namespace restante::testing
