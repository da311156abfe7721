#include "restante/broker/server/toml_file.hpp"

#include "restante/broker/server/regular_file.hpp"

#include <stdexcept>

namespace restante::serve {

std::string file_text(const std::string& path, std::size_t most) {
  return regular_file{path}.text(most);
}

toml::table toml_of(std::string_view text, const std::string& path) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& wrong) {
    throw std::runtime_error{place_of(path, wrong.source()) + ": " +
                             std::string{wrong.description()}};
  }
}

std::string place_of(const std::string& path, const toml::source_region& where) {
  return path + ":" + std::to_string(where.begin.line);
}

} // namespace restante::serve
