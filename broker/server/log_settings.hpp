#pragma once

#include <string>

namespace restante::serve {

/// The level, format and destination of the log.
struct log_settings {
  std::string level = "info";  ///< debug, info, warning, error
  std::string format = "text"; ///< text, json
  std::string file{};          ///< empty: standard error
};

} // namespace restante::serve
