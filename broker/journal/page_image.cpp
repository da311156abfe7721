#include "restante/broker/journal/page_image.hpp"

#include "restante/broker/journal/durable_files.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace restante::journal {

namespace {

constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr std::size_t log_header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::uint32_t log_magic = 0x377f0682; ///< the last bit: sums of big-endian words
constexpr std::uint64_t lock_byte = 1 << 30;    ///< SQLite keeps the page with this byte free
constexpr std::size_t map_entry_bytes = 5;

bool read_at(int file, std::uint64_t at, std::size_t size, std::string& into) {
  into.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const auto count =
        ::pread(file, into.data() + done, size - done, static_cast<off_t>(at + done));
    if (count <= 0)
      return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

std::uint64_t size_of(int file) {
  struct stat known {};
  return file >= 0 && ::fstat(file, &known) == 0 ? static_cast<std::uint64_t>(known.st_size) : 0;
}

bool is_page_size(std::size_t bytes) {
  return bytes >= 512 && bytes <= 65536 && std::has_single_bit(bytes);
}

} // namespace

/// The running sum of a log, which each of its frames carries.
struct log_sum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  bool operator==(const log_sum&) const = default;

  void add(std::string_view bytes, bool is_big_endian) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += word(bytes, at, is_big_endian) + second;
      second += word(bytes, at + 4, is_big_endian) + first;
    }
  }

  static std::uint32_t word(std::string_view bytes, std::size_t at, bool is_big_endian) {
    const auto number = number_at(bytes, at);
    return is_big_endian ? number : __builtin_bswap32(number);
  }
};

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t n = at; n < at + 4; ++n)
    number = number << 8 | static_cast<unsigned char>(bytes[n]);
  return number;
}

page_image::page_image(const std::filesystem::path& database, log_use log)
    : path_{database}, file_{::open(database.c_str(), O_RDONLY | O_CLOEXEC)} {
  const int why = errno;
  if (log == log_use::read)
    log_ = ::open((database.string() + "-wal").c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0 && log_ < 0)
    durable::fail_with(database, why);
  std::string first;
  if (file_ >= 0 && read_at(file_, 0, 100, first))
    read_header(first);
  pages_ = static_cast<std::uint32_t>(size_of(file_) / page_bytes_);
  if (log_ >= 0)
    read_log();
  read_free_list();
}

page_image::~page_image() {
  for (const int file : {file_, log_}) {
    if (file >= 0)
      ::close(file);
  }
}

void page_image::read_header(std::string_view first) {
  const auto stored = number_at(first, 16) >> 16;
  const std::size_t bytes = stored == 1 ? 65536 : stored;
  if (!first.starts_with(magic) || !is_page_size(bytes))
    return; // the page size that this program sets, unless the log says otherwise
  page_bytes_ = bytes;
  const auto reserved = static_cast<unsigned char>(first[20]);
  reserved_bytes_ = reserved <= 32 ? reserved : 0;
}

/// The position in the log while it is read, and the facts known so far.
struct page_image::log_state {
  std::string salts;
  log_sum sum;
  bool is_big_endian = false;
  bool is_sum_known = false;
  std::map<std::uint32_t, std::uint64_t> waiting; ///< frames that are not yet followed by a commit
  std::uint64_t waiting_frames = 0;
};

