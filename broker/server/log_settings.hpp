#pragma once

#include <string>

namespace restante::serve {

/// What is logged, how and where.
struct log_settings {
  std::string level = "info";  ///< debug, info, warning, error
  std::string format = "text"; ///< text, json
  std::string file{};          ///< empty: standard error
};

} // namespace restante::serve
