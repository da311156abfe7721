#pragma once

#include "restante/tests/simulation/exact_json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace restante::simulation {

/// Which of the broker's random or stamped values stands for which symbol of
/// the reference. Learnt from answers as they come, then held to: the same
/// symbol is always the same value, and two symbols never share one.
class renaming {
public:
  /// Each binds a symbol to a value, or says what speaks against it. A literal
  /// that both sides must agree on (epoch 0) is no symbol and just compared.
  std::optional<std::string> trace(const json& symbol, const json& value);
  std::optional<std::string> token(const json& symbol, const json& value);

  /// Epochs of one topic or client must grow; those of two may be equal, as
  /// each shard counts for itself.
  std::optional<std::string> epoch(const json& symbol, const json& value);

  /// The symbol of a trace of the broker's, the trace itself when unknown.
  std::string symbol_of(const std::string& trace) const;

private:
  struct pairs {
    std::map<std::string, std::string> to_value;
    std::map<std::string, std::string> to_symbol;
  };

  static std::optional<std::string> bind(pairs& known, const std::string& symbol,
                                         const std::string& value);

  pairs traces_;
  pairs tokens_;
  std::map<std::string, std::uint64_t> epochs_;
  /// The highest epoch of each scope.
  std::map<std::string, std::uint64_t> highest_;
};

} // namespace restante::simulation
