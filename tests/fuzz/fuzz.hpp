#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

/// A fuzz target: libFuzzer or replay.cpp calls it with each input. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace restante::testing {

/// Stops the program, so that the fuzzer reports the input as a fault.
inline void must(bool so, std::string_view what) {
  if (so)
    return;
  std::cerr << "broken promise: " << what << std::endl;
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

} // namespace restante::testing
