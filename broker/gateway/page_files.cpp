#include "restante/broker/gateway/page_files.hpp"

#include <algorithm>

namespace restante::gateway {

const page_file* find_page_file(std::string_view path) {
  const auto& all = page_files();
  const auto found = std::ranges::lower_bound(all, path, {}, &page_file::path);
  return found != all.end() && found->path == path ? &*found : nullptr;
}

} // namespace restante::gateway
