#pragma once

#include "restante/tests/simulation/exact_json.hpp"
#include "restante/tests/simulation/renaming.hpp"

#include <optional>
#include <string>
#include <vector>

namespace restante::simulation {

/// The kind of a line, which decides where its answer is expected.
enum class step {
  /// The answer, then its effects.
  ordinary,
  /// The effects of the passing time, then the answer.
  advance,
  /// No answer of its own. Answers to waiting awaits are ignored: the spec does not say whether a
  /// stopping broker still gives them.
  end,
};

/// Compares the output of a broker with that of the reference, line by line, in the order of the
/// script. It keeps the renaming from line to line.
///
/// Answers must be equal, times included; so must the pushes to one connection
/// from one source: a topic, the notifications, the receipts of one trace, the
/// presence of one client. Between two sources any order will do, and the
/// answer of an await may stand anywhere among the output of its line. Not
/// compared: error texts, `ping_ms`, the token and epoch of a resumed
/// connection, and deadlines a lifetime away (what "saturated" means depends
/// on when the start was).
class comparison {
public:
  /// A description of the difference for people; nothing when the outputs agree. After a difference
  /// the object must not be used again.
  std::optional<std::string> line(step what, const std::vector<json>& expected,
                                  const std::vector<std::string>& actual);

private:
  using difference = std::optional<std::string>;

  difference answers(step what, const std::vector<json>& expected, const std::vector<json>& actual);
  difference pushes(const std::vector<json>& expected, const std::vector<json>& actual);
  difference match(const json& expected, const json& actual, const std::string& path);
  difference match_members(const json& expected, const json& actual, const std::string& path);
  difference match_elements(const json& expected, const json& actual, const std::string& path);
  /// Receiver and source: the order of pushes counts within such a pair.
  std::string stream_of(const json& push) const;

  renaming names_;
};

} // namespace restante::simulation
