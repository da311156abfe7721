#include "restante/broker/server/check_places.hpp"

#include "restante/broker/journal/database.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <initializer_list>
#include <linux/magic.h>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace restante::serve {

namespace {

namespace fs = std::filesystem;

std::string why(int error) {
  return std::strerror(error);
}

/// 0 when this process has that access, otherwise the `errno` value.
int may(const fs::path& what, int how) {
  return ::faccessat(AT_FDCWD, what.c_str(), how, AT_EACCESS) == 0 ? 0 : errno;
}

fs::path parent_of(const fs::path& location) {
  const auto parent = location.parent_path();
  return parent.empty() ? fs::path{"."} : parent;
}

/// Whether this is a file system of the kernel, such as /proc. Root passes every access check
/// there, but no user can create files.
bool is_of_the_kernel(const fs::path& directory) {
  struct statfs system {};
  if (::statfs(directory.c_str(), &system) != 0)
    return false;
  const auto type = static_cast<unsigned long>(system.f_type);
  const std::initializer_list<unsigned long> all{PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC,
                                                 CGROUP2_SUPER_MAGIC};
  return std::ranges::find(all, type) != all.end();
}

/// The reason why no file can be created in a directory, if there is one.
std::optional<std::string> fault_in_parent(const fs::path& location) {
  const auto parent = parent_of(location);
  std::error_code unknown;
  if (!fs::exists(parent, unknown))
    return "there is no directory " + parent.string();
  if (!fs::is_directory(parent, unknown))
    return parent.string() + " is no directory";
  if (is_of_the_kernel(parent))
    return "nothing can be made in " + parent.string();
  if (const int wrong = may(parent, W_OK | X_OK))
    return parent.string() + ": " + why(wrong);
  return std::nullopt;
}

/// The reason why a file of that name cannot exist: 0, or the `errno` value.
int fault_in_name(const fs::path& location) {
  struct stat known {};
  return ::lstat(location.c_str(), &known) != 0 && errno == ENAMETOOLONG ? ENAMETOOLONG : 0;
}

/// SQLite has its own limit for the length of a path after links are followed. It appends
/// `-journal` to the path.
bool is_too_long_for_sqlite(const fs::path& database) {
  constexpr std::size_t bytes_max = 512;
  std::error_code unknown;
  const auto whole = fs::weakly_canonical(fs::absolute(database, unknown), unknown);
  return whole.native().size() + std::string_view{"-journal"}.size() > bytes_max;
}

std::optional<std::string> fault_in_database(const fs::path& directory) {
  const journal::database_location location{directory, {}};
  const fs::path database = location.file();
  std::error_code unknown;
  const auto kind = fs::status(database, unknown);
  if (!fs::exists(kind))
    return std::nullopt;
  if (!fs::is_regular_file(kind))
    return fs::is_directory(kind) ? "it is a directory" : "it is no regular file";
  if (const int wrong = may(database, R_OK | W_OK))
    return why(wrong);
  // An interrupted first start leaves an empty file and the creation mark. Without the mark, no
  // start fills the file.
  if (fs::file_size(database, unknown) == 0 && !fs::exists(location.creation_mark_file(), unknown))
    return "it is empty: that is no journal";
  return std::nullopt;
}

/// Checks a directory that exists.
std::optional<std::string> fault_inside(const fs::path& directory) {
  if (const int wrong = may(directory, R_OK | W_OK | X_OK))
    return why(wrong);
  if (is_of_the_kernel(directory))
    return "nothing can be made in it";
  const auto wrong = fault_in_database(directory);
  return wrong ? std::optional{"journal.db: " + *wrong} : std::nullopt;
}

struct any_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

any_address address_of(const std::string& text, std::uint16_t port) {
  any_address made;
  auto& four = reinterpret_cast<sockaddr_in&>(made.bytes);
  auto& six = reinterpret_cast<sockaddr_in6&>(made.bytes);
  const auto name = text == "localhost" ? std::string{"127.0.0.1"} : text;
  if (::inet_pton(AF_INET, name.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    made.size = sizeof four;
  } else if (::inet_pton(AF_INET6, name.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    made.size = sizeof six;
  }
  return made;
}

/// Whether the address means all addresses of its family. An IPv6 address of this kind includes
/// IPv4 unless the system is configured otherwise.
bool is_any(const std::string& address) {
  const auto parsed = address_of(address, 0);
  const auto& four = reinterpret_cast<const sockaddr_in&>(parsed.bytes);
  const auto& six = reinterpret_cast<const sockaddr_in6&>(parsed.bytes);
  return parsed.bytes.ss_family == AF_INET ? four.sin_addr.s_addr == INADDR_ANY
                                           : IN6_IS_ADDR_UNSPECIFIED(&six.sin6_addr) != 0;
}

bool is_v6_text(const std::string& address) {
  return address_of(address, 0).bytes.ss_family == AF_INET6;
}

bool covers(const std::string& any, const std::string& address) {
  return is_any(any) && (is_v6_text(any) || !is_v6_text(address));
}

/// Whether two listening addresses conflict. The gateway listens on ::1 too for `localhost`.
bool is_on_one_port(const std::string& listen, const std::string& node) {
  const auto one = address_of(listen, 0);
  const auto other = address_of(node, 0);
  const bool is_same =
      one.size == other.size && std::memcmp(&one.bytes, &other.bytes, one.size) == 0;
  const bool is_loopback6 =
      listen == "localhost" && is_v6_text(node) && is_on_one_port("::1", node);
  return is_same || is_loopback6 || covers(listen, node) || covers(node, listen);
}

} // namespace

std::optional<std::string> fault_in_log_file(const std::string& path) {
  const fs::path location{path};
  const auto fault = [&path](const std::string& what) { return "log_file: " + path + ": " + what; };
  if (const int wrong = fault_in_name(location))
    return fault(why(wrong));
  std::error_code unknown;
  if (fs::is_directory(location, unknown))
    return fault("it is a directory");
  if (!fs::exists(location, unknown)) {
    const auto wrong = fault_in_parent(location);
    return wrong ? std::optional{fault(*wrong)} : std::nullopt;
  }
  const int wrong = may(location, W_OK);
  return wrong != 0 ? std::optional{fault(why(wrong))} : std::nullopt;
}

std::optional<std::string> fault_in_data_directory(const std::string& path) {
  fs::path location{path};
  if (!location.has_filename())
    location = location.parent_path(); // removes the slash at the end
  const auto fault = [&path](const std::string& what) { return "data_dir: " + path + ": " + what; };
  const auto database = journal::database_location{location, {}}.file();
  if (const int wrong = fault_in_name(database + "-journal"))
    return fault(why(wrong));
  if (is_too_long_for_sqlite(database))
    return fault("its path is too long for SQLite");
  std::error_code unknown;
  if (!fs::exists(fs::symlink_status(location, unknown))) {
    const auto wrong = fault_in_parent(location);
    return wrong ? std::optional{fault("it cannot be made: " + *wrong)} : std::nullopt;
  }
  if (!fs::is_directory(location, unknown))
    return fault("it is no directory");
  const auto wrong = fault_inside(location);
  return wrong ? std::optional{fault(*wrong)} : std::nullopt;
}

std::optional<std::string> fault_in_same_port(const std::string& listen_address,
                                              const std::string& node_address, std::uint16_t port) {
  if (!is_on_one_port(listen_address, node_address))
    return std::nullopt;
  return "node_port: " + std::to_string(port) + " is the port of listen";
}

std::optional<std::string> fault_in_address(const std::string& address, std::uint16_t port) {
  const auto location = address_of(address, port);
  const int probe = ::socket(location.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0)
    return address + ": " + why(errno);
  const int yes = 1; // the broker sets the option too
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool is_bound =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&location.bytes), location.size) == 0;
  const int wrong = is_bound ? 0 : errno;
  ::close(probe);
  if (wrong == 0 || wrong == EADDRINUSE)
    return std::nullopt;
  return "cannot listen on " + address + ", port " + std::to_string(port) + ": " + why(wrong);
}

} // namespace restante::serve
