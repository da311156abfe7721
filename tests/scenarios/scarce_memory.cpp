#include "restante/tests/scenarios/scarce_memory.hpp"

#include <cstdlib>
#include <new>

namespace restante::testing {

namespace {

thread_local std::size_t fails_from = 0; ///< 0: nothing fails

void* allocate(std::size_t bytes) noexcept {
  if (fails_from != 0 && bytes >= fails_from) {
    fails_from = 0;
    return nullptr;
  }
  return std::malloc(bytes != 0 ? bytes : 1);
}

} // namespace

scarce_memory::scarce_memory(std::size_t bytes) {
  fails_from = bytes;
}

scarce_memory::~scarce_memory() {
  fails_from = 0;
}

bool scarce_memory::has_struck() const {
  return fails_from == 0;
}

} // namespace restante::testing

// Not inlined: a compiler that sees `new` and `free` of one pointer together warns of a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (auto* made = restante::testing::allocate(bytes))
    return made;
  throw std::bad_alloc{};
}

[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return restante::testing::allocate(bytes);
}

[[gnu::noinline]] void operator delete(void* made) noexcept {
  std::free(made);
}

[[gnu::noinline]] void operator delete(void* made, std::size_t) noexcept {
  std::free(made);
}

[[gnu::noinline]] void operator delete(void* made, const std::nothrow_t&) noexcept {
  std::free(made);
}
