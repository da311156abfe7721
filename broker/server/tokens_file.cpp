#include "restante/broker/server/tokens_file.hpp"

#include "restante/broker/server/nearest.hpp"
#include "restante/broker/server/rights_text.hpp"
#include "restante/broker/server/toml_file.hpp"
#include "restante/messages/validate.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <vector>

namespace restante::serve {

namespace {

/// Reads the entries of one file. Errors name the line.
class tokens_reader {
public:
  tokens_reader(const std::string& path, const std::optional<rights_text>& default_rights)
      : path_{path}, default_rights_{default_rights} {}

  static_tokens read(const toml::table& file);

private:
  [[noreturn]] void refuse(const toml::source_region& where, const std::string& why) const {
    throw std::runtime_error{place_of(path_, where) + ": " + why};
  }

  void check_keys(const toml::table& in, const std::vector<std::string>& known) const;
  const toml::table& table_of(const toml::node& node, const std::string& what) const;
  std::string text_of(const toml::node& node, const std::string& what) const;
  std::optional<std::string> text(const toml::table& in, const std::string& name) const;
  std::vector<std::string> texts(const toml::table& in, const std::string& name) const;

  void add(static_tokens& to, const toml::table& entry);
  token_digest digest(const toml::table& entry) const;
  gateway::credentials bearer(const toml::table& entry) const;
  bool flag(const toml::table& in, const std::string& name) const;
  bool is_client(const toml::table& entry, gateway::credentials& made) const;
  rights_text rights(const toml::table& in) const;
  instant expiry(const toml::node& node) const;

