#pragma once

#include <filesystem>
#include <string>

namespace restante::testing {

/// A self-signed certificate and its key as PEM files, in a folder that is removed with this
/// object.
class certificate {
public:
  explicit certificate(const std::string& common_name);
  ~certificate();

  certificate(const certificate&) = delete;
  certificate& operator=(const certificate&) = delete;

  /// Replaces both files with another certificate and another key.
  void renew(const std::string& common_name);

  /// Replaces the contents of the certificate file, or of the key file.
  void spoil_cert(const std::string& text);
  void spoil_key(const std::string& text);

  std::string cert() const { return folder_ / "cert.pem"; }
  std::string key() const { return folder_ / "key.pem"; }

private:
  std::filesystem::path folder_;
};

} // namespace restante::testing
