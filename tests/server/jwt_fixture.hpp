#pragma once

#include "restante/broker/server/jwt.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace restante::serve {

/// A key pair as PEM.
struct pem_pair {
  std::string secret;
  std::string open;
};

/// One key pair per process: making one takes long.
const pem_pair& rsa_pair();
const pem_pair& ec_pair();
pem_pair make_rsa(unsigned bits);
pem_pair make_ec(const char* curve);

inline constexpr std::string_view shared_secret = "0123456789abcdef0123456789abcdef";

std::string base64url(std::string_view bytes);

/// A token of these parts. `key` is the secret or a PEM. `signed_as` is the real signature
/// algorithm, whatever the header says.
std::string token_of(const std::string& header, const std::string& claims, std::string_view key,
                     jwt_algorithm signed_as);

/// A valid token.
std::string good_token(const nlohmann::json& claims,
                       jwt_algorithm algorithm = jwt_algorithm::hs256);

/// The keys for a reader of tokens that are signed with `algorithm`.
jwt_reader reader_for(jwt_algorithm algorithm, const auth_settings& how = {});

} // namespace restante::serve
