#include "restante/actors/protocol/hooks.hpp"

#include <utility>

namespace restante {

log_hook safe_log(log_hook log) {
  return [log = std::move(log)](std::string_view line) {
    try {
      if (log)
        log(line);
    } catch (...) { // there is no place left to report it
    }
  };
}

} // namespace restante
