#pragma once

namespace restante {

/// Prints the condition that does not hold to stderr, and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

} // namespace restante

/// States a condition that the following code relies on: an invariant, the range of an argument, a
/// phase. Every build checks it: a broker that goes on in a broken state would lose or invent
/// messages. The condition must be cheap, and must change nothing.
#define RESTANTE_ASSERT(condition)                                                                 \
  ((condition) ? static_cast<void>(0)                                                              \
               : ::restante::assertion_failed(#condition, __FILE__, __LINE__))
