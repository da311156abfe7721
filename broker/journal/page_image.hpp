#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace restante::journal {

/// The pages of a database file and its log as they are, read without SQLite: a repair needs pages
/// that SQLite cannot reach any more. Nothing is written. A page that the disk cannot read is
/// missing.
///
/// The formats are those of https://www.sqlite.org/fileformat2.html.
class page_image {
public:
  enum class log_use { read, ignore };

  /// Throws storage_error when the file cannot be opened.
  page_image(const std::filesystem::path& database, log_use log);
  ~page_image();
  page_image(const page_image&) = delete;
  page_image& operator=(const page_image&) = delete;

  std::uint32_t pages() const { return pages_; }
  std::size_t page_bytes() const { return page_bytes_; }
  std::size_t usable_bytes() const { return page_bytes_ - reserved_bytes_; }

  /// Reads a page; the first page is 1. Returns whether the page could be read.
  bool read(std::uint32_t page, std::string& into) const;

  /// The use of a page according to the pointer map, or, where that is damaged, to the list of free
  /// pages.
  enum class page_use { unknown, table, free, overflow, map };
  page_use use_of(std::uint32_t page);

  /// Frames of the log that are used, and damaged frames of the log's last use.
  std::uint64_t frames() const { return frames_; }
  std::uint64_t damaged_frames() const { return damaged_frames_; }

private:
  struct log_state;

  void read_header(std::string_view first);
  void read_log();
  void take_frame(std::string_view frame, std::uint64_t at, log_state& state);
  void read_free_list();
  std::uint32_t map_page_of(std::uint32_t page) const;

  std::filesystem::path path_;
  int file_ = -1;
  int log_ = -1;
  std::size_t page_bytes_ = 4096;
  std::size_t reserved_bytes_ = 0;
  std::uint32_t pages_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t damaged_frames_ = 0;
  std::map<std::uint32_t, std::uint64_t> in_log_; ///< page -> position of its newest content
  std::uint32_t map_page_ = 0;                    ///< the page whose content is in `map_`
  std::string map_;
  std::set<std::uint32_t> free_;
};

/// A number in the encoding of SQLite's files, the highest byte first.
std::uint32_t number_at(std::string_view bytes, std::size_t at);

} // namespace restante::journal
