#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace restante {

/// An embedder's function threw; the text names the function and the exception's text.
struct embedder_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Call it in a catch block. Makes one line of bounded length, "`what` threw: TEXT". For an
/// embedder_error, the line is its text.
std::string thrown_line(std::string_view what);

/// Calls an embedder's function. An exception becomes an embedder_error that names the function.
template <class Function, class... Arguments>
void call_named(std::string_view name, const Function& function, Arguments&&... arguments) {
  try {
    function(std::forward<Arguments>(arguments)...);
  } catch (...) {
    throw embedder_error{thrown_line(name)};
  }
}

/// Logs exceptions of an embedder's functions, at most `lines_per_second` in a second. The next
/// line then says how many were not logged. Safe from any thread.
class thrown_log {
public:
  static constexpr std::uint32_t lines_per_second = 10;

  /// `log` must not throw.
  explicit thrown_log(std::function<void(std::string_view)> log) : log_{std::move(log)} {}

  /// Call it in a catch block, with words such as "connection ann" and "a completion".
  void say(std::string_view whose, std::string_view what);

private:
  const std::function<void(std::string_view)> log_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point second_{};
  std::uint32_t said_ = 0; ///< in this second
  std::uint64_t left_out_ = 0;
};

} // namespace restante
