#include "restante/broker/serve/check_places.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace restante::serve {

namespace {

namespace fs = std::filesystem;

std::string why(int error) {
  return std::strerror(error);
}

/// 0, or why this process may not.
int may(const fs::path& what, int how) {
  return ::faccessat(AT_FDCWD, what.c_str(), how, AT_EACCESS) == 0 ? 0 : errno;
}

fs::path parent_of(const fs::path& place) {
  const auto parent = place.parent_path();
  return parent.empty() ? fs::path{"."} : parent;
}

/// What prevents a new name in a directory.
std::optional<std::string> fault_in_parent(const fs::path& place) {
  const auto parent = parent_of(place);
  std::error_code unknown;
  if (!fs::exists(parent, unknown))
    return "there is no directory " + parent.string();
  if (!fs::is_directory(parent, unknown))
    return parent.string() + " is no directory";
  if (const int wrong = may(parent, W_OK | X_OK))
    return parent.string() + ": " + why(wrong);
  return std::nullopt;
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

} // namespace

std::optional<std::string> fault_in_log_file(const std::string& path) {
  const fs::path place{path};
  const auto fault = [&path](const std::string& what) { return "log_file: " + path + ": " + what; };
  std::error_code unknown;
  if (fs::is_directory(place, unknown))
    return fault("it is a directory");
  if (!fs::exists(place, unknown)) {
    const auto wrong = fault_in_parent(place);
    return wrong ? std::optional{fault(*wrong)} : std::nullopt;
  }
  const int wrong = may(place, W_OK);
  return wrong != 0 ? std::optional{fault(why(wrong))} : std::nullopt;
}

std::optional<std::string> fault_in_data_directory(const std::string& path) {
  fs::path place{path};
  if (!place.has_filename())
    place = place.parent_path(); // without a slash behind it
  const auto fault = [&path](const std::string& what) { return "data_dir: " + path + ": " + what; };
  std::error_code unknown;
  if (!fs::exists(fs::symlink_status(place, unknown))) {
    const auto wrong = fault_in_parent(place);
    return wrong ? std::optional{fault("it cannot be made: " + *wrong)} : std::nullopt;
  }
  if (!fs::is_directory(place, unknown))
    return fault("it is no directory");
  if (const int wrong = may(place, R_OK | W_OK | X_OK))
    return fault(why(wrong));
  const auto database = place / "journal.db";
  if (fs::exists(database, unknown)) {
    if (const int wrong = may(database, R_OK | W_OK))
      return fault("journal.db: " + why(wrong));
  }
  return std::nullopt;
}

std::optional<std::string> fault_in_address(const std::string& address, std::uint16_t port) {
  const auto place = address_of(address, port);
  const int probe = ::socket(place.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0)
    return address + ": " + why(errno);
  const int yes = 1; // as the broker does
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool is_bound =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&place.bytes), place.size) == 0;
  const int wrong = is_bound ? 0 : errno;
  ::close(probe);
  if (wrong == 0 || wrong == EADDRINUSE)
    return std::nullopt;
  return "cannot listen on " + address + ", port " + std::to_string(port) + ": " + why(wrong);
}

} // namespace restante::serve
