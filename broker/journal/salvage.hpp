#pragma once

#include "restante/broker/journal/page_image.hpp"
#include "restante/broker/journal/table_rows.hpp"
#include "restante/broker/journal/tables.hpp"

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace restante::journal {

/// All rows in the files of a journal whose checksums are right, found page by page. Each row takes
/// about 24 bytes of memory; packs are read on request.
class salvage {
public:
  /// Reads all pages. Throws storage_error when there is nothing to read.
  salvage(const std::filesystem::path& database, page_image::log_use log);

  struct put {
    std::int64_t id = 0;
    std::int64_t checksum = 0;
    std::uint32_t page = 0;
    std::uint16_t cell = 0;
  };
  struct damaged_put {
    std::int64_t id = 0;
    trace_id trace;
    client_address to;
  };

  /// The states of the journal and of each slot. A lost state is empty.
  const std::optional<layout::journal_state>& journal() const { return journal_; }
  const std::map<slot_number, layout::slot_state>& slots() const { return slots_; }

  /// The notifications found, in the order of their ids.
  const std::vector<put>& puts() const { return puts_; }
  const std::vector<damaged_put>& damaged() const { return damaged_; }

  /// The notifications of which something besides the put was found: attempts, a delivery, a reply.
  std::vector<std::int64_t> touched() const;

  /// Reads a whole notification. False when it cannot be read any more.
  bool read(const put& where, kept_notification& into);

  /// The found content of a slot, in the form of a slot's state.
  layout::slot_state found_in(slot_number slot) const;
  bool is_complete(slot_number slot) const;

  const page_image& pages() const { return pages_; }
  std::uint64_t missing_pages() const { return missing_pages_; }

private:
  /// A row of a part of a notification.
  struct found_part {
    std::int64_t id = 0;
    std::int64_t checksum = 0;
    std::pair<std::int64_t, std::int64_t> age;
    std::uint32_t page = 0;
    std::uint16_t cell = 0;
    bool is_delivered = false;
  };

  void take(std::uint32_t page, std::uint16_t at);
  void take_put(std::uint32_t page, std::uint16_t at);
  void take_part(std::size_t part, std::uint32_t page, std::uint16_t at);
  void take_slot();
  void take_journal();
  template <class Row>
  bool looks_like(const table<Row>& in) const;
  template <class Row>
  bool read_row(const table<Row>& in, Row& into);
  bool open(std::uint32_t page, std::uint16_t at, std::int64_t id);
  void put_in_order();
  void count();

  page_image pages_;
  leaf_reader leaf_;
  row_checksum hash_;
  raw_row row_;
  std::optional<layout::journal_state> journal_;
  std::map<slot_number, layout::slot_state> slots_;
  std::vector<put> puts_;
  std::vector<damaged_put> damaged_;
  std::array<std::vector<found_part>, kept_parts> parts_;
  std::map<slot_number, layout::slot_state> found_;
  std::uint64_t missing_pages_ = 0;
};

} // namespace restante::journal
