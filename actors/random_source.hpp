#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>

namespace restante {

/// Random bits for traces, tokens and the hash key: from the operating system's CSPRNG,
/// or, for a run that can be repeated, from a seed (spec N3, T1). Safe from any thread.
class random_source {
public:
  explicit random_source(std::optional<std::uint64_t> seed = std::nullopt);

  void fill(std::span<std::uint8_t> out);

  template <std::size_t Size>
  std::array<std::uint8_t, Size> bytes() {
    std::array<std::uint8_t, Size> made{};
    fill(made);
    return made;
  }

private:
  void fill_from_seed(std::span<std::uint8_t> out);

  std::optional<std::uint64_t> seed_;
  std::mutex mutex_;
  std::uint64_t block_ = 0;
};

} // namespace restante
