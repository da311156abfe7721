#include "restante/broker/cli/token_text.hpp"

#include "restante/broker/cli/printing.hpp"
#include "restante/broker/server/jwt_key.hpp"
#include "restante/messages/json/writer.hpp"

#include <nlohmann/json.hpp>

namespace restante::cli {

std::string rights_in(std::string_view jwt) {
  const auto begin = jwt.find('.') + 1;
  std::string text;
  if (!serve::decode_base64url(jwt.substr(begin, jwt.find('.', begin) - begin), text))
    return {};
  const auto claims = nlohmann::ordered_json::parse(text, nullptr, false);
  return claims.contains("rights") ? claims["rights"].dump() : std::string{};
}

std::string identity_text(const gateway::credentials& who, const std::string& rights) {
  std::string out;
  if (who.who == identity::server)
    out += "server";
  else if (who.scope == gateway::token_scope::figures)
    out += "metrics";
  else
    out += "client   " + printable(who.client);
  if (!who.ns.empty())
    out += "\nns       " + printable(who.ns);
  if (who.expires_at)
    out += "\nexpires  " + time_text(*who.expires_at);
  if (!rights.empty())
    out += "\nrights   " + printable_json(rights);
  return out;
}

std::string identity_json(const gateway::credentials& who, const std::string& rights) {
  json::writer out;
  out.flag("server", who.who == identity::server);
  const bool is_for_metrics = who.scope == gateway::token_scope::figures;
  if (is_for_metrics)
    out.flag("metrics", true);
  else if (who.who == identity::client)
    out.text("client", who.client);
  out.text("ns", who.ns);
  if (who.expires_at)
    out.number("expires_at_ms", who.expires_at->milliseconds());
  if (!rights.empty())
    out.raw("rights", rights);
  return printable_json(std::move(out).object());
}

} // namespace restante::cli
