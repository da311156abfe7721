#include "restante/broker/cli/session.hpp"

#include <exception>

namespace restante::cli {

remote open_remote(remote_options how) {
  try {
    return remote{std::move(how)};
  } catch (const std::exception& wrong) {
    throw bad_usage(wrong.what());
  }
}

session::session(const broker_flags& how)
    : patience_{patience_of(how)}, ns_{how.ns}, office_{open_remote(remote_options_of(how))} {
  if (how.as.empty())
    server_.emplace(office_.open_server());
  else
    visitor_.emplace(office_.open_visitor({how.ns, how.as}));
}

server_identity& session::server() {
  if (!server_)
    throw bad_usage("no client may do this: leave --as out");
  return *server_;
}

} // namespace restante::cli
