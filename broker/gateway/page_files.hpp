#pragma once

#include <string_view>
#include <vector>

namespace restante::gateway {

/// A file of the live page or of the JavaScript client, compiled into the program.
struct page_file {
  std::string_view path; ///< `/page/page.js`; `/` for the page itself
  std::string_view type; ///< its media type
  std::string_view tag;  ///< a quoted ETag that changes with the content
  std::string_view content;
};

/// All files, by path.
const std::vector<page_file>& page_files();

/// The file at a path; null if there is none.
const page_file* find_page_file(std::string_view path);

} // namespace restante::gateway
