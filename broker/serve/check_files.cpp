#include "restante/broker/serve/check_files.hpp"

#include "restante/broker/gateway/hall.hpp"
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

} // namespace restante::serve
