#include "restante/broker/gateway/shared_state.hpp"

#include "restante/broker/gateway/pem_blocks.hpp"

#include <openssl/x509err.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace restante::gateway {

shared_state::shared_state(restante::broker& broker, gateway_options how)
    : broker{broker}, output{broker.output()}, how{std::move(how)},
      origins{{this->how.address, this->how.allowed_hosts, this->how.allowed_origins}},
      sockets_max{this->how.sockets_max} {
  if (!this->how.tls_cert.empty() || !this->how.tls_key.empty())
    tls_ = make_tls(this->how.tls_cert, this->how.tls_key);
}

gateway_stats shared_state::stats() const {
  gateway_stats seen;
  read_counts<gateway_counts>(count, seen);
  seen.sockets_max = sockets_max.load();
  seen.log_lines_dropped = how.log ? how.log->dropped() : 0;
  return seen;
}

instant shared_state::now() const {
  return broker.wall_now();
}

outcome<credentials> shared_state::identify(std::string_view token, std::string_view remote,
                                            token_scope asked) {
  if (token.empty()) {
    count.tokens_missing.fetch_add(1);
    return refused({errc::unauthenticated, "a token is needed"}, remote);
  }
  auto who = how.tokens->identify(token, now());
  if (auto* why = who.why())
    return refused(std::move(*why), remote);
  if (who->scope == token_scope::figures && asked != token_scope::figures)
    return failure{errc::forbidden, "this token may only read /metrics and /v1/stats"};
  return who;
}

failure shared_state::refused(failure why, std::string_view remote) {
  count.unauthenticated.fetch_add(1);
  if (why.code == errc::token_expired)
    count.tokens_expired.fetch_add(1);
  const auto reason = why.detail.empty() ? to_string(why.code) : std::string_view{why.detail};
  log(severity::warning, "token_refused", {{"reason", reason}, {"remote", remote}});
  return why;
}

void shared_state::log(severity severity, std::string_view event,
                       std::initializer_list<log_field> fields) {
  if (how.log)
    how.log->write(severity, event, fields);
}

void shared_state::take(const gateway_options& next) {
  origins.replace({how.address, next.allowed_hosts, next.allowed_origins});
  sockets_max.store(next.sockets_max);
}

std::shared_ptr<net::ssl::context> shared_state::tls() {
  const std::lock_guard lock{mutex_};
  return tls_;
}

void shared_state::change_tls(std::shared_ptr<net::ssl::context> to) {
  const std::lock_guard lock{mutex_};
  tls_ = std::move(to);
}

namespace {

/// OpenSSL would ignore a second key in the file, which may be the intended one.
void check_single_key(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (pem_blocks(text, "PRIVATE KEY") > 1)
    throw std::runtime_error{"the key " + path +
                             " holds several private keys, and only one would "
                             "be used"};
}

} // namespace

std::shared_ptr<net::ssl::context> make_tls(const std::string& cert, const std::string& key) {
  if (cert.empty() || key.empty())
    throw std::runtime_error{"TLS needs both a certificate and a key"};
  auto made = std::make_shared<net::ssl::context>(net::ssl::context::tls_server);
  made->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1 |
                    net::ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(made->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  error_code bad;
  made->use_certificate_chain_file(cert, bad);
  if (bad)
    throw std::runtime_error{"cannot read the certificate " + cert + ": " + bad.message()};
  made->use_private_key_file(key, net::ssl::context::pem, bad);
  const bool is_anothers =
      ERR_GET_REASON(static_cast<unsigned long>(bad.value())) == X509_R_KEY_VALUES_MISMATCH;
  if (bad && !is_anothers)
    throw std::runtime_error{"cannot read the key " + key + ": " + bad.message()};
  check_single_key(key);
  if (bad || SSL_CTX_check_private_key(made->native_handle()) != 1)
    throw std::runtime_error{"the key " + key + " does not belong to the certificate " + cert};
  return made;
}

} // namespace restante::gateway
