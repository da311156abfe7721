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
  /// The end of the script, which has no answer. Answers to waiting awaits are ignored: the spec
  /// does not say whether a
  /// stopping broker still gives them.
  end,
};

/// Compares the output of a broker with that of the reference, line by line, in the order of the
/// script. It keeps the renaming from line to line.
///
/// Answers must be equal, with their times. The pushes to one connection from one source must be
/// equal and in order. Sources are a topic, the notifications, the receipts of one trace, and the
/// presence of one client. Pushes of different sources may have any order, and the answer to an
/// await may stand anywhere in the output of its line. Not compared: error texts, `ping_ms`, the
/// token and epoch of a resumed connection, and saturated deadlines, which depend on the time of
/// the start.
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
