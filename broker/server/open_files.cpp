#include "restante/broker/server/open_files.hpp"

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

std::size_t sockets_within_open_files(std::size_t wanted) {
  const auto allowed = raise_open_files();
  if (allowed >= wanted + other_files)
    return wanted;
  return allowed > 2 * other_files ? allowed - other_files : other_files;
}

} // namespace restante::serve
