#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace restante::serve {

/// A file that is open for reading. Devices and named pipes are refused: reading them may never
/// end, and the thread that reads files also takes signals. A pipe without a name, such as a shell
/// makes for `<(…)`, is read for `pipe_wait` at most.
class regular_file {
public:
  /// Throws std::runtime_error, with a sentence that begins with the path.
  explicit regular_file(const std::string& path);
  ~regular_file();
  regular_file(const regular_file&) = delete;
  regular_file& operator=(const regular_file&) = delete;

  static constexpr std::chrono::seconds pipe_wait{5};

  /// The whole content. Throws std::runtime_error when the file cannot be read, or not in time, or
  /// is longer than `most`.
  std::string text(std::size_t most) const;

private:
  std::string path_;
  int file_;
};

} // namespace restante::serve
