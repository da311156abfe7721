#include "restante/broker/serve/check_files.hpp"

#include "restante/broker/gateway/hall.hpp"
#include "restante/broker/serve/check_places.hpp"
#include "restante/broker/serve/keyring.hpp"

#include <exception>

namespace restante::serve {

std::optional<std::string> fault_in_files(const serve_settings& how) {
  try {
    if (how.auth.is_needed())
      const keyring reads{how.auth};
    if (!how.network.tls_cert.empty() || !how.network.tls_key.empty())
      gateway::make_tls(how.network.tls_cert, how.network.tls_key);
    return std::nullopt;
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
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
  return wrong;
}

} // namespace restante::serve
