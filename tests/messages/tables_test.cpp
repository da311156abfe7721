// Compares the tables of errors and close codes with docs/protocol.md. The tests of the JavaScript
// client compare that client with docs/protocol.md too. A failure names the place where a new row
// is missing.

#include "restante/messages/attachment.hpp"
#include "restante/messages/close_code.hpp"
#include "restante/messages/errc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace restante {
namespace {

using cells = std::vector<std::string>;

cells cells_of(const std::string& line) {
  cells found;
  std::istringstream in{line.substr(1)};
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    const auto last = cell.find_last_not_of(' ');
    found.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return found;
}

/// The rows of the table under the given heading in docs/protocol.md. The tests run in the
/// project's folder.
std::vector<cells> table_of_page(const std::string& heading) {
  std::ifstream page{"docs/protocol.md"};
  std::vector<cells> rows;
  bool is_in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (is_in_table && !line.starts_with("|"))
      break;
    if (is_in_table && !line.starts_with("|---"))
      rows.push_back(cells_of(line));
    is_in_table = is_in_table || line == heading;
  }
  EXPECT_FALSE(rows.empty()) << "docs/protocol.md has no table with the heading " << heading;
  return rows;
}

std::string in_code(std::string_view name) {
  return '`' + std::string{name} + '`';
}

TEST(CloseCodes, W6_docs_protocol_md_has_the_table) {
  const auto page = table_of_page("| close code | name | | reconnect |");
  ASSERT_EQ(page.size(), close_rows.size()) << "docs/protocol.md: one row per close code";
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto& row = close_rows[i];
    SCOPED_TRACE("docs/protocol.md, close code " + std::to_string(number_of(row.code)));
    ASSERT_EQ(page[i].size(), 4U);
    EXPECT_EQ(page[i][0], std::to_string(number_of(row.code)));
    EXPECT_EQ(page[i][1], in_code(row.name));
    EXPECT_TRUE(page[i][3].starts_with(row.advice == reconnect::yes ? "yes" : "no"));
  }
}

TEST(CloseCodes, W6_each_number_is_there_once_and_in_order) {
  for (std::size_t i = 1; i < close_rows.size(); ++i)
    EXPECT_LT(close_rows[i - 1].code, close_rows[i].code);
  for (const auto& row : close_rows) {
    EXPECT_EQ(find_row(row.code), &row);
    EXPECT_FALSE(row.text.empty()) << row.name;
  }
  EXPECT_EQ(find_row(close_code{4499}), nullptr);
}

TEST(CloseCodes, W6_the_ranges_of_the_broker_say_whether_to_reconnect) {
  for (std::uint16_t number = 4000; number < 5000; ++number)
    EXPECT_EQ(should_reconnect(close_code{number}), number < 4500) << number;
}

TEST(CloseCodes, W6_a_loss_that_does_not_say_it_is_for_good_is_none) {
  const std::set<std::uint16_t> for_good{1002, 1003, 1007, 1008, 1009, 1010};
  for (std::uint16_t number = 1000; number < 4000; ++number)
    EXPECT_EQ(should_reconnect(close_code{number}), !for_good.contains(number)) << number;
}

TEST(CloseCodes, W6_every_end_has_a_code_that_leads_back_to_it) {
  for (const auto reason : {end_reason::left, end_reason::lost, end_reason::taken_over,
                            end_reason::shutdown, end_reason::sink_failed, end_reason::refused}) {
    EXPECT_EQ(end_reason_of(close_code_of(reason)), reason) << to_string(reason);
    EXPECT_NE(find_row(close_code_of(reason)), nullptr) << to_string(reason);
  }
  EXPECT_EQ(close_code_of(end_reason::resumed), close_code::taken_over);
  EXPECT_EQ(end_reason_of(close_code::bad_protocol), end_reason::refused);
  EXPECT_EQ(end_reason_of(close_code::cut), end_reason::lost);
}

TEST(ErrorTable, S10_docs_protocol_md_has_it) {
  const auto page = table_of_page("| number | code | retry | when |");
  ASSERT_EQ(page.size(), error_rows.size()) << "docs/protocol.md: one row per error";
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto& row = error_rows[i];
    SCOPED_TRACE("docs/protocol.md, error " + std::string{row.name});
    ASSERT_GE(page[i].size(), 4U);
    EXPECT_EQ(page[i][0], std::to_string(static_cast<unsigned>(row.code)));
    EXPECT_EQ(page[i][1], in_code(row.name));
    EXPECT_EQ(page[i][2], row.may_retry == retry::yes ? "yes" : "no");
  }
}

/// The error numbers in a cell such as `100–102, 104`.
std::vector<unsigned> numbers_in(std::string text) {
  constexpr std::string_view dash = "–";
  for (auto at = text.find(dash); at != std::string::npos; at = text.find(dash))
    text.replace(at, dash.size(), "-");
  std::vector<unsigned> numbers;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');) {
    unsigned first = 0;
    unsigned last = 0;
    char between = 0;
    std::istringstream range{part};
    if (!(range >> first))
      continue; // words: a foreign `Origin`
    if (!(range >> between >> last))
      last = first;
    for (; first <= last; ++first)
      numbers.push_back(first);
  }
  return numbers;
}

TEST(ErrorTable, S10_W8_docs_protocol_md_has_the_status_of_each) {
  std::set<unsigned> told;
  for (const auto& row : table_of_page("| errors | status |")) {
    for (const auto number : numbers_in(row[0])) {
      const auto& error = row_of(static_cast<errc>(number));
      EXPECT_EQ(static_cast<unsigned>(error.code), number);
      EXPECT_EQ(row[1].substr(0, 3), std::to_string(error.http_status)) << error.name;
      told.insert(number);
    }
  }
  for (const auto& row : error_rows) {
    const auto number = static_cast<unsigned>(row.code);
    EXPECT_TRUE(row.http_status == 400 || told.contains(number))
        << "docs/protocol.md does not say the HTTP status of " << row.name;
  }
}

TEST(ErrorTable, S10_W9_each_number_between_nodes_is_there_once) {
  std::set<unsigned> given;
  for (const auto& row : error_rows) {
    EXPECT_NE(row.wire_number, 0) << row.name;
    EXPECT_TRUE(given.insert(row.wire_number).second) << row.name;
  }
}

} // namespace
} // namespace restante
