#include "restante/broker/cli/one_shot_client.hpp"

#include <exception>

namespace restante::cli {

remote open_remote(remote_options how) {
  try {
    return remote{std::move(how)};
  } catch (const std::exception& wrong) {
    throw bad_usage(wrong.what());
  }
}

one_shot_client::one_shot_client(const broker_flags& how)
    : patience_{patience_of(how)}, ns_{how.ns}, remote_{open_remote(remote_options_of(how))} {
  if (how.as.empty())
    server_.emplace(remote_.open_server());
  else
    visitor_.emplace(remote_.open_visitor({how.ns, how.as}));
}

server_identity& one_shot_client::server() {
  if (!server_)
    throw bad_usage("no client may do this: leave --as out");
  return *server_;
}

} // namespace restante::cli
