#include "restante/broker/serve/toml_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace restante::serve {

std::string file_text(const std::string& path, std::size_t most) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed))
    throw std::runtime_error{path + ": is a directory"};
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string text;
  // A pipe or a device has no size to ask for, so that many bytes are read at most.
  for (char part[4096]; file && text.size() <= most;) {
    file.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() && text.size() <= most)
    throw std::runtime_error{path + ": " + std::strerror(errno != 0 ? errno : EIO)};
  if (text.size() > most)
    throw std::runtime_error{path + ": is longer than " + std::to_string(most) + " bytes"};
  return text;
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