/// Each frame has the sum of all frames before it. A damaged frame does not hide the frames behind
/// it here, though SQLite would ignore those.
void page_image::read_log() {
  std::string header;
  if (!read_at(log_, 0, log_header_bytes, header))
    return;
  log_state state;
  const auto kind = number_at(header, 0);
  if ((kind & ~1U) == log_magic && is_page_size(number_at(header, 8))) {
    state.is_big_endian = (kind & 1) != 0;
    state.sum.add(std::string_view{header}.substr(0, 24), state.is_big_endian);
    state.is_sum_known = state.sum == log_sum{number_at(header, 24), number_at(header, 28)};
    if (state.is_sum_known) {
      page_bytes_ = number_at(header, 8);
      pages_ = static_cast<std::uint32_t>(size_of(file_) / page_bytes_);
      state.salts = header.substr(16, 8);
    }
  }
  const auto size = size_of(log_);
  const auto frame_bytes = frame_header_bytes + page_bytes_;
  std::string frame;
  for (std::uint64_t at = log_header_bytes; at + frame_bytes <= size; at += frame_bytes) {
    if (read_at(log_, at, frame_bytes, frame)) {
      take_frame(frame, at, state);
    } else {
      state.is_sum_known = false;
      ++damaged_frames_;
    }
  }
  // Whatever size a commit states, there are no more pages than can be read.
  pages_ = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(pages_, size_of(file_) / page_bytes_ + frames_));
}

void page_image::take_frame(std::string_view frame, std::uint64_t at, log_state& state) {
  if (state.salts.empty())
    state.salts = frame.substr(8, 8);
  if (frame.substr(8, 8) != state.salts)
    return; // the frame is of an earlier use of the log
  const log_sum stored{number_at(frame, 16), number_at(frame, 20)};
  auto sum = state.sum;
  sum.add(frame.substr(0, 8), state.is_big_endian);
  sum.add(frame.substr(frame_header_bytes), state.is_big_endian);
  state.sum = stored;
  if (!std::exchange(state.is_sum_known, true) || sum != stored) {
    ++damaged_frames_;
    return;
  }
  state.waiting[number_at(frame, 0)] = at + frame_header_bytes;
  ++state.waiting_frames;
  if (const auto pages = number_at(frame, 4); pages != 0) { // a commit
    for (const auto& [page, where] : state.waiting)
      in_log_[page] = where;
    frames_ += std::exchange(state.waiting_frames, 0);
    state.waiting.clear();
    pages_ = pages;
  }
}

/// Reads the list of free pages, because those may still hold removed rows.
void page_image::read_free_list() {
  std::string page;
  if (!read(1, page) || !page.starts_with(magic))
    return;
  auto trunk = number_at(page, 32);
  while (trunk != 0 && free_.insert(trunk).second && read(trunk, page)) {
    const auto leaves = number_at(page, 4);
    for (std::size_t n = 0; n < leaves && 12 + 4 * n <= usable_bytes(); ++n)
      free_.insert(number_at(page, 8 + 4 * n));
    trunk = number_at(page, 0);
  }
}

bool page_image::read(std::uint32_t page, std::string& into) const {
  if (page == 0 || page > pages_)
    return false;
  const auto newer = in_log_.find(page);
  if (newer != in_log_.end())
    return read_at(log_, newer->second, page_bytes_, into);
  return file_ >= 0 && read_at(file_, std::uint64_t{page - 1} * page_bytes_, page_bytes_, into);
}

std::uint32_t page_image::map_page_of(std::uint32_t page) const {
  const auto pages_mapped = static_cast<std::uint32_t>(usable_bytes() / map_entry_bytes) + 1;
  const auto found = (page - 2) / pages_mapped * pages_mapped + 2;
  return found == lock_byte / page_bytes_ + 1 ? found + 1 : found;
}

page_image::page_use page_image::use_of(std::uint32_t page) {
  if (page < 2)
    return page_use::table;
  const auto map_page = map_page_of(page);
  if (map_page == page)
    return page_use::map;
  if (map_page_ != map_page) {
    map_page_ = map_page;
    if (!read(map_page, map_))
      map_.clear();
  }
  const auto at = map_entry_bytes * (page - map_page - 1);
  const auto otherwise = free_.contains(page) ? page_use::free : page_use::unknown;
  if (page < map_page || at >= map_.size())
    return otherwise;
  switch (map_[at]) {
  case 1: // the root of a table
  case 5: // another page of a table
    return page_use::table;
  case 2:
    return page_use::free;
  case 3:
  case 4:
    return page_use::overflow;
  default:
    return otherwise;
  }
}

} // namespace restante::journal
