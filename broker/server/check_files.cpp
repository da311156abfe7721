#include "restante/broker/server/check_files.hpp"

#include "restante/broker/gateway/shared_state.hpp"
#include "restante/broker/server/check_places.hpp"
#include "restante/broker/server/keyring.hpp"
#include "restante/broker/server/regular_file.hpp"

#include <exception>
#include <stdexcept>

namespace restante::serve {

namespace {

/// OpenSSL opens these files itself, and opening a pipe would block until another process writes to
/// it.
void expect_regular(const std::string& what, const std::string& path) {
  try {
    if (!path.empty())
      const regular_file opens{path};
  } catch (const std::runtime_error& wrong) {
    throw std::runtime_error{"cannot read the " + what + " " + wrong.what()};
  }
}

} // namespace

std::optional<std::string> fault_in_tls_files(const std::string& cert, const std::string& key) {
  try {
    expect_regular("certificate", cert);
    expect_regular("key", key);
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

std::optional<std::string> fault_in_tls(const std::string& cert, const std::string& key) {
  if (auto wrong = fault_in_tls_files(cert, key))
    return wrong;
  try {
    gateway::make_tls(cert, key);
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

std::optional<std::string> fault_in_files(const serve_settings& how) {
  try {
    if (how.auth.is_needed())
      const keyring reads{how.auth};
    if (!how.network.tls_cert.empty() || !how.network.tls_key.empty())
      return fault_in_tls(how.network.tls_cert, how.network.tls_key);
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

std::optional<std::string> fault_in_ports(const serve_settings& how) {
  if (how.node.port == 0 || how.node.port != how.network.port)
    return std::nullopt;
  return fault_in_same_port(how.network.address, how.node.address, how.node.port);
}

std::optional<std::string> fault_in_places(const serve_settings& how) {
  std::optional<std::string> wrong;
  if (!how.log.file.empty())
    wrong = fault_in_log_file(how.log.file);
  if (!wrong && !how.broker.data_directory.empty())
    wrong = fault_in_data_directory(how.broker.data_directory);
  if (!wrong)
    wrong = fault_in_address(how.network.address, how.network.port);
  if (!wrong && how.node.port != 0)
    wrong = fault_in_address(how.node.address, how.node.port);
  if (!wrong)
    wrong = fault_in_ports(how);
  return wrong;
}

} // namespace restante::serve
