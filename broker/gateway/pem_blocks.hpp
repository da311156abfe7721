#pragma once

#include <cstddef>
#include <string_view>

namespace restante::gateway {

/// How many PEM blocks begin in `text` whose label ends with `label`: `PRIVATE KEY`, or nothing
/// for all. OpenSSL reads the first of several, and says nothing of the others.
std::size_t pem_blocks(std::string_view text, std::string_view label = {});

} // namespace restante::gateway
