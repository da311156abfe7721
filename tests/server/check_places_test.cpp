// Checks whether the paths and addresses in the settings can be used, before a broker is started on
// them.

#include "restante/broker/server/check_places.hpp"
#include "restante/broker/server/logging.hpp"
#include "restante/tests/server/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace restante::serve {

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A directory that is removed at the end of the test.
class temporary_directory {
public:
  temporary_directory() {
    path_ = (fs::temp_directory_path() / "restante_places_XXXXXX").string();
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~temporary_directory() {
    fs::permissions(path_, fs::perms::owner_all);
    fs::remove_all(path_);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  std::string operator/(std::string_view name) const { return path_ + "/" + std::string{name}; }
  void forbid_writing() const {
    fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_exec);
  }

private:
  std::string path_;
};

std::string log_fault(const std::string& path) {
  return fault_in_log_file(path).value_or("");
}

std::string data_fault(const std::string& path) {
  return fault_in_data_directory(path).value_or("");
}

} // namespace

TEST(Places, a_log_file_needs_a_directory_that_is_there) {
  const temporary_directory at;
  EXPECT_EQ(log_fault(at / "broker.log"), "");
  EXPECT_FALSE(fs::exists(at / "broker.log"));
  EXPECT_THAT(log_fault(at / "no/such/broker.log"),
              HasSubstr("log_file: " + (at / "no/such/broker.log") + ": there is no directory " +
                        (at / "no/such")));
  EXPECT_THAT(log_fault(at / ""), HasSubstr("it is a directory"));
  const temporary_file file{"x"};
  EXPECT_THAT(log_fault(file.path() + "/log"), HasSubstr("is no directory"));
  EXPECT_EQ(log_fault(file.path()), "");
  EXPECT_EQ(log_fault("/dev/null"), "");
}

TEST(Places, opening_a_log_makes_no_directories) {
  const temporary_directory at;
  try {
    const line_log made{{.file = at / "no/broker.log"}};
    FAIL() << "it was opened";
  } catch (const std::runtime_error& wrong) {
    EXPECT_THAT(wrong.what(), HasSubstr("there is no directory"));
  }
  EXPECT_FALSE(fs::exists(at / "no"));
}

TEST(Places, a_data_directory_is_there_or_can_be_made) {
  const temporary_directory at;
  for (const auto* name : {"data", "data/"})
    EXPECT_EQ(data_fault(at / name), "") << name;
  EXPECT_FALSE(fs::exists(at / "data"));
  EXPECT_EQ(data_fault(at / ""), "");
  EXPECT_EQ(data_fault("data"), "");
  EXPECT_THAT(data_fault(at / "no/such/data"),
              HasSubstr("it cannot be made: there is no directory"));
  const temporary_file file{"x"};
  EXPECT_THAT(data_fault(file.path()), HasSubstr("it is no directory"));
  EXPECT_THAT(data_fault(file.path() + "/data"), HasSubstr("is no directory"));
}

TEST(Places, names_that_cannot_be_made_are_found) {
  const temporary_directory at;
  EXPECT_THAT(data_fault(at / std::string(300, 'x')), HasSubstr("File name too long"));
  EXPECT_THAT(log_fault(at / std::string(300, 'x')), HasSubstr("File name too long"));
  std::string deep = at / "data";
  for (int n = 0; n < 5; ++n)
    deep += '/' + std::string(100, 'x');
  fs::create_directories(deep);
  EXPECT_THAT(data_fault(deep), HasSubstr("too long for SQLite"));
  for (const auto* location : {"/proc/x", "/sys/x"})
    EXPECT_THAT(data_fault(location), HasSubstr("it cannot be made: nothing can be made in /"))
        << location;
  EXPECT_NE(data_fault("/proc"), "");
  EXPECT_THAT(log_fault("/proc/x"), HasSubstr("nothing can be made in /proc"));
}

TEST(Places, D3_a_database_that_is_none_is_found) {
  const temporary_directory at;
  const fs::path database{at / "journal.db"};
  EXPECT_EQ(data_fault(at / ""), "");
  fs::create_directory(database);
  EXPECT_THAT(data_fault(at / ""), HasSubstr("journal.db: it is a directory"));
  fs::remove(database);
  ASSERT_EQ(::mkfifo(database.c_str(), 0600), 0);
  EXPECT_THAT(data_fault(at / ""), HasSubstr("journal.db: it is no regular file"));
  fs::remove(database);
  std::ofstream{database};
  EXPECT_THAT(data_fault(at / ""), HasSubstr("journal.db: it is empty"));
  std::ofstream{at / "journal.new"}; // a first start was broken off; the next start continues
  EXPECT_EQ(data_fault(at / ""), "");
}

TEST(Places, a_node_does_not_listen_where_the_gateway_does) {
  const auto is_shared = [](const char* listen, const char* node) {
    return fault_in_same_port(listen, node, 7467).has_value();
  };
  EXPECT_THAT(fault_in_same_port("127.0.0.1", "127.0.0.1", 7467).value_or(""),
              HasSubstr("node_port: 7467 is the port of listen"));
  EXPECT_TRUE(is_shared("localhost", "127.0.0.1"));
  EXPECT_TRUE(is_shared("localhost", "::1"));
  EXPECT_TRUE(is_shared("0.0.0.0", "127.0.0.1"));
  EXPECT_TRUE(is_shared("127.0.0.1", "0.0.0.0"));
  EXPECT_TRUE(is_shared("::", "127.0.0.1"));
  EXPECT_TRUE(is_shared("::1", "0:0::1"));
  EXPECT_FALSE(is_shared("127.0.0.1", "127.0.0.2"));
  EXPECT_FALSE(is_shared("0.0.0.0", "::1"));
  EXPECT_FALSE(is_shared("::1", "localhost"));
}

TEST(Places, what_may_not_be_written_is_found) {
  if (::geteuid() == 0)
    GTEST_SKIP() << "root may write everywhere";
  const temporary_directory at;
  at.forbid_writing();
  EXPECT_THAT(log_fault(at / "broker.log"), HasSubstr("Permission denied"));
  EXPECT_THAT(data_fault(at / "data"), HasSubstr("cannot be made"));
  EXPECT_THAT(data_fault(at / ""), HasSubstr("Permission denied"));
}

TEST(Places, an_address_is_one_of_this_machine) {
  for (const auto* address : {"127.0.0.1", "localhost", "0.0.0.0"})
    EXPECT_FALSE(fault_in_address(address, 0)) << address;
  EXPECT_THAT(fault_in_address("192.0.2.1", 7467).value_or(""), // for documentation only
              HasSubstr("cannot listen on 192.0.2.1, port 7467: "));
}

} // namespace restante::serve
