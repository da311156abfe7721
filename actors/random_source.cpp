#include "restante/actors/random_source.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace restante {

namespace {

/// Random bits fetched ahead: one system call serves about four hundred traces.
class pool {
public:
  void take(std::span<std::uint8_t> out) {
    if (out.size() > bytes_.size() - used_)
      refill();
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
    sodium_memzero(bytes_.data() + used_, out.size()); // bits are given out once, then erased
    used_ += out.size();
  }

private:
  void refill() {
    randombytes_buf(bytes_.data(), bytes_.size());
    used_ = 0;
  }

  std::array<std::uint8_t, 4096> bytes_{};
  std::size_t used_ = bytes_.size();
};

} // namespace

random_source::random_source(std::optional<std::uint64_t> seed) : seed_{seed} {
  if (sodium_init() < 0)
    throw std::runtime_error{"no source of random bits on this system"};
}

void random_source::fill(std::span<std::uint8_t> out) {
  if (seed_) {
    fill_from_seed(out);
    return;
  }
  if (out.size() > 64) {
    randombytes_buf(out.data(), out.size());
    return;
  }
  static thread_local pool ahead;
  ahead.take(out);
}

void random_source::fill_from_seed(std::span<std::uint8_t> out) {
  const std::lock_guard lock{mutex_};
  std::array<unsigned char, randombytes_SEEDBYTES> key{};
  std::memcpy(key.data(), &*seed_, sizeof *seed_);
  ++block_;
  std::memcpy(key.data() + sizeof *seed_, &block_, sizeof block_);
  randombytes_buf_deterministic(out.data(), out.size(), key.data());
}

} // namespace restante
