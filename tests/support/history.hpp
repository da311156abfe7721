#pragma once

#include "restante/actors/model/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace restante::testing {

/// What is known of all lives of a broker's disk, and what may therefore be on it. The pack of each
/// notification is a number that is given once.
///
/// It is told in lines; a small letter before something is done, a capital once it was answered:
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
    lagging ///< a journal that failed may not know of all
  };
  explicit history(attempts how = attempts::raised) : attempts_{how} {}

  void received(const std::string& line);

  /// What is wrong with what a store has; nothing: nothing.
  std::vector<std::string> faults_of(journal::store& kept, std::uint32_t slots);

  /// What was wrong with what was heard.
  const std::vector<std::string>& faults() const { return faults_; }

  std::uint64_t puts() const { return puts_; }
  std::uint64_t acks() const { return acks_; }
  std::uint64_t replies() const { return replies_; }
  std::uint64_t refused() const { return refused_; }

private:
  struct known {
    std::string target;
    std::string sender;
    bool is_put = false;        ///< answered
    bool is_acked = false;      ///< answered
    bool may_be_acked = false;  ///< asked for
    std::uint32_t attempts = 0; ///< of the last delivery
    std::string reply;          ///< answered last
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
