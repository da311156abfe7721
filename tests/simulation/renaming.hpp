#pragma once

#include "restante/tests/simulation/exact_json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace restante::simulation {

/// The mapping from the reference's symbols to the random or stamped values of the broker. It is
/// learnt from answers as they arrive, and then fixed: one symbol always has one value, and two
/// symbols never share a value.
class renaming {
public:
  /// Each function binds a symbol to a value, or returns an objection. A literal that both sides
  /// must agree on (epoch 0) is not a symbol and is only compared.
  std::optional<std::string> trace(const json& symbol, const json& value);
  std::optional<std::string> token(const json& symbol, const json& value);

  /// Epochs of one topic or client must grow. Epochs of two may be equal, because each shard counts
  /// for itself.
  std::optional<std::string> epoch(const json& symbol, const json& value);

  /// The symbol of one of the broker's traces, or the trace itself when it is unknown.
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
