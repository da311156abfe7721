#pragma once

#include "restante/messages/errc.hpp"

#include <cstdint>
#include <stdexcept>
#include <utility>

namespace restante {

/// Thrown when a program asks a failed operation for its value, as in
/// `connection.list("room").get()->entries`. `what()` is a line such as `forbidden (301): this
/// identity may not do that`. To handle a failure without an exception, look at `outcome::ok`
/// first.
class failed_answer : public std::runtime_error {
public:
  explicit failed_answer(failure why) : std::runtime_error{why.line()}, why_{std::move(why)} {}

  errc code() const { return why_.code; }

  /// The public number of the error (docs/protocol.md).
  std::uint16_t number() const { return static_cast<std::uint16_t>(why_.code); }

  /// The error, with its number and its text.
  const failure& error() const { return why_; }

private:
  failure why_;
};

} // namespace restante
