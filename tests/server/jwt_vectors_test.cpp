// Signatures that other people made: the examples of RFC 7515, appendix A.

#include "restante/broker/server/jwt_key.hpp"

#include <gtest/gtest.h>

#include <string>

namespace restante::serve {

namespace {

const std::string claims_of_joe = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                                  "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

constexpr const char* rsa_key = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj
NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz
P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo
9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB
EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX
FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp
oQIDAQAB
-----END PUBLIC KEY-----
)";

constexpr const char* ec_key = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
)";

/// The key verifies the signature, but not for another text and not with another last byte.
void expect_fits_only(const char* key, const std::string& text, const std::string& signature) {
  const auto read = jwt_key::read(key, "key");
  EXPECT_TRUE(read.fits(text, signature));
  EXPECT_FALSE(read.fits(text + "x", signature));
  EXPECT_FALSE(read.fits(text, signature.substr(0, signature.size() - 4) + "AAAA"));
  EXPECT_FALSE(read.fits(text, signature + "AAAA"));
  EXPECT_FALSE(read.fits(text, ""));
}

TEST(JwtVectors, W7_rfc_7515_a_2_rs256) {
  expect_fits_only(rsa_key, "eyJhbGciOiJSUzI1NiJ9." + claims_of_joe,
                   "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_"
                   "lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO7"
                   "5vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOk"
                   "HWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy"
                   "wlVmtVrBp0igcN_IoypGlUPQGe77Rw");
}

TEST(JwtVectors, W7_rfc_7515_a_3_es256) {
  expect_fits_only(
      ec_key, "eyJhbGciOiJFUzI1NiJ9." + claims_of_joe,
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
}

} // namespace

} // namespace restante::serve
