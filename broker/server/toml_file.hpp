#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>

namespace restante::serve {

/// The largest file of settings or tokens.
inline constexpr std::size_t file_bytes_max = std::size_t{16} * 1024 * 1024;

/// The whole content of a file. Throws std::runtime_error, with a sentence that names the file,
/// when the file cannot be read, is not a regular file, or is longer than `most`.
std::string file_text(const std::string& path, std::size_t most = file_bytes_max);

/// Parses the text of `path`. Throws std::runtime_error: `path:line: …`.
toml::table toml_of(std::string_view text, const std::string& path);

/// `path:line` of a part of the file `path`.
std::string place_of(const std::string& path, const toml::source_region& where);

} // namespace restante::serve
