#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

/// What a target is: called with each input, by libFuzzer or by replay.cpp. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace restante::testing {

/// Stops the program, which is how a fuzzer hears that something is wrong.
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
