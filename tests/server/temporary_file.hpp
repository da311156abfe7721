#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace restante::serve {

/// A file with the given text, removed at the end of the test.
class temporary_file {
public:
  explicit temporary_file(std::string_view text) {
    path_ = (std::filesystem::temp_directory_path() / "restante_test_XXXXXX").string();
    ::close(::mkstemp(path_.data()));
    write(text);
  }
  ~temporary_file() { std::filesystem::remove(path_); }

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  const std::string& path() const { return path_; }

  void write(std::string_view text) const {
    std::ofstream{path_, std::ios::binary | std::ios::trunc} << text;
  }

private:
  std::string path_;
};

} // namespace restante::serve
