#pragma once

#include <cstddef>
#include <string>

namespace restante::serve {

/// A file that is open to be read. What is no regular file is refused: to open or read a pipe may
/// last for ever, and signals are taken by the thread that reads files.
class regular_file {
public:
  /// Throws std::runtime_error, with a sentence that begins with the path.
  explicit regular_file(const std::string& path);
  ~regular_file();
  regular_file(const regular_file&) = delete;
  regular_file& operator=(const regular_file&) = delete;

  /// All of it. Throws std::runtime_error when it cannot be read, or is longer than `most`.
  std::string text(std::size_t most) const;

private:
  std::string path_;
  int file_;
};

} // namespace restante::serve
