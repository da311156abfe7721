#include "restante/tests/simulation/renaming.hpp"

namespace restante::simulation {

namespace {

/// N3: 32 lowercase hex characters, not all of them zero.
bool is_trace(const std::string& text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos &&
         text.find_first_not_of('0') != std::string::npos;
}

bool both_are_strings(const json& symbol, const json& value) {
  return symbol.is_string() && value.is_string();
}

} // namespace

std::optional<std::string> renaming::bind(pairs& known, const std::string& symbol,
                                          const std::string& value) {
  auto [by_symbol, fresh_symbol] = known.to_value.try_emplace(symbol, value);
  auto [by_value, fresh_value] = known.to_symbol.try_emplace(value, symbol);
  if (by_symbol->second != value)
    return "got " + value + " for " + symbol + ", which was " + by_symbol->second;
  if (by_value->second != symbol)
    return "got " + value + " for " + symbol + ", but that is " + by_value->second;
  return std::nullopt;
}

std::optional<std::string> renaming::trace(const json& symbol, const json& value) {
  if (!both_are_strings(symbol, value) || !is_trace(value.get<std::string>()))
    return "expected a trace, got " + write_exact(value);
  return bind(traces_, symbol.get<std::string>(), value.get<std::string>());
}

std::optional<std::string> renaming::token(const json& symbol, const json& value) {
  if (!both_are_strings(symbol, value) || value.get<std::string>().empty())
    return "expected a resume token, got " + write_exact(value);
  return bind(tokens_, symbol.get<std::string>(), value.get<std::string>());
}

std::optional<std::string> renaming::epoch(const json& symbol, const json& value) {
  if (!symbol.is_string())
    return symbol == value
               ? std::nullopt
               : std::optional{"expected " + write_exact(symbol) + ", got " + write_exact(value)};
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() == 0)
    return "expected an epoch, got " + write_exact(value);
  auto name = symbol.get<std::string>();
  auto number = value.get<std::uint64_t>();
  if (auto known = epochs_.find(name); known != epochs_.end()) {
    if (known->second == number)
      return std::nullopt;
    return "got " + std::to_string(number) + " for " + name + ", which was " +
           std::to_string(known->second);
  }
  auto& highest = highest_[name.substr(0, name.rfind(':'))];
  if (number <= highest)
    return "got " + std::to_string(number) + " for " + name + ", not above the last one, " +
           std::to_string(highest);
  highest = number;
  epochs_.emplace(name, number);
  return std::nullopt;
}

std::string renaming::symbol_of(const std::string& trace) const {
  auto known = traces_.to_symbol.find(trace);
  return known == traces_.to_symbol.end() ? trace : known->second;
}

} // namespace restante::simulation
