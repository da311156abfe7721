#pragma once

#include "restante/messages/errc.hpp"
#include "restante/messages/failed_answer.hpp"

#include <utility>
#include <variant>

namespace restante {

/// The result of an operation: a value, or a failure with its number. Every function that answers a
/// value or an error returns an outcome. A check has no value: it returns std::optional<failure>.
template <class T>
class outcome {
public:
  outcome(T value) : held_{std::move(value)} {}    // NOLINT: made from either
  outcome(failure why) : held_{std::move(why)} {}  // NOLINT
  outcome(errc code) : held_{failure{code, {}}} {} // NOLINT

  bool ok() const { return std::holds_alternative<T>(held_); }
  explicit operator bool() const { return ok(); }

  /// The value. If the operation failed: throws failed_answer, with the number and text of the
  /// error.
  T& value() {
    check();
    return *std::get_if<T>(&held_);
  }
  const T& value() const {
    check();
    return *std::get_if<T>(&held_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  /// `errc::none` when ok.
  errc code() const { return ok() ? errc::none : std::get<failure>(held_).code; }
  failure error() const { return ok() ? failure{} : std::get<failure>(held_); }

  /// The failure; null when ok: `if (const auto* wrong = read.why())`.
  failure* why() { return std::get_if<failure>(&held_); }
  const failure* why() const { return std::get_if<failure>(&held_); }

private:
  void check() const {
    if (const auto* wrong = why())
      throw failed_answer{*wrong};
  }

  std::variant<T, failure> held_;
};

} // namespace restante
