#pragma once

#include <filesystem>
#include <string>

namespace restante::testing {

/// A self-signed certificate and its key as PEM files, in a folder of their own that goes
/// with this object.
class certificate {
public:
  explicit certificate(const std::string& common_name);
  ~certificate();

  certificate(const certificate&) = delete;
  certificate& operator=(const certificate&) = delete;

  /// Writes another one, with another key, over both files.
  void renew(const std::string& common_name);

  /// Writes `text` over the certificate, or the key.
  void spoil_cert(const std::string& text);
  void spoil_key(const std::string& text);

  std::string cert() const { return folder_ / "cert.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

private:
  std::filesystem::path folder_;
};

} // namespace restante::testing
