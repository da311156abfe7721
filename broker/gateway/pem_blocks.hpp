#pragma once

#include <cstddef>
#include <string_view>

namespace restante::gateway {

/// How many PEM blocks in `text` have a label that ends with `label`, such as `PRIVATE KEY`; an
/// empty `label` counts all. OpenSSL reads the first of several blocks and ignores the others
/// silently.
std::size_t pem_blocks(std::string_view text, std::string_view label = {});

} // namespace restante::gateway