  const std::string& path_;
  const std::optional<rights_text>& default_rights_;
  std::map<token_digest, toml::source_region> positions_;
};

void tokens_reader::check_keys(const toml::table& in, const std::vector<std::string>& known) const {
  for (const auto& [key, value] : in) {
    const std::string name{key.str()};
    if (std::ranges::find(known, name) == known.end())
      refuse(key.source(), "there is no " + name + " here; the nearest is " + nearest(name, known));
  }
}

const toml::table& tokens_reader::table_of(const toml::node& node, const std::string& what) const {
  if (!node.is_table())
    refuse(node.source(), what + " must be a table");
  return *node.as_table();
}

std::string tokens_reader::text_of(const toml::node& node, const std::string& what) const {
  if (!node.is_string())
    refuse(node.source(), what + " must be text");
  return node.as_string()->get();
}

std::optional<std::string> tokens_reader::text(const toml::table& in,
                                               const std::string& name) const {
  const auto* node = in.get(name);
  return node == nullptr ? std::nullopt : std::optional{text_of(*node, name)};
}

std::vector<std::string> tokens_reader::texts(const toml::table& in,
                                              const std::string& name) const {
  std::vector<std::string> all;
  const auto* node = in.get(name);
  if (node == nullptr)
    return all;
  if (!node->is_array())
    refuse(node->source(), name + " must be a list of patterns");
  for (const auto& item : *node->as_array())
    all.push_back(text_of(item, "a pattern of " + name));
  return all;
}

static_tokens tokens_reader::read(const toml::table& file) {
  check_keys(file, {"token"});
  static_tokens tokens;
  const auto* entries = file.get("token");
  if (entries == nullptr)
    return tokens;
  if (!entries->is_array())
    refuse(entries->source(), "write each token as [[token]]");
  for (const auto& entry : *entries->as_array())
    add(tokens, table_of(entry, "token"));
  return tokens;
}

void tokens_reader::add(static_tokens& to, const toml::table& entry) {
  check_keys(entry,
             {"token", "sha256", "client", "namespace", "server", "metrics", "expires", "rights"});
  const auto key = digest(entry);
  if (!to.emplace(key, bearer(entry)).second)
    refuse(entry.source(),
           "this token stands at line " + std::to_string(positions_[key].begin.line) + " already");
  positions_.emplace(key, entry.source());
}

token_digest tokens_reader::digest(const toml::table& entry) const {
  const auto clear = text(entry, "token");
  const auto hashed = text(entry, "sha256");
  if (clear.has_value() == hashed.has_value())
    refuse(entry.source(), "give either token or sha256");
  if (clear) {
    // A token travels in an HTTP header, where only visible ASCII arrives.
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7f; };
    if (clear->empty() || clear->size() > token_bytes_max ||
        !std::ranges::all_of(*clear, is_visible))
      refuse(entry.get("token")->source(), "a token is 1 to " + std::to_string(token_bytes_max) +
                                               " visible ASCII characters without blanks");
    return digest_of(*clear);
  }
  token_digest key{};
  std::size_t length = 0;
  const char* end = nullptr;
  const int read = sodium_hex2bin(key.data(), key.size(), hashed->data(), hashed->size(), nullptr,
                                  &length, &end);
  if (read != 0 || length != key.size() || end != hashed->data() + hashed->size())
    refuse(entry.get("sha256")->source(), "sha256 is the SHA-256 of the token, 64 hex digits");
  return key;
}

bool tokens_reader::flag(const toml::table& in, const std::string& name) const {
  const auto* node = in.get(name);
  if (node == nullptr)
    return false;
  if (!node->is_boolean())
    refuse(node->source(), name + " must be true or false");
  return node->as_boolean()->get();
}

/// Whether the entry describes a client. False: the entry describes the server identity or a reader
/// of metrics, and `made` says which.
bool tokens_reader::is_client(const toml::table& entry, gateway::credentials& made) const {
  const bool is_server = flag(entry, "server");
  const bool is_reader = flag(entry, "metrics");
  if (!is_server && !is_reader)
    return true;
  if (is_server && is_reader)
    refuse(entry.source(), "a token is for server or for metrics, not for both");
  if (entry.contains("client") || entry.contains("rights"))
    refuse(entry.source(), is_server ? "a server token has every right and no client"
                                     : "a metrics token has no client, and no rights but to read "
                                       "figures");
  if (is_server)
    made.who = identity::server;
  else
    made.scope = gateway::token_scope::figures;
  return false;
}

gateway::credentials tokens_reader::bearer(const toml::table& entry) const {
  gateway::credentials made;
  made.ns = text(entry, "namespace").value_or("");
  if (const auto wrong = check_namespace(made.ns))
    refuse(entry.get("namespace")->source(), wrong->text());
  if (const auto* expires = entry.get("expires"))
    made.expires_at = expiry(*expires);
  if (!is_client(entry, made))
    return made;
  const auto client = text(entry, "client");
  if (!client)
    refuse(entry.source(), "client is missing: whose token is it?");
  if (const auto wrong = check_client_name("client", *client))
    refuse(entry.get("client")->source(), wrong->text());
  made.client = *client;
  if (const auto* node = entry.get("rights"))
    made.rights = rights_of(rights(table_of(*node, "rights")), made.client);
  else if (default_rights_)
    made.rights = rights_of(*default_rights_, made.client);
  return made;
}

rights_text tokens_reader::rights(const toml::table& in) const {
  check_keys(in, {"put", "watch", "read", "write", "publish"});
  rights_text made{
      texts(in, "put"), texts(in, "watch"), texts(in, "read"), {}, texts(in, "publish")};
  const auto* node = in.get("write");
  if (node == nullptr)
    return made;
  if (!node->is_array())
    refuse(node->source(), "write must be a list of {topic = \"…\", key = \"…\"}");
  for (const auto& item : *node->as_array()) {
    const auto& pair = table_of(item, "an item of write");
    check_keys(pair, {"topic", "key"});
    auto topic = text(pair, "topic");
    auto key = text(pair, "key");
    if (!topic || !key)
      refuse(item.source(), "an item of write has a topic and a key");
    made.write.push_back({std::move(*topic), std::move(*key)});
  }
  return made;
}

instant tokens_reader::expiry(const toml::node& node) const {
  const auto* given = node.as_date_time();
  if (given == nullptr || !given->get().offset)
    refuse(node.source(), "expires must be a date and time with its offset, such as "
                          "2027-01-31T18:00:00Z");
  const auto& at = given->get();
  using namespace std::chrono;
  const sys_days day{year{at.date.year} / month{at.date.month} / at.date.day};
  const auto seconds = duration_cast<std::chrono::seconds>(day.time_since_epoch()) +
                       hours{at.time.hour} + minutes{at.time.minute} +
                       std::chrono::seconds{at.time.second} - minutes{at.offset->minutes};
  return instant{0} + milliseconds_saturated(seconds.count() * 1000) +
         nanoseconds{at.time.nanosecond};
}

} // namespace

token_digest digest_of(std::string_view token) {
  token_digest digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size());
  return digest;
}

static_tokens read_tokens(const std::string& path,
                          const std::optional<rights_text>& default_rights) {
  return parse_tokens(file_text(path), path, default_rights);
}

static_tokens parse_tokens(std::string_view text, const std::string& path,
                           const std::optional<rights_text>& default_rights) {
  return tokens_reader{path, default_rights}.read(toml_of(text, path));
}

outcome<gateway::credentials> look_up(const static_tokens& tokens, std::string_view token,
                                      instant now) {
  if (token.size() > token_bytes_max)
    return failure{errc::unauthenticated, "the token is too long"};
  const auto found = tokens.find(digest_of(token));
  if (found == tokens.end())
    return failure{errc::unauthenticated, "nobody has this token"};
  if (found->second.expires_at && now >= *found->second.expires_at)
    return failure{errc::token_expired, ""};
  return found->second;
}

} // namespace restante::serve
