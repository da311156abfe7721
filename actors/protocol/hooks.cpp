#include "restante/actors/protocol/hooks.hpp"

#include <utility>

namespace restante {

log_hook safe_log(log_hook log) {
  return [log = std::move(log)](std::string_view line) {
    try {
      if (log)
        log(line);
    } catch (...) { // nobody can be told
    }
  };
}

} // namespace restante
