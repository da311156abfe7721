#pragma once

namespace restante {

/// Marks that this thread runs an embedder's callback inside an actor. A blocking call from there
/// could wait for itself, so such a call fails with `would_block` (spec C7).
class callback_scope {
public:
  callback_scope() { ++depth(); }
  ~callback_scope() { --depth(); }
  callback_scope(const callback_scope&) = delete;
  callback_scope& operator=(const callback_scope&) = delete;

  static bool is_inside() { return depth() > 0; }

private:
  static int& depth() {
    static thread_local int entered = 0;
    return entered;
  }
};

} // namespace restante
