#include "restante/broker/serve/open_files.hpp"

#include <sys/resource.h>

namespace restante::serve {

std::size_t raise_open_files() {
  rlimit bound{};
  if (getrlimit(RLIMIT_NOFILE, &bound) != 0)
    return 0;
  auto raised = bound;
  raised.rlim_cur = raised.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
    bound = raised;
  return bound.rlim_cur;
}

} // namespace restante::serve
